"""The exponential distribution."""

from typing import Any

from ...tape.full import empty, zeros_like
from ...tape.tensor import Tensor
from . import constraints
from .exp_family import ExponentialFamily


class Exponential(ExponentialFamily):
    """Waiting times of events that come at a `rate`: density rate · exp(−rate · x)."""

    arg_constraints = {"rate": constraints.positive}  # noqa: RUF012
    parameters_ = ("rate",)
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self._take(validate_args, rate=rate)

    @property
    def mean(self) -> Tensor:
        return self.rate.reciprocal()

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.rate)

    @property
    def stddev(self) -> Tensor:
        return self.rate.reciprocal()

    @property
    def variance(self) -> Tensor:
        return self.rate.pow(-2)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape, rate = self._extended_shape(sample_shape), self.rate
        return empty(shape, dtype=rate.dtype, device=rate.device).exponential_() / rate

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        return self.rate.log() - self.rate * value

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        return 1 - (-self.rate * value).exp()

    def icdf(self, value: Tensor) -> Tensor:
        return -(-value).log1p() / self.rate

    def entropy(self) -> Tensor:
        return 1.0 - self.rate.log()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (-self.rate,)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        return -(-natural_params[0]).log()
