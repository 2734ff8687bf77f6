"""Arrays: shape, dtype, where the entries lie, and what structure they have."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterable
from numbers import Complex, Integral, Real
from typing import Any

from .dims import Dims, merge
from .domain import Domain
from .entries import draw_entries
from .forms import FORMS, TANGENTS, refuse_form
from .kinds import dtype_from, dtype_or_plan, dtype_sizes, dtype_words
from .library import Draw, Plan, SearchStrategy, plan_of, refuse, strategy
from .pool import Pool, pool_for
from .shapes import Broadcast, Shape, shape_from

SQUARE = ("symmetric", "spd", "orthogonal")
_NO_TIES = ("orthogonal", "permutation")
MARGIN = 0.05


class Arrays(Plan):
    """The plan of an array."""

    def __init__(
        self, shape: Shape | Broadcast, dtype: Any, given: dict[str, Any], form: str | None
    ) -> None:
        self.shape, self.dtype, self.given, self.form = shape, dtype, given, form
        self.sizes = merge(shape.sizes, dtype_sizes(dtype))
        self.pool = None if isinstance(dtype, SearchStrategy) else self._pool(dtype)

    def _pool(self, dtype: Any) -> Pool:
        limits = {key: self.given[key] for key in ("lo", "hi", "away_from", "margin")}
        bounded = limits != {"lo": None, "hi": None, "away_from": (), "margin": MARGIN}
        refuse_form(self.form, dtype, bounded)
        return pool_for(Domain(dtype, **limits))

    def draw(self, draw: Draw) -> Any:
        pool = self.pool or self._pool(dtype_from(draw(self.dtype)))
        shape = self.shape.draw(draw)
        ties = self.given["ties"]
        if self.form is None:
            return draw_entries(draw, pool, math.prod(shape), ties=ties).reshape(shape)
        return FORMS[self.form](draw, shape, pool, ties)

    def words(self) -> str:
        shape = (
            f"broadcastable({self.shape})"
            if isinstance(self.shape, Broadcast)
            else self.shape.words()
        )
        told = [shape, dtype_words(self.dtype)]
        usual = {"lo": None, "hi": None, "away_from": (), "margin": MARGIN}
        usual |= {"ties": False, "zero_size": False}
        told += [f"{key}={self.given[key]!r}" for key in usual if self.given[key] != usual[key]]
        return ", ".join(told + ([f"{self.form}=True"] if self.form else []))


def arrays(
    shape: Any = (),
    dtype: Any = "float32",
    lo: float | None = None,
    hi: float | None = None,
    *,
    away_from: complex | Iterable[complex] = (),
    margin: float = MARGIN,
    ties: bool = False,
    zero_size: bool = False,
    symmetric: bool = False,
    spd: bool = False,
    orthogonal: bool = False,
    simplex: bool = False,
    sorted: bool = False,
    permutation: bool = False,
) -> SearchStrategy[Any]:
    """NumPy arrays to try a function at.

    The entries are mostly of usual size, with few digits; among them 0, ±1, ±2, 0.5, equal ones,
    large ones (1000) and tiny ones, but no subnormal number, infinity or NaN. Bounds and structure
    hold by construction, so nothing is drawn in vain. A failing example shrinks to 0, 1, 2, …

    Args:
        shape: an int, or a tuple of ints and `dims`, or one of `broadcastable`.
        dtype: a name or NumPy dtype, or `dtypes(...)`.
        lo: the least value, of complex numbers that of both parts.
        hi: the largest.
        away_from: a point or several, poles and kinks, that the entries keep away from.
        margin: how far they keep away.
        ties: entries take at most three values, so that some are equal. Of a sorted array: equal
            neighbours; of a positive definite one: equal eigenvalues.
        zero_size: 0 is among the sizes of its `dims`.
        symmetric: equal to its transpose in the last two axes.
        spd: symmetric positive definite, with eigenvalues from 0.5 to 10 that are apart.
        orthogonal: its transpose is its inverse.
        simplex: positive, with sum 1 along the last axis.
        sorted: ascending along the last axis, without equal entries unless `ties`.
        permutation: of the integers below the last size, along the last axis.

    Returns:
        A strategy of NumPy arrays of that very dtype.

    Raises:
        hypothesis.errors.InvalidArgument: if the arguments do not go together, or the dtype has no
            number within the bounds.

    Example:
        >>> import numpy as np
        >>> from hypothesis import find, given
        >>> from funcgrad.testing.strategies import arrays, dims
        >>> n = dims("n", 1, 3)
        >>> @given(arrays((n, n), spd=True), arrays(n, lo=0.5, away_from=1.0))
        ... def test_solve(a, b):
        ...     assert np.allclose(a @ np.linalg.solve(a, b), b, atol=1e-3)
        >>> test_solve()
        >>> find(arrays(4), lambda x: x[2] > 1.5)
        array([0., 0., 2., 0.], dtype=float32)
    """
    asked = locals()
    form = _form({name: asked[name] for name in FORMS})
    if form in _NO_TIES and ties:
        refuse(f"{form}=True has no ties", "ties=True", "Leave ties out.")
    plan = shape_from(shape)
    if zero_size:
        if not plan.sizes:
            refuse(
                "zero_size=True makes 0 one of the sizes of dims(...)",
                f"shape={shape!r}",
                'Write the shape with dims("n", 1, 4), or with a 0.',
            )
        plan = plan.with_zero()
    if form is not None:
        _check_axes(form, plan)
    given: dict[str, Any] = {"ties": ties, "zero_size": zero_size}
    given |= {"lo": _bound("lo", lo), "hi": _bound("hi", hi), "away_from": _points(away_from)}
    given["margin"] = _margin(lo, hi, margin)
    return strategy("arrays", Arrays(plan, dtype_or_plan(dtype), given, form))


def tangent_of(thing: Any) -> Callable[[Any], Any] | None:
    """How a direction is made one that an array of this strategy may move along; None for any."""
    plan = plan_of(thing)
    return TANGENTS.get(plan.form or "") if isinstance(plan, Arrays) else None


def _form(asked: dict[str, bool]) -> str | None:
    forms = [name for name, wanted in asked.items() if wanted]
    if len(forms) > 1:
        refuse("an array has one structure", forms, "Keep one of them, and .map(...) the rest.")
    return forms[0] if forms else None


def _points(away_from: Any) -> tuple[complex, ...]:
    points = (away_from,) if isinstance(away_from, Complex) else tuple(away_from)
    for point in points:
        if not isinstance(point, Complex) or not cmath.isfinite(point):
            refuse("away_from has finite numbers", away_from, "Write away_from=(0.0, 1.0), say.")
    return points


def _bound(name: str, bound: Any) -> float | None:
    """A bound as a Python number: an int stays one, as 64 bits are more than a float holds."""
    if bound is None or isinstance(bound, Integral):
        return None if bound is None else int(bound)
    if not (isinstance(bound, Real) and math.isfinite(bound)):
        refuse(f"{name} is a finite real number or None", bound, "Leave it out for no bound.")
    return float(bound)


def _margin(lo: Any, hi: Any, margin: Any) -> float:
    if lo is not None and hi is not None and lo > hi:
        refuse("lo is at most hi", (lo, hi), "Exchange them.")
    if not isinstance(margin, Real) or not 0 < float(margin) < math.inf:
        refuse("margin is a positive number", margin, "Write margin=0.05, say.")
    return float(margin)


def _check_axes(form: str, plan: Shape | Broadcast) -> None:
    axes = plan.axes if isinstance(plan, Shape) else ()
    way_out = f'Write arrays((dims("n", 1, 4), dims("n", 1, 4)), {form}=True), say.'
    if form in SQUARE:
        # Two plans of one name and the same bounds are one size.
        names = [axis.name if isinstance(axis, Dims) else axis for axis in axes[-2:]]
        if len(names) < 2 or names[0] != names[1]:
            refuse(f"{form}=True needs two equal last axes", plan, way_out)
    elif not axes:
        refuse(f"{form}=True needs an axis", plan, f"Write arrays((3,), {form}=True), say.")
