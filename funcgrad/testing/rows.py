"""Rows of vectors: how a program of one becomes one of many, and how many are taken from all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

Rows = np.ndarray[Any, np.dtype[np.float64]]


def each(run: Callable[..., Any]) -> Callable[..., Any]:
    """`run` for one row: nothing is mapped, so all that runs has a place in it."""

    def one(xs: Any, cts: Any, us: Any, fixed: Any) -> Any:
        return jax.tree.map(lambda result: result[None], run(xs[0], cts[0], us[0], fixed))

    return one


def together(run: Callable[..., Any], *, in_turn: bool) -> Callable[..., Any]:
    """`run` for many rows: at once, or one after the other within the program."""
    if not in_turn:
        return jax.vmap(run, in_axes=(0, 0, 0, None))

    def in_a_loop(xs: Any, cts: Any, us: Any, fixed: Any) -> Any:
        return jax.lax.map(lambda row: run(*row, fixed), (xs, cts, us))

    return in_a_loop


class Moved:
    """The rows x + factor · direction, made when they are taken: all long ones fill the memory."""

    def __init__(self, x: Rows, factors: Rows, lines: Any, directions: Rows) -> None:
        self._x, self._factors, self._lines, self._directions = x, factors, lines, directions
        self.shape = (len(factors), len(x))

    def __len__(self) -> int:
        return len(self._factors)

    def __getitem__(self, rows: Any) -> Rows:
        moves: Rows = self._factors[rows][:, None] * self._directions[self._lines[rows]]
        return np.add(moves, self._x, out=moves)


def take(rows: Rows | Moved, start: int, size: int, count: int) -> Rows:
    """`size` rows from `start`; the last, or the only one, again where there are no more."""
    if isinstance(rows, np.ndarray) and len(rows) == 1 and size > 1:
        return np.broadcast_to(rows, (size, rows.shape[1]))
    return rows[np.minimum(np.arange(start, start + size), min(count, len(rows)) - 1)]
