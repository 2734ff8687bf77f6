"""Where entries may lie: an interval with gaps, in the numbers that a dtype has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import jax.numpy as jnp
import numpy as np

from .kinds import kind_of, part_of, smallest_normal

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

#: How far the entries go where no bound is given: what most users feed, and a large number.
USUAL, LARGE = 4.0, 1e3


@dataclass(frozen=True)
class Domain:
    """The numbers that entries may be.

    Attributes:
        dtype: of the entries; of complex ones, both parts keep to the bounds.
        lo, hi: the bounds, None where there is none.
        away_from: points to keep away from.
        margin: how far.
    """

    dtype: np.dtype[Any]
    lo: float | None = None
    hi: float | None = None
    away_from: tuple[complex, ...] = ()
    margin: float = 0.05

    def bounds(self) -> tuple[float, float]:
        """The least and the largest value, chosen where they were not given."""
        part = part_of(self.dtype)
        if kind_of(part) == "float":
            most = _most(part)
            least, large = -most, min(LARGE, most / 4)
        else:
            info = jnp.iinfo(part)
            least, most = int(info.min), int(info.max)
            large = min(int(LARGE), most)
        # A bound beyond the large number moves it: from lo = 5000 it goes to 20 000.
        lo = self.lo if self.lo is not None else max(least, min(-large, 4 * (self.hi or 0)))
        hi = self.hi if self.hi is not None else min(most, max(large, 4 * (self.lo or 0)))
        return max(lo, least), min(hi, most)

    def usual(self) -> tuple[float, float]:
        """The bounds within which most entries lie."""
        lo, hi = self.bounds()
        if self.lo is not None and self.hi is not None:
            return lo, hi
        if lo > USUAL / 2:
            return lo, min(hi, 4 * lo)
        if hi < -USUAL / 2:
            return max(lo, 4 * hi), hi
        return max(lo, -USUAL), min(hi, USUAL)

    def pieces(self, lo: float, hi: float) -> list[tuple[float, float]]:
        """What the gaps leave of an interval; a piece may be a single point."""
        pieces = [(lo, hi)] if lo <= hi else []
        for point in self.away_from if kind_of(self.dtype) != "complex" else ():
            below, above = point.real - self.margin, point.real + self.margin
            left = [(a, min(b, below)) for a, b in pieces]
            right = [(max(a, above), b) for a, b in pieces]
            pieces = [(a, b) for a, b in left + right if a <= b]
        return sorted(set(pieces))

    def keeps(self, values: Floats) -> Any:
        """Whether each value, of the dtype already, may be an entry (of complex ones, a part)."""
        lo, hi = self.bounds()
        kept = np.isfinite(values) & (lo <= values) & (values <= hi)
        if kind_of(part_of(self.dtype)) == "float":
            kept &= (values == 0) | (abs(values) >= smallest_normal(part_of(self.dtype)))
        return kept if kind_of(self.dtype) == "complex" else kept & self.is_away(values)

    def is_away(self, values: Any) -> Any:
        """Whether each value, real or complex, is outside every gap."""
        away = np.ones(np.shape(values), bool)
        for point in self.away_from:
            away &= abs(values - point) >= self.margin
        return away

    def rounded(self, values: Any) -> Floats:
        """Those of the values, rounded to the dtype, that may be entries; each once, in order."""
        part = part_of(self.dtype)
        with np.errstate(all="ignore"):  # what overflows is not kept
            wide = np.asarray(values, np.float64).astype(part).astype(np.float64) + 0.0
        wide = wide[self.keeps(wide)]
        first = np.sort(np.unique(wide, return_index=True)[1])
        kept: Floats = wide[first]
        return kept

    def grid(self, lo: float, hi: float) -> Floats:
        """Some thousand decimals of an interval, those with the fewest digits first."""
        values = [*_decimals(lo, hi)]
        for a, b in self.pieces(lo, hi):
            # A piece too narrow for a decimal has points of its own, its borders among them.
            values += self._inward(a, b) if b - a < (hi - lo) / 100 else []
        return self.rounded(values)

    def borders(self) -> Floats:
        """The borders that the user set: of the interval and of the gaps."""
        lo, hi = self.bounds()
        ends = [end for piece in self.pieces(lo, hi) for end in piece]
        chosen = {lo} if self.lo is None else set()
        chosen |= {hi} if self.hi is None else set()
        near = [value for end in ends if end not in chosen for value in self._around(end)]
        return self.rounded(near)

    def _inward(self, a: float, b: float) -> list[float]:
        return [*np.linspace(a, b, 9), *self._around(a), *self._around(b)]

    def _around(self, end: float) -> list[float]:
        """A border and its neighbours: one of them is on the right side once it is rounded."""
        part = part_of(self.dtype)
        if kind_of(part) == "int":
            return [math.floor(end), math.ceil(end)]
        with np.errstate(all="ignore"):
            here = np.asarray(end, np.float64).astype(part)
            below, above = (np.nextafter(here, np.asarray(s, part)) for s in self._ends(part))
        return [float(here), float(below), float(above)]

    @staticmethod
    def _ends(part: np.dtype[Any]) -> tuple[float, float]:
        most = _most(part)
        return -most, most


def _most(part: np.dtype[Any]) -> float:
    return float(jnp.finfo(part).max)


def _decimals(lo: float, hi: float) -> Floats:
    """The multiples of a power of ten in an interval: 0, 1, -1, 2, … then 0.1, … then 0.01 …"""
    if not lo < hi:
        return np.array([lo], np.float64) if lo == hi else np.empty(0)
    exponent = math.floor(math.log10(max(hi / 2 - lo / 2, 1e-300)) + math.log10(2)) - 3
    if exponent < -300:
        return np.linspace(lo, hi, 1000)
    # Dividing by a power of ten gives the decimal that is printed; multiplying by 0.001 does not.
    scale = 10.0 ** abs(exponent)
    first, last = (x * scale if exponent < 0 else x / scale for x in (lo, hi))
    if not max(abs(first), abs(last)) < 2**53:
        return np.linspace(lo, hi, 1000)
    steps = np.arange(math.ceil(first), math.floor(last) + 1, dtype=np.float64)
    digits = 3 - sum((steps % power == 0).astype(int) for power in (10, 100, 1000))
    steps = steps[np.lexsort((steps < 0, abs(steps), digits))]
    return steps / scale if exponent < 0 else steps * scale
