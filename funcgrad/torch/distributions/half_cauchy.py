"""The half-Cauchy distribution."""

import math

from ...tape.tensor import Tensor
from .cauchy import Cauchy
from .half import Half


class HalfCauchy(Half):
    """|x| of values x with a Cauchy distribution around 0."""

    whole = Cauchy

    @property
    def mean(self) -> Tensor:
        return self.base_dist._everywhere(math.inf)

    @property
    def variance(self) -> Tensor:
        return self.base_dist.variance
