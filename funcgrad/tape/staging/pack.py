"""Small arrays of many cells as one: a program takes and gives back one array instead of twenty.

What a call costs beside the computation grows with the number of arrays that go in and out. So the
small parameters of a model, and the state of its optimizer, are one array while nobody looks at
them: a `Pack`, which goes from call to call. Gradients that a call makes are `Parts` of one array.
A cell in a pack is empty; who asks for its array has the whole pack taken apart.
"""

import itertools
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import prod
from typing import Any

import jax
import jax.numpy as jnp

from ...cache import keeping
from ..storage import ARRAY, Cell, stored
from .met import holds

Array = jax.Array
Shapes = tuple[tuple[int, ...], ...]

# What the cells of a pack count their writes by: no two calls have the same number, nor has a cell
# that was written to otherwise.
ticks = itertools.count(1 << 40, 1 << 10)

_PATIENCE = 16  # calls after which a pack that is taken apart more often than not is given up


class Pack:
    """The arrays of some cells, one after the other.

    Args:
        shapes: of the arrays, which have one dtype.

    Attributes:
        array: all of them; None before they are gathered.
        tick: what each cell's `writes` are as long as `array` is up to date.
        is_spread: whether the cells have their arrays, too.
        calls: how many programs have taken it.
    """

    __slots__ = ("_shapes", "_spreads", "array", "calls", "cells", "is_spread", "tick")

    def __init__(self, shapes: Shapes) -> None:
        self._shapes, self._spreads, self.calls = shapes, 0, 0
        self.array: Array | None = None
        self.cells: Sequence[Cell] = ()
        self.tick, self.is_spread = -1, False

    def gather(self, *cells: Cell) -> None:
        """Take the arrays of cells; they keep them, too."""
        arrays = [stored(cell) for cell in cells]
        with jax.enable_x64(True), keeping():
            self.array = _joining(self._shapes)(*arrays)
        self.cells, self.is_spread = cells, True
        for cell in cells:
            cell.pack = self

    def spread(self) -> None:
        """Give each cell that is empty its array."""
        self._spreads += 1
        arrays = _taken_apart(self.array, self._shapes)
        for cell, array in zip(self.cells, arrays, strict=True):
            if cell.pack is self and not holds(ARRAY, cell):
                ARRAY.__set__(cell, array)
        self.is_spread = True

    def clear(self) -> None:
        """Empty the cells: a program has changed what they hold."""
        for cell in self.cells:
            ARRAY.__delete__(cell)
        self.is_spread = False

    @property
    def is_read_often(self) -> bool:
        """Whether it is taken apart so often that it had better not be there."""
        return self.calls > _PATIENCE and 2 * self._spreads > self.calls


class Parts:
    """Small arrays of new cells, one after the other.

    Args:
        array: all of them.
        shapes: of each.
    """

    __slots__ = ("_array", "_parts", "_shapes")

    def __init__(self, array: Array, shapes: Shapes) -> None:
        self._array, self._shapes = array, shapes
        self._parts: Sequence[Array] | None = None

    def part(self, i: int) -> Array:
        """One of them."""
        if self._parts is None:
            self._parts = _taken_apart(self._array, self._shapes)
        return self._parts[i]


def join(arrays: Sequence[Array]) -> Array:
    """Arrays of one dtype, one after the other."""
    return jnp.concatenate([array.ravel() for array in arrays])


def split(packed: Array, shapes: Shapes) -> list[Array]:
    """The arrays of these shapes that lie one after the other."""
    found, at = [], 0
    for shape in shapes:
        end = at + prod(shape)
        found.append(jax.lax.slice(packed, (at,), (end,)).reshape(shape))
        at = end
    return found


def _taken_apart(array: Any, shapes: Shapes) -> Sequence[Array]:
    with jax.ensure_compile_time_eval(), jax.enable_x64(True), keeping():
        found: Sequence[Array] = _splitting(shapes)(array)
    return found


@lru_cache(maxsize=512)
def _joining(shapes: Shapes) -> Callable[..., Array]:
    return jax.jit(lambda *arrays: join(arrays))


@lru_cache(maxsize=512)
def _splitting(shapes: Shapes) -> Callable[..., Any]:
    return jax.jit(lambda packed: split(packed, shapes))
