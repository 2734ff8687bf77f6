"""Normalisation over axes of one example."""

from typing import Any

from ...tape.creation import empty
from ...tape.tensor import Parameter, Tensor
from . import functional, init
from .module import Module


class LayerNorm(Module):
    """(x − mean) / √(var + eps) · weight + bias, mean and variance over the last axes.

    Args:
        normalized_shape: the sizes of those axes.
        eps: keeps the root from zero.
        elementwise_affine: whether there is a weight (and a bias).
        bias: whether there is a bias.
        device: where the weights are made.
        dtype: of the weights.
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if isinstance(normalized_shape, int):
            normalized_shape = (normalized_shape,)
        self.normalized_shape = tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine

        def made(wanted: bool) -> Parameter | None:
            if not wanted:
                return None
            return Parameter(empty(self.normalized_shape, device=device, dtype=dtype))

        self.register_parameter("weight", made(elementwise_affine))
        self.register_parameter("bias", made(elementwise_affine and bias))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weight one, bias zero."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return functional.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (f"{self.normalized_shape}, eps={self.eps}, "
                f"elementwise_affine={self.elementwise_affine}, "
                f"bias={self.bias is not None}")  # fmt: skip
