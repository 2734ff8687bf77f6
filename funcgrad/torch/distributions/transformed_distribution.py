"""Distributions of what a transform makes of another distribution's samples."""

from collections.abc import Callable
from typing import Any

from ...tape.modes import no_grad
from ...tape.tensor import Tensor
from . import constraints
from .distribution import Distribution
from .independent import Independent
from .transform import ComposeTransform, Transform
from .utils import as_size, sum_rightmost


class TransformedDistribution(Distribution):
    """The distribution of f(x), where x comes from a base distribution.

    log p(y) = log p(x) + log |det dx/dy|.

    Args:
        base_distribution: of x.
        transforms: one transform or a list of them, applied in this order.
        validate_args: whether values are checked.

    Example:
        >>> import funcgrad.torch as torch
        >>> from funcgrad.torch.distributions import Normal, TransformedDistribution, transforms
        >>> normal = Normal(0.0, 1.0)
        >>> squashed = TransformedDistribution(normal, [transforms.TanhTransform()])
        >>> squashed.log_prob(torch.tensor(0.0))
        tensor(-0.9189)
    """

    arg_constraints: Any = {}  # noqa: RUF012

    def __init__(
        self,
        base_distribution: Distribution,
        transforms: Transform | list[Transform],
        validate_args: bool | None = None,
    ) -> None:
        if isinstance(transforms, Transform):
            transforms = [transforms]
        if not isinstance(transforms, list):
            raise ValueError(f"transforms must be a Transform or list, but was {transforms}")
        if not all(isinstance(part, Transform) for part in transforms):
            raise ValueError("transforms must be a Transform or a list of Transforms")
        self.transforms = transforms
        shape = base_distribution.batch_shape + base_distribution.event_shape
        own_dim = len(base_distribution.event_shape)
        chain = ComposeTransform(transforms)
        enters, leaves = chain.domain.event_dim, chain.codomain.event_dim
        if len(shape) < enters:
            raise ValueError(
                f"base_distribution needs to have shape with size at least {enters}, but got "
                f"{shape}."
            )
        forward = as_size(chain.forward_shape(shape))
        needed = as_size(chain.inverse_shape(forward))
        if shape != needed:
            base_distribution = base_distribution.expand(needed[: len(needed) - own_dim])
        if enters > own_dim:
            base_distribution = Independent(base_distribution, enters - own_dim)
        self.base_dist: Any = base_distribution
        kept = len(forward) - max(leaves, own_dim + leaves - enters)
        super().__init__(forward[:kept], forward[kept:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> "TransformedDistribution":
        new = self._get_checked_instance(TransformedDistribution, _instance)
        batch = as_size(batch_shape)
        shape = batch + self._event_shape
        for part in reversed(self.transforms):
            shape = as_size(part.inverse_shape(shape))
        new.base_dist = self.base_dist.expand(shape[: len(shape) - len(self.base_dist.event_shape)])
        new.transforms = self.transforms
        return self._finish(new, batch, self._event_shape)

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> Any:
        if not self.transforms:
            return self.base_dist.support
        support = self.transforms[-1].codomain
        more = len(self._event_shape) - support.event_dim
        return constraints.independent(support, more) if more > 0 else support

    @property
    def has_rsample(self) -> bool:
        return self.base_dist.has_rsample

    def _forward(self, x: Tensor) -> Tensor:
        for part in self.transforms:
            x = part(x)
        return x

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            return self._forward(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self._forward(self.base_dist.rsample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        dim = len(self._event_shape)
        total: Any = 0.0
        for part in reversed(self.transforms):
            x = part.inv(value)
            enters = part.domain.event_dim
            dim += enters - part.codomain.event_dim
            total = total - sum_rightmost(part.log_abs_det_jacobian(x, value), dim - enters)
            value = x
        own = self.base_dist.log_prob(value)
        return total + sum_rightmost(own, dim - len(self.base_dist.event_shape))

    def _rising(self, value: Tensor) -> Tensor:
        """A probability as it is, or its complement where the transforms turn the order round."""
        sign = ComposeTransform(self.transforms).sign
        return value if isinstance(sign, int) and sign == 1 else sign * (value - 0.5) + 0.5

    def cdf(self, value: Tensor) -> Tensor:
        for part in reversed(self.transforms):
            value = part.inv(value)
        self.base_dist._checked(value)
        return self._rising(self.base_dist.cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        return self._forward(self.base_dist.icdf(self._rising(value)))


def of_base(name: str) -> Any:
    """A parameter that the base distribution holds."""
    getter: Callable[[Any], Any] = lambda self: getattr(self.base_dist, name)  # noqa: E731
    return property(getter, doc=f"`{name}` of the base distribution.")
