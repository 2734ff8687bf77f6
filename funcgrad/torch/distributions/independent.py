"""Batches read as events."""

from typing import Any

from ...tape.tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import as_size, sum_rightmost


class Independent(Distribution):
    """A distribution whose last batch axes count as axes of one event.

    Args:
        base_distribution: the distribution.
        reinterpreted_batch_ndims: how many axes.
        validate_args: whether values are checked.

    Example:
        >>> import funcgrad.torch as torch
        >>> normal = torch.distributions.Normal(torch.zeros(3), torch.ones(3))
        >>> diagonal = torch.distributions.Independent(normal, 1)
        >>> diagonal.batch_shape, diagonal.event_shape
        (torch.Size([]), torch.Size([3]))
        >>> diagonal.log_prob(torch.zeros(3))
        tensor(-2.7568)
    """

    arg_constraints: Any = {}  # noqa: RUF012

    def __init__(
        self,
        base_distribution: Distribution,
        reinterpreted_batch_ndims: int,
        validate_args: bool | None = None,
    ) -> None:
        batch, n = base_distribution.batch_shape, reinterpreted_batch_ndims
        if n > len(batch):
            raise ValueError(
                "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), "
                f"actual {n} vs {len(batch)}"
            )
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, n
        shape, kept = batch + base_distribution.event_shape, len(batch) - n
        super().__init__(shape[:kept], shape[kept:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> "Independent":
        new = self._get_checked_instance(Independent, _instance)
        batch, n = as_size(batch_shape), self.reinterpreted_batch_ndims
        new.base_dist = self.base_dist.expand(batch + self._event_shape[:n])
        new.reinterpreted_batch_ndims = n
        return self._finish(new, batch, self._event_shape)

    @property
    def has_rsample(self) -> bool:
        return self.base_dist.has_rsample

    @property
    def has_enumerate_support(self) -> bool:
        return self.reinterpreted_batch_ndims == 0 and self.base_dist.has_enumerate_support

    @constraints.dependent_property
    def support(self) -> Any:
        support = self.base_dist.support
        if self.reinterpreted_batch_ndims:
            support = constraints.independent(support, self.reinterpreted_batch_ndims)
        return support

    @property
    def mean(self) -> Tensor:
        return self.base_dist.mean

    @property
    def mode(self) -> Tensor:
        return self.base_dist.mode

    @property
    def variance(self) -> Tensor:
        return self.base_dist.variance

    def sample(self, sample_shape: Any = ()) -> Tensor:
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        return sum_rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self) -> Tensor:
        return sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        if self.reinterpreted_batch_ndims > 0:
            raise NotImplementedError("Enumeration over cartesian product is not implemented")
        return self.base_dist.enumerate_support(expand=expand)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_dist}, {self.reinterpreted_batch_ndims})"
