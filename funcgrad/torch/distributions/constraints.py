"""`torch.distributions.constraints`: where a parameter or a value may lie."""

import operator
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ...ops import OPS
from ...tape import dtypes
from ...tape.bind import function
from ...tape.full import full
from ...tape.loose import cat as _join
from ...tape.loose import stack as _pile
from .utils import all_true

_eigenvalues = function(OPS["eigvalsh"])
_is_close = function(OPS["isclose"])


class Constraint:
    """A region; `check` says of each event in a tensor whether it lies within.

    Attributes:
        is_discrete: whether the region is a set of single points.
        event_dim: how many of the last axes make one event.
    """

    is_discrete: Any = False
    event_dim: Any = 0

    def check(self, value: Any) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return type(self).__name__.removeprefix("_") + "()"


class _Dependent(Constraint):
    """A region that depends on other values: it is known of an instance only."""

    def __init__(
        self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented
    ) -> None:
        self._is_discrete, self._event_dim = is_discrete, event_dim

    def _known(self, name: str) -> Any:
        value = getattr(self, f"_{name}")
        if value is NotImplemented:
            raise NotImplementedError(f".{name} cannot be determined statically")
        return value

    @property
    def is_discrete(self) -> bool:
        return self._known("is_discrete")

    @property
    def event_dim(self) -> int:
        return self._known("event_dim")

    def __call__(self, **known: Any) -> "_Dependent":
        mine = {"is_discrete": self._is_discrete, "event_dim": self._event_dim}
        return _Dependent(**{**mine, **known})

    def check(self, value: Any) -> Any:
        raise ValueError("Cannot determine validity of dependent constraint")


class _DependentProperty(property, _Dependent):
    """A property that on the class is a dependent constraint."""

    def __init__(self, fn: Callable[..., Any] | None = None, **known: Any) -> None:
        property.__init__(self, fn)
        _Dependent.__init__(self, **known)

    def __call__(self, fn: Callable[..., Any]) -> "_DependentProperty":  # type: ignore[override]
        return _DependentProperty(fn, is_discrete=self._is_discrete, event_dim=self._event_dim)


def is_dependent(constraint: Any) -> bool:
    """Whether a constraint is known of an instance only."""
    return isinstance(constraint, _Dependent)


class _IndependentConstraint(Constraint):
    """Holds for an event of more axes if it holds for all elements of it."""

    def __init__(self, base_constraint: Constraint, reinterpreted_batch_ndims: int) -> None:
        self.base_constraint = base_constraint
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims

    @property
    def is_discrete(self) -> bool:
        return self.base_constraint.is_discrete

    @property
    def event_dim(self) -> int:
        return self.base_constraint.event_dim + self.reinterpreted_batch_ndims

    def check(self, value: Any) -> Any:
        result, n = self.base_constraint.check(value), self.reinterpreted_batch_ndims
        if result.ndim < n:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.ndim}")
        return result.reshape((*result.shape[: result.ndim - n], -1)).all(-1)

    def __repr__(self) -> str:
        return f"IndependentConstraint({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


class _Bounded(Constraint):
    """Numbers between bounds; a subclass says which bounds there are and how they compare.

    Attributes:
        above: from the lower bound and a value to whether the value is above; None for no bound.
        below: the same for a value and the upper bound.
    """

    above: ClassVar[Any] = None
    below: ClassVar[Any] = None

    def __init__(self, *bounds: Any, **named: Any) -> None:
        tests = {"lower_bound": self.above, "upper_bound": self.below}
        self._bounds = [name for name, test in tests.items() if test is not None]
        given = {**dict(zip(self._bounds, bounds, strict=False)), **named}
        if len(bounds) + len(named) != len(self._bounds) or set(given) != set(self._bounds):
            raise TypeError(f"{self!r} takes {', '.join(self._bounds)}, each once")
        self.__dict__.update(given)

    def check(self, value: Any) -> Any:
        tests = []
        if self.is_discrete:
            tests.append(value % 1 == 0)
        if self.above is not None:
            tests.append(self.above(self.lower_bound, value))
        if self.below is not None:
            tests.append(self.below(value, self.upper_bound))
        found = tests[0]
        for test in tests[1:]:
            found = found & test
        return found

    def __repr__(self) -> str:
        bounds = (f"{name}={getattr(self, name, '?')}" for name in self._bounds)
        return f"{type(self).__name__.removeprefix('_')}({', '.join(bounds)})"


def _bounded(name: str, above: Any = None, below: Any = None, discrete: bool = False) -> Any:
    attributes = {"above": above, "below": below, "is_discrete": discrete, "__module__": __name__}
    return type(name, (_Bounded,), attributes)


