"""Integers that stand for something: class labels and random keys."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from .array import arrays
from .library import Draw, Plan, SearchStrategy, draw_bytes, refuse, strategy


def integers_below(n: int, shape: Any = (), dtype: Any = "int32") -> SearchStrategy[Any]:
    """Class labels, or indices: integers from 0 to n − 1.

    Args:
        n: how many classes, 1 or more.
        shape: as in `arrays`.
        dtype: an integer dtype.

    Returns:
        A strategy of NumPy arrays.

    Raises:
        hypothesis.errors.InvalidArgument: if `n` is not positive.

    Example:
        >>> from hypothesis import find
        >>> from funcgrad.testing.strategies import integers_below
        >>> find(integers_below(10, 3), lambda labels: labels.max() >= 4)
        array([0, 0, 4], dtype=int32)
    """
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        refuse("integers_below needs a positive int", n, "Write integers_below(10), say.")
    return arrays(shape, dtype, lo=0, hi=int(n) - 1)


class Keys(Plan):
    """A key for JAX's random numbers."""

    def __init__(self, raw: bool) -> None:
        self.raw = raw
        self.sizes = {}

    def draw(self, draw: Draw) -> Any:
        key = jax.random.key(int.from_bytes(draw_bytes(draw, 4), "big") >> 1)
        return np.array(jax.random.key_data(key)) if self.raw else key

    def words(self) -> str:
        return "raw=True" if self.raw else ""


def keys(*, raw: bool = False) -> SearchStrategy[Any]:
    """Keys for `jax.random`.

    Args:
        raw: the key's data, unsigned integers as `jax.random.PRNGKey` gave, in place of a key.

    Returns:
        A strategy of keys; the simplest is `jax.random.key(0)`.

    Example:
        >>> from hypothesis import find
        >>> from funcgrad.testing.strategies import keys
        >>> find(keys(raw=True), lambda key: True)
        array([0, 0], dtype=uint32)
    """
    return strategy("keys", Keys(raw))
