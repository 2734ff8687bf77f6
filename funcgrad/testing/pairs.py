"""Two numbers that should be one, and how far apart they may lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from funcgrad.testing.libraries import Array
from funcgrad.testing.tolerances import tolerance


@dataclass(frozen=True)
class Pair:
    """One number, or array of them, from both sides.

    Attributes:
        name: what it is: "out", "d / d args[0]['w']".
        jax: from the JAX function.
        torch: from the PyTorch-style function.
        error: the largest difference over its tolerance; 1 is the border.
        place: the entry where that is.
    """

    name: str
    jax: Array
    torch: Array
    error: float
    place: tuple[int, ...] = ()


class Allowed:
    """How far two numbers may lie apart."""

    def __init__(self, dtypes: Sequence[Any], rtol: float | None, atol: float | None) -> None:
        row = tolerance(dtypes)
        self.rtol = row.ulps * row.epsilon if rtol is None else rtol
        # Entries that came out of cancellation have the rounding errors of the large ones.
        self.atol, self.epsilon = atol, row.epsilon

    def pair(self, name: str, mine: Array, theirs: Array) -> Pair:
        """The two, with the largest difference over what is allowed."""
        common = np.result_type(np.complex128 if np.iscomplexobj(mine) else np.float64)
        a, b = mine.astype(common), theirs.astype(common)
        if not a.size:
            return Pair(name, mine, theirs, 0.0)
        finite = np.abs(b[np.isfinite(b)])
        largest = float(finite.max()) if finite.size else 0.0
        atol = 64 * self.epsilon * largest if self.atol is None else self.atol
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            error = np.abs(a - b) / (atol + self.rtol * np.abs(b))
            same = (a == b) | (np.isnan(a) & np.isnan(b))
        error = np.where(same, 0.0, np.where(np.isnan(error), np.inf, error))
        place = tuple(int(i) for i in np.unravel_index(np.argmax(error), error.shape))
        return Pair(name, mine, theirs, float(error[place]), place)
