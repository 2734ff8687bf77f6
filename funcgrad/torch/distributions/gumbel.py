"""The Gumbel distribution."""

import math
from typing import Any

from ...tape.dtypes import finfo
from ...tape.full import full_like, ones_like
from ...tape.tensor import Tensor
from . import constraints
from .elementwise import ExpTransform
from .transformed_distribution import TransformedDistribution
from .transforms import AffineTransform
from .uniform import Uniform
from .utils import NUMBER, broadcast_all, euler_constant


class Gumbel(TransformedDistribution):
    """loc − scale · log(−log u) of uniform values u: the largest of many values."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}  # noqa: RUF012
    support = constraints.real
    loc: Tensor
    scale: Tensor

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        limits = finfo(self.loc.dtype)
        low, high = limits.tiny, 1 - limits.eps
        if isinstance(loc, NUMBER) and isinstance(scale, NUMBER):
            base = Uniform(low, high, validate_args=validate_args)
        else:
            bounds = full_like(self.loc, low), full_like(self.loc, high)
            base = Uniform(*bounds, validate_args=validate_args)
        parts = [
            ExpTransform().inv,
            AffineTransform(0, -ones_like(self.scale)),
            ExpTransform().inv,
            AffineTransform(loc, -self.scale),
        ]
        super().__init__(base, parts, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> TransformedDistribution:
        new = self._get_checked_instance(Gumbel, _instance)
        new.loc, new.scale = self.loc.expand(batch_shape), self.scale.expand(batch_shape)
        return super().expand(batch_shape, new)

    @property
    def mean(self) -> Any:
        return self.loc + self.scale * euler_constant

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Any:
        return self.scale * (math.pi / math.sqrt(6))

    @property
    def variance(self) -> Tensor:
        return self.stddev.pow(2)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        y = (self.loc - value) / self.scale
        return (y - y.exp()) - self.scale.log()

    def entropy(self) -> Tensor:
        return self.scale.log() + (1 + euler_constant)
