"""Where in a large array the gradient is wrong, by halving.

One random direction sees a wrong block of any size: differences have ten digits or more, and the
block spoils the fourth. Then the direction is cut in halves, and the half that disagrees again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from funcgrad.testing.measurement import Measurement
from funcgrad.testing.rows import Rows

Wrong = Callable[[int, int], float]

_STEP = 2.0**-14
_EDGE = 1e-4  # of the whole disagreement: less than that is not wrong, beyond the piece's edge
_PART = 0.02  # of the whole disagreement: more than that in a piece, and the piece is in it


def locate(measured: Measurement, cotangent: Rows, gradient: Rows) -> tuple[int, int]:
    """The first and the last (exclusive) coordinate of what is wrong."""
    random = np.random.default_rng(measured.seed + 6)
    # All of one sign, against what the rule gives, so that errors add up.
    direction = measured.scale * np.where(gradient < 0, -1.0, 1.0)
    direction *= 0.5 + random.random(direction.shape)

    def wrong(start: int, stop: int) -> float:
        if start >= stop:
            return 0.0
        part = np.zeros_like(direction)
        part[start:stop] = direction[start:stop]
        rows = measured.x + np.array([[_STEP], [-_STEP]]) * part
        out = measured.programs.value(rows, cotangent[None], part[None], measured.fixed)[0]
        slope = float((out[0] - out[1]) @ cotangent) / (2 * _STEP)
        return slope - float(gradient[start:stop] @ part[start:stop])

    start, stop = 0, len(direction)
    total = inside = wrong(start, stop)
    while stop - start > 1:
        middle = (start + stop) // 2
        left = wrong(start, middle)
        right = inside - left  # both are linear in the direction
        if min(abs(left), abs(right)) > _PART * abs(total):
            return _left_edge(wrong, start, middle, total), _right_edge(wrong, middle, stop, total)
        if abs(left) > abs(right):
            stop, inside = middle, left
        else:
            start, inside = middle, right
    return start, stop


def _left_edge(wrong: Wrong, start: int, stop: int, total: float) -> int:
    """The least place from which all that is wrong on this side is still there."""
    low, high = start, stop
    while high - low > 1:
        middle = (low + high) // 2
        there = abs(wrong(start, middle)) > _EDGE * abs(total)
        low, high = (low, middle) if there else (middle, high)
    return low


def _right_edge(wrong: Wrong, start: int, stop: int, total: float) -> int:
    low, high = start, stop
    while high - low > 1:
        middle = (low + high) // 2
        there = abs(wrong(middle, stop)) > _EDGE * abs(total)
        low, high = (middle, high) if there else (low, middle)
    return high
