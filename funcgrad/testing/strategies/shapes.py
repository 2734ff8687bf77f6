"""Shapes: of fixed and of shared sizes, and several that broadcast together."""

from __future__ import annotations

import operator
from typing import Any

from .dims import Dims, draw_size, merge
from .library import Draw, Plan, SearchStrategy, plan_of, refuse, strategy

#: What `arrays` takes for a shape, for its errors.
WAY_OUT = 'Write arrays((3, dims("n", 1, 4))), say.'


class Shape(Plan):
    """A shape of fixed and of shared sizes.

    Attributes:
        axes: an int or a `Dims` each.
        sizes: the shared sizes.
    """

    def __init__(self, axes: tuple[int | Dims, ...]) -> None:
        self.axes = axes
        self.sizes = merge(*(axis.sizes for axis in axes if isinstance(axis, Dims)))

    def draw(self, draw: Draw) -> tuple[int, ...]:
        return tuple(axis.draw(draw) if isinstance(axis, Dims) else axis for axis in self.axes)

    def words(self) -> str:
        told = [f"dims({axis})" if isinstance(axis, Dims) else str(axis) for axis in self.axes]
        return f"({', '.join(told)}{',' if len(told) == 1 else ''})"

    def with_zero(self) -> Shape:
        """The same with 0 among its shared sizes."""
        return Shape(tuple(Dims(a.name, 0, a.hi) if isinstance(a, Dims) else a for a in self.axes))


#: How one of several shapes takes part in a broadcast over (rows, columns), the plainest first: an
#: axis is there (True), is of size 1 (False), or is left out with those before it (shorter).
_FORMS = ((True,), (), (False,), (True, True), (False, False), (False, True), (True, False))


class Broadcast(Plan):
    """One of several shapes that broadcast together."""

    def __init__(self, index: int, count: int, lo: int, hi: int, name: str) -> None:
        self.index, self.count, self.lo, self.hi, self.name = index, count, lo, hi, name
        self.sizes = {
            f"{name}:form": (0, len(_FORMS) ** count - 1),
            f"{name}:rows": (lo, hi),
            f"{name}:columns": (lo, hi),
        }

    def draw(self, draw: Draw) -> tuple[int, ...]:
        drawn = {key: draw_size(draw, key, *bounds) for key, bounds in self.sizes.items()}
        code, rows, columns = drawn.values()
        form = _FORMS[code // len(_FORMS) ** self.index % len(_FORMS)]
        full = (rows, columns)[2 - len(form) :]
        return tuple(size if there else 1 for size, there in zip(full, form, strict=True))

    def words(self) -> str:
        return f"{self.index} of {self.count}, lo={self.lo}, hi={self.hi}, name={self.name!r}"

    def with_zero(self) -> Broadcast:
        """The same with 0 among its sizes."""
        return Broadcast(self.index, self.count, 0, self.hi, self.name)


def shape_from(given: Any) -> Shape | Broadcast:
    """The plan of what was given as a shape."""
    plan = plan_of(given)
    if isinstance(plan, Broadcast):
        return plan
    several = given if isinstance(given, (tuple, list)) else (given,)
    return Shape(tuple(_axis(axis, given) for axis in several))


def _axis(axis: Any, given: Any) -> int | Dims:
    plan = plan_of(axis)
    if isinstance(plan, Dims):
        return plan
    if isinstance(axis, (bool, SearchStrategy)):
        refuse("a shape is made of ints and dims(...)", given, WAY_OUT)
    try:
        size = operator.index(axis)
    except TypeError:
        refuse("a shape is made of ints and dims(...)", given, WAY_OUT)
    if size < 0:
        refuse("a size is 0 or more", given, WAY_OUT)
    return size


def broadcastable(
    k: int, *, lo: int = 1, hi: int = 3, name: str = "broadcast"
) -> tuple[SearchStrategy[tuple[int, ...]], ...]:
    """Shapes that broadcast together: axes of size 1, axes left out, axes shared.

    Args:
        k: how many shapes.
        lo: the least size of a shared axis.
        hi: the largest.
        name: by which the sizes are shared, as in `dims`: two calls with the same arguments give
            the same shapes.

    Returns:
        `k` strategies of shapes of up to two axes, for `arrays` or for arguments of their own.

    Raises:
        hypothesis.errors.InvalidArgument: if `k` is not from 1 to 6 or the bounds enclose no size.

    Example:
        >>> from hypothesis import given
        >>> import numpy as np
        >>> from funcgrad.testing.strategies import arrays, broadcastable
        >>> b = broadcastable(2)
        >>> @given(arrays(b[0]), arrays(b[1]))
        ... def test_sum(x, y):
        ...     assert (x + y).shape == np.broadcast_shapes(x.shape, y.shape)
        >>> test_sum()
    """
    if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= 6:
        refuse("broadcastable makes 1 to 6 shapes", k, "Write broadcastable(2), say.")
    if not 0 <= lo <= hi:
        refuse("broadcastable needs 0 <= lo <= hi", (lo, hi), "Write broadcastable(2, hi=3), say.")
    return tuple(strategy("broadcastable", Broadcast(i, k, lo, hi, name)) for i in range(k))
