"""The base class of distributions."""

import warnings
from typing import Any, ClassVar

from ...tape.modes import no_grad
from ...tape.tensor import Size, Tensor
from . import constraints
from .utils import NUMBER, all_true, as_size, broadcast_all, lazy_property

_NOWHERE = Size()


class Distribution:
    """A distribution, or a batch of them.

    Args:
        batch_shape: shape of the parameters: that many distributions.
        event_shape: shape of one sample of one of them.
        validate_args: whether parameters and values are checked; as
            `set_default_validate_args` says unless given.
    """

    has_rsample: Any = False
    has_enumerate_support: Any = False
    # The parameters that broadcast to the batch, each of which `expand` expands.
    parameters_: ClassVar[tuple[str, ...]] = ()
    _validate_args = __debug__

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Turn the checks of parameters and values on or off for all distributions."""
        if value not in (True, False):
            raise ValueError("validate_args is True or False")
        Distribution._validate_args = value

    def __init__(
        self,
        batch_shape: Any = _NOWHERE,
        event_shape: Any = _NOWHERE,
        validate_args: bool | None = None,
    ) -> None:
        self._batch_shape, self._event_shape = as_size(batch_shape), as_size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _take(self, validate_args: bool | None, **parameters: Any) -> None:
        """Broadcast the parameters together and start with their shape as that of the batch."""
        values = broadcast_all(*parameters.values())
        self.__dict__.update(zip(parameters, values, strict=True))
        numbers = all(isinstance(value, NUMBER) for value in parameters.values())
        batch = _NOWHERE if numbers else values[0].shape
        Distribution.__init__(self, batch, validate_args=validate_args)

    def _check_parameters(self) -> None:
        try:
            regions = self.arg_constraints
        except NotImplementedError:
            warnings.warn(
                f"{type(self)} does not define `arg_constraints`. Please set `arg_constraints = "
                "{}` or initialize the distribution with `validate_args=False` to turn off "
                "validation.",
                stacklevel=4,
            )
            return
        for name, region in regions.items():
            computed = isinstance(getattr(type(self), name, None), lazy_property)
            if constraints.is_dependent(region) or (name not in self.__dict__ and computed):
                continue
            value = getattr(self, name)
            if not all_true(region.check(value)):
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape "
                    f"{tuple(value.shape)}) of distribution {self!r} to satisfy the constraint "
                    f"{region!r}, but found invalid values:\n{value}"
                )

    def expand(self, batch_shape: Any, _instance: Any = None) -> "Distribution":
        """The same distribution with a larger batch; parameters are expanded, not copied."""
        if not self.parameters_:
            raise NotImplementedError
        shape = as_size(batch_shape)
        new = self._get_checked_instance(self._family(), _instance)
        for name in self.parameters_:
            if name in self.__dict__:
                setattr(new, name, getattr(self, name).expand(shape))
        return self._finish(new, shape)

    def _family(self) -> type:
        """The class of this package that this one is, or inherits from."""
        inside = (c for c in type(self).__mro__ if c.__module__.startswith(f"{__package__}."))
        return next(inside)

    def _finish(self, new: Any, batch_shape: Size, event_shape: Any = _NOWHERE) -> Any:
        """End of `expand`: the shapes of the new instance, checked as this one is."""
        Distribution.__init__(new, batch_shape, event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @property
    def batch_shape(self) -> Size:
        """Shape of the parameters."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """Shape of one sample of one distribution."""
        return self._event_shape

    @property
    def arg_constraints(self) -> dict[str, Any]:
        """Where each parameter may lie."""
        raise NotImplementedError

    @property
    def support(self) -> Any:
        """Where samples lie."""
        raise NotImplementedError

    @property
    def mean(self) -> Tensor:
        """The mean."""
        raise NotImplementedError

    @property
    def mode(self) -> Tensor:
        """Where the density is largest."""
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self) -> Tensor:
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = _NOWHERE) -> Tensor:
        """Samples (sample_shape + batch_shape + event_shape), without a graph."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = _NOWHERE) -> Tensor:
        """Samples that are a function of the parameters, so that gradients reach these."""
        raise NotImplementedError

    def sample_n(self, n: int) -> Tensor:
        """n samples; an older name of `sample((n,))`."""
        warnings.warn(
            "`sample_n(n)` will be deprecated. Use `sample((n,))` instead.",
            FutureWarning,
            stacklevel=2,
        )
        return self.sample((n,))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at a value."""
        raise NotImplementedError

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of less than, or as much as, a value."""
        raise NotImplementedError

    def icdf(self, value: Tensor) -> Tensor:
        """The inverse of `cdf`."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values, along a new first axis, for each distribution of the batch."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The entropy, in nats, of each distribution of the batch."""
        raise NotImplementedError

    def perplexity(self) -> Tensor:
        """exp of the entropy."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape: Any = _NOWHERE) -> Size:
        return as_size(sample_shape) + self._batch_shape + self._event_shape

    def _validate_sample(self, value: Tensor) -> None:
        """Raise PyTorch's ValueError for a value of a wrong shape or outside the support."""
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        start = value.ndim - len(self._event_shape)
        if value.shape[max(start, 0) :] != self._event_shape:
            raise ValueError(
                f"The right-most size of value must match event_shape: {value.shape} vs "
                f"{self._event_shape}."
            )
        own = self._batch_shape + self._event_shape
        for i, j in zip(reversed(value.shape), reversed(own), strict=False):
            if i != 1 and j != 1 and i != j:
                raise ValueError(
                    "Value is not broadcastable with batch_shape+event_shape: "
                    f"{value.shape} vs {own}."
                )
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{type(self)} does not define `support` to enable sample validation. Please "
                "initialize the distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        if not all_true(support.check(value)):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) "
                f"to be within the support ({support!r}) of the distribution {self!r}, but found "
                f"invalid values:\n{value}"
            )

    def _checked(self, value: Any) -> None:
        if self._validate_args:
            self._validate_sample(value)

    def _get_checked_instance(self, cls: type, _instance: Any = None) -> Any:
        if _instance is None and type(self).__init__ is not cls.__init__:
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {cls.__name__} that defines a custom __init__ "
                "method must also define a custom .expand() method."
            )
        return object.__new__(type(self)) if _instance is None else _instance

    def __repr__(self) -> str:
        known = {name: self.__dict__[name] for name in self.arg_constraints if name in vars(self)}
        shown = (f"{k}: {v if v.numel() == 1 else v.shape}" for k, v in known.items())
        return f"{type(self).__name__}({', '.join(shown)})"
