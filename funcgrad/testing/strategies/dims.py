"""Sizes that arrays share by name, and who decides them."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import jax

from .library import Draw, Plan, SearchStrategy, Sizes, plan_of, refuse, st, strategy

#: Who decides the sizes in place of Hypothesis: `SIZES.get()(name, lo, hi)`. A new shape costs a
#: compilation, about 180 times a run, so a search sets this to come back to the shapes it has seen.
SIZES: ContextVar[Callable[[str, int, int], int] | None] = ContextVar("SIZES", default=None)


#: What the example that is being drawn has so far: sizes and their bounds, by name. A table of our
#: own, where Hypothesis would share each size by itself, as its bounds are to be the same too.
_SHARED: SearchStrategy[dict[str, Any]] = st.shared(st.builds(dict), key="funcgrad.testing.dims")


@lru_cache(maxsize=1024)
def _between(lo: int, hi: int) -> SearchStrategy[int]:
    return st.integers(lo, hi)


def draw_size(draw: Draw, name: str, lo: int, hi: int) -> int:
    """The size of that name in the example that is being drawn."""
    decide = SIZES.get()
    if decide is not None:
        return decide(name, lo, hi)
    drawn = draw(_SHARED)
    if name not in drawn:
        drawn[name] = draw(_between(lo, hi)), (lo, hi)
    size, bounds = drawn[name]
    if bounds != (lo, hi):
        differ(name, bounds, (lo, hi))
    return int(size)


def differ(name: str, first: tuple[int, int], second: tuple[int, int]) -> None:
    """Refuse two different bounds for one name."""
    refuse(
        f"the size {name!r} is one for all arrays of an example, so its bounds are the same",
        f"{first[0]} to {first[1]} and {second[0]} to {second[1]}",
        "Give both the same bounds (zero_size=True makes the lower one 0), or two names.",
    )


def merge(*several: Sizes) -> Sizes:
    """All the sizes of several plans; one name has the same bounds in all of them."""
    merged: Sizes = {}
    for sizes in several:
        for name, bounds in sizes.items():
            if merged.setdefault(name, bounds) != bounds:
                differ(name, merged[name], bounds)
    return merged


class Dims(Plan):
    """One size, shared by name."""

    def __init__(self, name: str, lo: int, hi: int) -> None:
        self.name, self.lo, self.hi = name, lo, hi
        self.sizes = {name: (lo, hi)}

    def draw(self, draw: Draw) -> int:
        return draw_size(draw, self.name, self.lo, self.hi)

    def words(self) -> str:
        return f"{self.name!r}, {self.lo}, {self.hi}"


def dims(name: str, lo: int = 1, hi: int = 4) -> SearchStrategy[int]:
    """A size that is the same wherever its name stands in one example.

    Args:
        name: what the size is called: "n", "batch".
        lo: the least, 0 or more.
        hi: the largest.

    Returns:
        A strategy of integers, for the shapes of `arrays` or for an argument of its own.

    Raises:
        hypothesis.errors.InvalidArgument: if the name is no text or the bounds enclose no size.

    Example:
        >>> from hypothesis import given
        >>> from funcgrad.testing.strategies import arrays, dims
        >>> n = dims("n", 1, 4)
        >>> @given(n, arrays((n, 2)), arrays((3, n)))
        ... def test_product(size, a, b):
        ...     assert (b @ a).shape == (3, 2) and a.shape == (size, 2)
        >>> test_product()
    """
    if not isinstance(name, str) or not name:
        refuse("a size is shared by its name, a text", name, 'Write dims("n", 1, 4).')
    for bound in (lo, hi):
        if isinstance(bound, bool) or not isinstance(bound, int):
            refuse(f"the bounds of dims({name!r}) are ints", bound, 'Write dims("n", 1, 4).')
    if not 0 <= lo <= hi:
        refuse(f"dims({name!r}) needs 0 <= lo <= hi", (lo, hi), 'Write dims("n", 1, 4).')
    return strategy("dims", Dims(name, lo, hi))


def names_in(tree: Any) -> Sizes:
    """The shared sizes that strategies of ours will draw: their bounds by name.

    Args:
        tree: a strategy, or tuples, lists and dicts of them; what is none of ours has no sizes
            that can be seen (such as `arrays(...).map(f)`) and is passed over.

    Returns:
        `{name: (lo, hi)}`.

    Raises:
        hypothesis.errors.InvalidArgument: if one name has two different bounds.

    Example:
        >>> from funcgrad.testing.strategies import arrays, dims
        >>> n = dims("n", 1, 4)
        >>> names_in((arrays((n, 2)), {"b": arrays((dims("m", 0, 3), n))}))
        {'n': (1, 4), 'm': (0, 3)}
    """
    plans = [plan_of(leaf) for leaf in jax.tree.leaves(tree)]
    return merge(*(plan.sizes for plan in plans if plan is not None))
