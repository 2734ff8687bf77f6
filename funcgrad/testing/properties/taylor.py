"""What is left of the function beyond its tangent shrinks with the square of the step.

Differences must know where to stop; the order at which a remainder falls does not. A derivative
that is wrong leaves a remainder of order one, however rough the function's values are.
"""

from __future__ import annotations

import numpy as np

from funcgrad.testing.differences import RATIO, Kind
from funcgrad.testing.measurement import Measurement
from funcgrad.testing.properties import value
from funcgrad.testing.properties.check import Check, finding
from funcgrad.testing.properties.pieces import among_pieces
from funcgrad.testing.rows import Rows

ORDER = 1.8
_PAIRS = 3  # of rungs in a row that must say the same


def check(measured: Measurement) -> list[Check]:
    """The first order, along a random direction, at the random cotangent."""
    if measured.gradients is None and (measured.tangents is None or not measured.whole):
        return []
    line = len(measured.directions) - 1
    if line < 0 or not measured.whole:
        return []
    slopes = measured.contracted
    if slopes.kind[line, -1] != Kind.SMOOTH:
        return []
    direction, weights = measured.directions[line], measured.cotangents[-1]
    if measured.gradients is not None:
        slope = float(measured.gradients[-1] @ direction)
    else:
        assert measured.tangents is not None
        slope = float(measured.tangents[line] @ weights)
    values = measured.ladder_values(line) @ weights  # (K + 1,), the point first
    found = orders(values[0], values[1:], slope, measured.steps, measured.epsilon)
    if not np.isfinite(slope):
        return []
    if not len(found):
        return [Check("taylor", 0.0, 1)]  # nothing is left beyond the tangent but rounding
    best = float(np.max(found))
    if best >= ORDER:
        return [Check("taylor", ORDER / best, 1)]
    numeric = slopes.value[line, -1:]
    smooth = bool(np.all(measured.slopes.kind == Kind.SMOOTH))
    straight = len(found) >= _PAIRS and bool(np.all(np.abs(found[-_PAIRS:] - 1) < 0.1))
    if (
        straight
        and smooth
        and _large(measured, float(numeric[0]), slope)
        and not measured.tied
        and not among_pieces(
            measured, direction, np.array([slope]), (numeric, numeric), False, weights[None]
        )[0]
    ):
        told = finding(
            measured,
            "taylor",
            "what is left beyond the tangent falls with the square of the step",
            cotangent=weights,
            direction=direction,
            expected=f"an order of {ORDER} or more",
            got=f"an order of {best:.2f}",
            where="f(x + h·u) − f(x) − h·⟨gradient, u⟩",
            error=ORDER / max(best, 1e-3),
        )
        return [Check("taylor", ORDER / max(best, 1e-3), 1, finding=told)]
    return [Check("taylor", 0.0, 0, undecided=1)]


def _large(measured: Measurement, numeric: float, slope: float) -> bool:
    """Whether the remainder of order one is more than constants in a narrow type leave."""
    allowed = 100 * measured.tolerance.rtol * (abs(numeric) + abs(slope))
    return abs(numeric - slope) > allowed + value.rounding(measured)


def orders(centre: float, after: Rows, slope: float, steps: Rows, epsilon: float) -> Rows:
    """The orders at which the remainder falls from rung to rung; but where rounding hides it."""
    with np.errstate(all="ignore"):
        left = np.abs(after - centre - steps * slope)
        size = np.maximum(np.abs(after), abs(centre)) + steps * abs(slope)
    return rates(left, size, epsilon)


def rates(left: Rows, size: Rows, epsilon: float) -> Rows:
    """The orders between neighbouring rungs of remainders, of values as large as `size`."""
    with np.errstate(all="ignore"):
        loud = np.isfinite(left) & (left > 200 * epsilon * size)
        found = np.log(left[:-1] / left[1:]) / np.log(RATIO)
        kept: Rows = found[loud[:-1] & loud[1:]]
    return kept
