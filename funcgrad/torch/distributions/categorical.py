"""The categorical distribution."""

from typing import Any

from ...tape import dtypes, random
from ...tape.full import full
from ...tape.loose import broadcast_tensors
from ...tape.sequences import arange
from ...tape.tensor import Size, Tensor
from . import constraints
from .distribution import Distribution
from .utils import as_size, lazy_property, logits_to_probs, probs_to_logits


class Categorical(Distribution):
    """Numbers 0 … K-1, drawn by their probabilities.

    Args:
        probs: (*, K), not negative; divided by their sum over the last axis.
        logits: (*, K), log probabilities up to a constant, instead of `probs`.
        validate_args: whether parameters and values are checked.

    Example:
        >>> import funcgrad.torch as torch
        >>> Categorical = torch.distributions.Categorical
        >>> coin = Categorical(probs=torch.tensor([1.0, 3.0]))
        >>> coin.probs, coin.log_prob(torch.tensor(1))
        (tensor([0.2500, 0.7500]), tensor(-0.2877))
    """

    arg_constraints = {  # noqa: RUF012
        "probs": constraints.simplex, "logits": constraints.real_vector
    }  # fmt: skip
    has_enumerate_support = True

    def __init__(
        self,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        name, given = ("logits", logits) if probs is None else ("probs", probs)
        assert given is not None
        if given.ndim < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if name == "probs":
            self._param = self.probs = given / given.sum(-1, keepdim=True)
        else:
            self._param = self.logits = given - given.logsumexp(-1, keepdim=True)
        self._num_events = self._param.shape[-1]
        super().__init__(self._param.shape[:-1], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> "Categorical":
        new = self._get_checked_instance(Categorical, _instance)
        batch = as_size(batch_shape)
        for name in ("probs", "logits"):
            if name in self.__dict__:
                new._param = getattr(self, name).expand((*batch, self._num_events))
                setattr(new, name, new._param)
        new._num_events = self._num_events
        return self._finish(new, batch)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self._num_events - 1)

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits)

    @property
    def param_shape(self) -> Size:
        """Shape of `probs`."""
        return self._param.shape

    def _nowhere(self) -> Tensor:
        probs = self.probs
        return full(self._batch_shape, float("nan"), dtype=probs.dtype, device=probs.device)

    @property
    def mean(self) -> Tensor:
        return self._nowhere()

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(-1)

    @property
    def variance(self) -> Tensor:
        return self._nowhere()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = as_size(sample_shape)
        rows = self.probs.reshape(-1, self._num_events)
        drawn = random.multinomial(rows, shape.numel(), True).T
        return drawn.reshape(self._extended_shape(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        index, table = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return table.gather(-1, index[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        # A logit of -inf times its probability 0 would be NaN.
        finite = self.logits.clamp(min=dtypes.finfo(self.logits.dtype).min)
        return -(finite * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        values = arange(self._num_events, dtype=dtypes.int64, device=self._param.device)
        values = values.view((-1, *(1,) * len(self._batch_shape)))
        return values.expand((-1, *self._batch_shape)) if expand else values
