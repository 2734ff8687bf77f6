"""The geometric distribution."""

from typing import Any

from ...tape.dtypes import finfo
from ...tape.dynamic import where
from ...tape.full import empty, zeros_like
from ...tape.modes import no_grad
from ...tape.tensor import Tensor
from ..nn.functional import binary_cross_entropy_with_logits
from . import constraints
from .bernoulli import one_of
from .distribution import Distribution
from .utils import all_true, broadcast_all, lazy_property, logits_to_probs, probs_to_logits


class Geometric(Distribution):
    """How many trials fail before the first that succeeds, which each does with `probs`.

    Args:
        probs: the probability of success, in (0, 1].
        logits: the logarithm of its odds, instead of `probs`.
        validate_args: whether parameters and values are checked.
    """

    arg_constraints = {  # noqa: RUF012
        "probs": constraints.unit_interval, "logits": constraints.real
    }  # fmt: skip
    parameters_ = ("probs", "logits")
    support = constraints.nonnegative_integer

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._take(validate_args, **one_of(probs, logits))
        if self._validate_args and probs is not None and not all_true(self.probs > 0):
            value = self.probs
            raise ValueError(
                f"Expected parameter probs ({type(value).__name__} of shape {tuple(value.shape)}) "
                f"of distribution {self!r} to be positive but found invalid values:\n"
                f"{value.detach().masked_select(value <= 0)}"
            )

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits, is_binary=True)

    @property
    def mean(self) -> Tensor:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.probs)

    @property
    def variance(self) -> Tensor:
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape, probs = self._extended_shape(sample_shape), self.probs
        with no_grad():
            draws = empty(shape, dtype=probs.dtype, device=probs.device)
            draws.uniform_(finfo(probs.dtype).tiny, 1)
            return (draws.log() / (-probs).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        value, probs = broadcast_all(value, self.probs)
        # No failure before a sure success: 0 times log 0 would be NaN.
        sure: Any = (probs == 1) & (value == 0)
        failing = where(sure, 0.0, probs)
        return value * (-failing).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        crossed = binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")
        return crossed / self.probs