greater_than = _bounded("_GreaterThan", operator.lt)
greater_than_eq = _bounded("_GreaterThanEq", operator.le)
less_than = _bounded("_LessThan", below=operator.lt)
interval = _bounded("_Interval", operator.le, operator.le)
half_open_interval = _bounded("_HalfOpenInterval", operator.le, operator.lt)
integer_interval = _bounded("_IntegerInterval", operator.le, operator.le, True)
_at_least = _bounded("_IntegerGreaterThan", operator.le, discrete=True)


class _Real(Constraint):
    def check(self, value: Any) -> Any:
        return value == value  # not NaN


class _Boolean(Constraint):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return (value == 0) | (value == 1)


class _OneHot(_Boolean):
    event_dim = 1

    def check(self, value: Any) -> Any:
        return super().check(value).all(-1) & (value.sum(-1) == 1)


class _Simplex(Constraint):
    event_dim = 1

    def check(self, value: Any) -> Any:
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class _Multinomial(Constraint):
    is_discrete = True
    event_dim = 1

    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound

    def check(self, value: Any) -> Any:
        return (value >= 0).all(-1) & (value.sum(-1) <= self.upper_bound)


class _Square(Constraint):
    event_dim = 2

    def check(self, value: Any) -> Any:
        *batch, rows, columns = value.shape
        return full(batch, rows == columns, dtype=dtypes.bool_, device=value.device)


class _LowerTriangular(Constraint):
    event_dim = 2

    def check(self, value: Any) -> Any:
        return (value.tril() == value).all(-1).all(-1)


class _LowerCholesky(_LowerTriangular):
    def check(self, value: Any) -> Any:
        return super().check(value) & (value.diagonal(0, -2, -1) > 0).all(-1)


class _Symmetric(_Square):
    def check(self, value: Any) -> Any:
        square = super().check(value)
        if not all_true(square):
            return square
        return _is_close(value, value.mT, atol=1e-6).all(-2).all(-1)


class _PositiveSemidefinite(_Symmetric):
    compare: ClassVar[Any] = operator.ge

    def check(self, value: Any) -> Any:
        symmetric = super().check(value)
        if not all_true(symmetric):
            return symmetric
        return type(self).compare(_eigenvalues(value), 0).all(-1)


class _PositiveDefinite(_PositiveSemidefinite):
    compare = operator.gt


class _Parts(Constraint):
    """A constraint for each part of a tensor along an axis."""

    def __init__(self, cseq: Sequence[Constraint], dim: int) -> None:
        self.cseq, self.dim = list(cseq), dim

    @property
    def is_discrete(self) -> bool:
        return any(part.is_discrete for part in self.cseq)

    @property
    def event_dim(self) -> int:
        return max(part.event_dim for part in self.cseq)


class _Cat(_Parts):
    def __init__(
        self, cseq: Sequence[Constraint], dim: int = 0, lengths: Sequence[int] | None = None
    ) -> None:
        super().__init__(cseq, dim)
        self.lengths = list(lengths) if lengths is not None else [1] * len(self.cseq)

    def check(self, value: Any) -> Any:
        parts = value.split(self.lengths, self.dim)
        checked = [one.check(part) for one, part in zip(self.cseq, parts, strict=True)]
        return _join(checked, self.dim)


class _Stack(_Parts):
    @property
    def event_dim(self) -> int:
        dim = super().event_dim
        return dim + 1 if self.dim + dim < 0 else dim

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0) -> None:
        super().__init__(cseq, dim)

    def check(self, value: Any) -> Any:
        parts = value.unbind(self.dim)
        checked = [one.check(part) for one, part in zip(self.cseq, parts, strict=True)]
        return _pile(checked, self.dim)


dependent, dependent_property = _Dependent(), _DependentProperty
independent, cat, stack = _IndependentConstraint, _Cat, _Stack
boolean, one_hot, simplex, multinomial = _Boolean(), _OneHot(), _Simplex(), _Multinomial
real, unit_interval = _Real(), interval(0.0, 1.0)
real_vector = independent(real, 1)
positive, nonnegative = greater_than(0.0), greater_than_eq(0.0)
nonnegative_integer, positive_integer = _at_least(0), _at_least(1)
square, symmetric = _Square(), _Symmetric()
lower_triangular, lower_cholesky = _LowerTriangular(), _LowerCholesky()
positive_semidefinite, positive_definite = _PositiveSemidefinite(), _PositiveDefinite()
