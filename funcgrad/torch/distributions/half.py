"""Distributions of absolute values."""

import math
from typing import Any

from ...tape.dynamic import where
from ...tape.full import zeros_like
from ...tape.tensor import Tensor
from . import constraints
from .elementwise import AbsTransform
from .transformed_distribution import TransformedDistribution, of_base


class Half(TransformedDistribution):
    """|x| of values x that are symmetric about 0, with a `scale`."""

    arg_constraints = {"scale": constraints.positive}  # noqa: RUF012
    support = constraints.nonnegative
    has_rsample = True
    whole: type

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        base = self.whole(0, scale, validate_args=False)
        super().__init__(base, AbsTransform(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> TransformedDistribution:
        return super().expand(batch_shape, self._get_checked_instance(Half, _instance))

    scale = of_base("scale")

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.scale)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        inside: Any = value >= 0
        return where(inside, self.base_dist.log_prob(value) + math.log(2), -math.inf)

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, value: Tensor) -> Tensor:
        return self.base_dist.icdf((value + 1) / 2)

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() - math.log(2)
