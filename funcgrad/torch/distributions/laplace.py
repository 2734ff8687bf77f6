"""The Laplace distribution."""

from typing import Any

import numpy as np

from ...tape.creation import make
from ...tape.dtypes import finfo
from ...tape.full import empty
from ...tape.tensor import Tensor
from . import constraints
from .distribution import Distribution


class Laplace(Distribution):
    """Density exp(−|x − loc| / scale) / (2 scale)."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}  # noqa: RUF012
    parameters_ = ("loc", "scale")
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self._take(validate_args, loc=loc, scale=scale)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return 2 * self.scale.pow(2)

    @property
    def stddev(self) -> Tensor:
        return 2**0.5 * self.scale

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        loc = self.loc
        drawn = empty(self._extended_shape(sample_shape), dtype=loc.dtype)
        u = np.asarray(drawn.uniform_(finfo(loc.dtype).eps - 1, 1)._read())
        # NumPy's log1p is right to the last bit or nearly; XLA's in float64 errs by dozens of ulp.
        noise = make(np.sign(u) * np.log1p(-np.abs(u)), None, loc.device, False)
        return loc - self.scale * noise

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        return -(2 * self.scale).log() - (value - self.loc).abs() / self.scale

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        away = value - self.loc
        return 0.5 - 0.5 * away.sign() * (-away.abs() / self.scale).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        away = value - 0.5
        return self.loc - self.scale * away.sign() * (-2 * away.abs()).log1p()

    def entropy(self) -> Tensor:
        return 1 + (2 * self.scale).log()
