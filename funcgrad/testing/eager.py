"""A subject that cannot be traced: called on concrete numbers, a row after the other.

A function of PyTorch may look at values: `if x.sum() > 0`, `x[x > 0]`, `while float(loss) > 1`, a
way through NumPy. Nobody can compile that, but all that is said about a derivative is said of
values, and JAX differentiates on concrete numbers as well. So the same questions are asked by
calls. A call takes milliseconds, not microseconds, so there are fewer of them: `slow` tells.

Differences are best in float64. It is what the function is given if it takes it, gives the same
values and computes in it throughout; otherwise it is called in its own dtypes, and the differences
have the error bars that go with those.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from funcgrad.testing.called import Called
from funcgrad.testing.called import RuleError as RuleError
from funcgrad.testing.coordinates import dtype_of, wide
from funcgrad.testing.programs import Programs
from funcgrad.testing.rows import Rows
from funcgrad.testing.subject import Subject, is_key, layout, outputs
from funcgrad.testing.tolerances import tolerance
from funcgrad.testing.traces import Missing, is_missing

#: What JAX raises where a value is asked of a function that is being traced.
LOOKED = (jax.errors.JAXTypeError, jax.errors.JAXIndexError)
_ROUNDINGS = 512.0  # that two runs of a function in different dtypes may be apart
_DIGITS = 4  # a number of no more is one that somebody wrote, or a place where pieces meet


class EagerPrograms(Programs):
    """What `Programs` gives, by calls of the function.

    Attributes:
        wide: whether the function is called in float64.
    """

    slow = True

    def __init__(
        self,
        subject: Subject,
        leaves: Sequence[Any],
        *,
        x64: bool,
        modes: str = "auto",
        reference: Callable[..., Any] | None = None,
    ) -> None:
        self.subject, self.x64, self._modes = subject, x64, modes
        self.compilations = 0
        self._function, self._reference = reference or subject.function, reference
        differentiated, fixed = subject.split(leaves)
        self._weak = [isinstance(leaf, float | complex) for leaf in differentiated]
        self.inputs = subject.inputs(leaves)
        with jax.enable_x64(x64):
            dtypes = [leaf.dtype if is_key(leaf) else _canonical(leaf) for leaf in fixed]
            self._fixed = [
                leaf if is_key(leaf) else jax.ShapeDtypeStruct(np.shape(leaf), dtype)
                for leaf, dtype in zip(fixed, dtypes, strict=True)
            ]
            self._x, self._given = self.inputs.vector(differentiated), self.cast(fixed)
            found = outputs(self._called(self._x, self._given, widened=False))
            self.outputs = layout([label for label, _ in found], [leaf for _, leaf in found])
        self.wide = self._computes_in_float64([leaf for _, leaf in found])
        self.islands = not self.wide
        self._siblings: dict[Any, EagerPrograms] = {}

    def fitting(self, leaves: Sequence[Any]) -> EagerPrograms:
        """The programs for the shapes of the results at a point: `x[x > 0]` has many."""
        differentiated, fixed = self.subject.split(leaves)
        try:
            with jax.enable_x64(self.x64):
                x = self.inputs.vector(differentiated)
                found = outputs(self._called(x, self.cast(fixed), widened=False))
        except Exception:  # noqa: BLE001 - the point is not in the function's domain
            return self
        shapes = tuple((label, np.shape(leaf)) for label, leaf in found)
        if shapes == tuple(zip(self.outputs.labels, self.outputs.shapes, strict=True)):
            return self
        if shapes not in self._siblings:
            self._siblings[shapes] = EagerPrograms(
                self.subject, leaves, x64=self.x64, modes=self._modes, reference=self._reference
            )
        return self._siblings[shapes]

    # Calls

    def leaves(self, vector: Rows, *, widened: bool) -> list[Any]:
        """The differentiated leaves, as the function is given them."""
        found = self.inputs.unpack(vector, widened=widened)
        return [
            leaf.item() if weak and not widened else jnp.asarray(leaf)
            for leaf, weak in zip(found, self._weak, strict=True)
        ]

    def fixed(self, fixed: Sequence[Any]) -> list[Any]:
        """The other leaves, as arrays that nobody can change."""
        return [leaf if is_key(leaf) else jnp.asarray(leaf) for leaf in fixed]

    def _called(self, x: Rows, fixed: Sequence[Any], *, widened: bool) -> Any:
        leaves = self.leaves(x, widened=widened)
        return self._function(*self.subject.arguments(leaves, self.fixed(fixed)))

    def value_at(self, x: Rows, fixed: Sequence[Any], *, widened: bool) -> Rows:
        """The outputs; NaN where the function raises, or gives other shapes."""
        try:
            found = [leaf for _, leaf in outputs(self._called(x, fixed, widened=widened))]
        except Exception:  # noqa: BLE001 - the point is not in the function's domain
            return np.full(self.outputs.size, np.nan)
        if [tuple(np.shape(leaf)) for leaf in found] != list(self.outputs.shapes):
            return np.full(self.outputs.size, np.nan)
        return self.outputs.vector(found)

    def _computes_in_float64(self, plain: Sequence[Any]) -> bool:
        """Whether the function takes float64, means the same in it, and rounds nowhere to less."""
        dtypes = (*self.inputs.dtypes, *self.outputs.dtypes)
        random = np.random.default_rng(0)
        size = np.abs(self._x) + (self._x == 0)
        with jax.enable_x64(True), np.errstate(all="ignore"):
            try:
                found = [
                    leaf for _, leaf in outputs(self._called(self._x, self._given, widened=True))
                ]
            except Exception:  # noqa: BLE001 - so it does not
                return False
            if [dtype_of(leaf) for leaf in found] != [wide(dtype) for dtype in self.outputs.dtypes]:
                return False
            one, other = self.outputs.vector(plain), self.outputs.vector(found)
            bound = _ROUNDINGS * tolerance(dtypes).epsilon
            largest = np.abs(one[np.isfinite(one)]).max(initial=0.0)
            if not np.allclose(one, other, rtol=bound, atol=bound * largest, equal_nan=True):
                return False
            # Where digits are lost inside, a short step gives another slope than a longer one.
            near = self._x + 1e-3 * size * random.standard_normal(self._x.shape)
            along = size * random.standard_normal(self._x.shape)
            steps = np.array([0.0, 2.0**-12, 2.0**-28])
            rows = [near + step * along for step in steps]
            values = np.stack([self.value_at(row, self._given, widened=True) for row in rows])
            slopes = (values[1:] - values[0]) / steps[1:, None]
            apart = np.abs(slopes[0] - slopes[1])
            allowed = 0.05 * np.abs(slopes).max(0, initial=0.0) + 1e-3 * np.abs(values).max(0)
            return not np.any(apart > allowed)

    by_hand = False  # it cannot be seen

    @property
    def derived(self) -> list[Any]:
        """No traces."""
        return []

    # Modes: which derivatives there are

    def _asked(self, function: Callable[[Called], Any]) -> Exception | None:
        """Why a derivative is not there, or None."""
        with jax.enable_x64(self.x64), np.errstate(all="ignore"):
            try:
                function(Called(self, self._x, self.fixed(self._given), widened=False))
            except Exception as error:  # noqa: BLE001 - a rule may raise anything: a finding
                cause = error.__cause__ if isinstance(error, RuleError) else error
                found = cause if isinstance(cause, Exception) else error
                return Missing(str(found).splitlines()[0]) if is_missing(found) else found
        return None

    @cached_property
    def reverse(self) -> Exception | None:  # type: ignore[override]
        """Why there is no vjp, or None."""
        if self._modes == "forward":
            return Missing('modes="forward" was asked for')
        return self._asked(lambda point: point.gradient(np.ones(self.outputs.size)))

    @cached_property
    def forward(self) -> Exception | None:  # type: ignore[override]
        """Why there is no jvp, or None."""
        if self._modes == "reverse":
            return Missing('modes="reverse" was asked for')
        return self._asked(lambda point: point.tangent(np.ones(self.inputs.size)))

    @cached_property
    def forward_of_reverse(self) -> Exception | None:  # type: ignore[override]
        """Why there is no jvp of the vjp, or None."""
        ones = np.ones(self.outputs.size), np.ones(self.inputs.size)
        return self._asked(lambda point: point.second(*ones, forward=True))

    @cached_property
    def reverse_of_reverse(self) -> Exception | None:  # type: ignore[override]
        """Why there is no vjp of the vjp, or None."""
        ones = np.ones(self.outputs.size), np.ones(self.inputs.size)
        return self._asked(lambda point: point.second(*ones, forward=False))

    # Programs, on rows of vectors

    @cached_property
    def rule(self) -> Callable[..., Any]:
        return self._rows(self._all, widened=self.wide)

    @cached_property
    def plain(self) -> Callable[..., Any]:
        return self._rows(self._all, widened=False)

    @cached_property
    def second(self) -> Callable[..., Any]:
        def both(point: Called, ct: Rows, u: Rows) -> Any:
            by_jvp = self.forward_of_reverse is None and self.forward is None
            by_vjp = not (self.lean and by_jvp) and self.reverse_of_reverse is None
            return (
                point.second(ct, u, forward=True) if by_jvp else None,
                point.second(ct, u, forward=False) if by_vjp else None,
            )

        return self._rows(both, widened=self.wide)

    @cached_property
    def value(self) -> Callable[..., Any]:
        return self._rows(lambda point, ct, u: (point.value,), widened=self.wide)

    @cached_property
    def tied(self) -> Callable[..., Any]:
        """Whether a number of few digits is among the arguments, or one of them twice."""

        def run(point: Called, ct: Rows, u: Rows) -> Any:
            few = np.array([float(f"{number:.{_DIGITS}g}") for number in point.x])
            epsilon = tolerance(self.inputs.dtypes).epsilon
            written = np.abs(point.x - few) <= epsilon * np.abs(few)
            return (np.array(np.any(written) or len(np.unique(point.x)) < len(point.x)),)

        return self._rows(run, widened=self.wide)

    @cached_property
    def jumps(self) -> None:
        """Nothing is seen of what is inside."""

    @cached_property
    def extent(self) -> Callable[..., Any]:
        """Nothing is seen of what is inside; the outputs and arguments must do."""
        return self._rows(lambda point, ct, u: (np.zeros(()),), widened=self.wide)

    def _all(self, point: Called, ct: Rows, u: Rows) -> Any:
        gradient = point.gradient(ct) if self.reverse is None else None
        tangent = point.tangent(u) if self.forward is None else None
        return point.value, gradient, tangent, point.told if self.reverse is None else point.value

    def _rows(self, run: Callable[..., Any], *, widened: bool) -> Callable[..., Any]:
        def call(
            xs: Rows,
            cts: Rows,
            us: Rows,
            fixed: Sequence[Any],
            observe: Callable[..., Any] = lambda *results: results,
        ) -> Any:
            parts, point = [], None
            given = self.cast(fixed)
            with jax.enable_x64(widened or self.x64):
                for number in range(max(len(xs), len(cts), len(us))):
                    x, ct, u = (_row(rows, number) for rows in (xs, cts, us))
                    if point is None or not np.array_equal(x, point.x):
                        point = Called(self, x, given, widened=widened)
                    rows = jax.tree.map(lambda result: result[None], run(point, ct, u))
                    parts.append(observe(*rows))
            return jax.tree.map(lambda *got: np.concatenate(got), *parts)

        return call


def _row(rows: Any, number: int) -> Rows:
    """A row of those that there are, or are made when they are asked for; the last again."""
    row: Rows = rows[np.array([min(number, len(rows) - 1)])][0]
    return row


def _canonical(leaf: Any) -> Any:
    return jax.dtypes.canonicalize_dtype(dtype_of(leaf))
