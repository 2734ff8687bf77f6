"""`torch.distributions.constraint_registry`: from unconstrained numbers into a region."""

from collections.abc import Callable
from functools import partial
from typing import Any

from . import constraints, transforms
from .utils import NUMBER


class ConstraintRegistry:
    """Which transform leads from all real numbers into a region, by the type of its constraint."""

    def __init__(self) -> None:
        self._registry: dict[type, Callable[[Any], transforms.Transform]] = {}

    def register(self, constraint: Any, factory: Any = None) -> Any:
        """Add a function from constraints of a type to transforms; also a decorator."""
        if factory is None:
            return partial(self.register, constraint)
        kind = type(constraint) if isinstance(constraint, constraints.Constraint) else constraint
        if not (isinstance(kind, type) and issubclass(kind, constraints.Constraint)):
            raise TypeError(
                "Expected constraint to be either a Constraint subclass or instance, but got "
                f"{constraint}"
            )
        self._registry[kind] = factory
        return factory

    def __call__(self, constraint: Any) -> transforms.Transform:
        """The transform into the region of a constraint."""
        factory = self._registry.get(type(constraint))
        if factory is None:
            raise NotImplementedError(f"Cannot transform {type(constraint).__name__} constraints")
        return factory(constraint)


biject_to, transform_to = ConstraintRegistry(), ConstraintRegistry()


def _above(region: Any) -> transforms.Transform:
    shift = transforms.AffineTransform(region.lower_bound, 1)
    return transforms.ComposeTransform([transforms.ExpTransform(), shift])


def _below(region: Any) -> transforms.Transform:
    mirror = transforms.AffineTransform(region.upper_bound, -1)
    return transforms.ComposeTransform([transforms.ExpTransform(), mirror])


def _between(region: Any) -> transforms.Transform:
    low, high = region.lower_bound, region.upper_bound
    numbers = isinstance(low, NUMBER) and isinstance(high, NUMBER)
    if numbers and (low, high) == (0, 1):
        return transforms.SigmoidTransform()
    scale = transforms.AffineTransform(low, high - low)
    return transforms.ComposeTransform([transforms.SigmoidTransform(), scale])


for _registry in (biject_to, transform_to):
    _registry.register(constraints.real, lambda region: transforms.identity_transform)
    for _half_line in (constraints.greater_than, constraints.greater_than_eq):
        _registry.register(_half_line, _above)
    _registry.register(constraints.less_than, _below)
    for _interval in (constraints.interval, constraints.half_open_interval):
        _registry.register(_interval, _between)

    def _event(region: Any, registry: ConstraintRegistry = _registry) -> transforms.Transform:
        inner = registry(region.base_constraint)
        return transforms.IndependentTransform(inner, region.reinterpreted_batch_ndims)

    _registry.register(constraints.independent, _event)

transform_to.register(constraints.simplex, lambda region: transforms.SoftmaxTransform())
