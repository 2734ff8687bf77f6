"""What every normalisation ends with: a weight and a bias."""

from typing import Any

from ...tape.full import empty
from ...tape.parameter import Parameter
from . import init
from .module import Module


class Scaled(Module):
    """A module with a weight that starts at one and a bias that starts at zero, or without."""

    def make_parameters(self, size: Any, weight: bool, bias: bool, device: Any, dtype: Any) -> None:
        """Register both, of one size; None for what is not wanted."""
        for name, wanted in (("weight", weight), ("bias", weight and bias)):
            made = Parameter(empty(size, device=device, dtype=dtype)) if wanted else None
            self.register_parameter(name, made)

    def reset_parameters(self) -> None:
        """Weight one, bias zero."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)
