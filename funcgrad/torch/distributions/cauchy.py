"""The Cauchy distribution."""

import math
from typing import Any

from ...tape.full import empty, full
from ...tape.tensor import Tensor
from . import constraints
from .distribution import Distribution


class Cauchy(Distribution):
    """Density 1 / (π scale (1 + ((x − loc) / scale)²)); it has neither mean nor variance."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}  # noqa: RUF012
    parameters_ = ("loc", "scale")
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self._take(validate_args, loc=loc, scale=scale)

    def _everywhere(self, value: float) -> Tensor:
        loc = self.loc
        return full(self._batch_shape, value, dtype=loc.dtype, device=loc.device)

    @property
    def mean(self) -> Tensor:
        return self._everywhere(math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return self._everywhere(math.inf)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape, loc = self._extended_shape(sample_shape), self.loc
        return loc + empty(shape, dtype=loc.dtype, device=loc.device).cauchy_() * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        away = (value - self.loc) / self.scale
        return -math.log(math.pi) - self.scale.log() - (away**2).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        return ((value - self.loc) / self.scale).atan() / math.pi + 0.5

    def icdf(self, value: Tensor) -> Tensor:
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Tensor:
        return math.log(4 * math.pi) + self.scale.log()
