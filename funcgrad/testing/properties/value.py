"""The derivative that the rule gives is the slope that the function has.

Where the function is smooth the two are equal; at a kink the rule's lies between the slopes on
the two sides. A disagreement counts only if a second ladder of steps, which has no rung in common
with the first, finds it again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funcgrad.testing.differences import Kind, Slopes, contract
from funcgrad.testing.measurement import Measurement
from funcgrad.testing.properties import blocks
from funcgrad.testing.properties.check import Check, Outside, confirmed, finding, largest
from funcgrad.testing.properties.evidence import evidence, output, where
from funcgrad.testing.properties.pieces import among_pieces
from funcgrad.testing.rows import Rows

_NAMED = 64  # coordinates: of more, the block that is wrong is looked for
_BAR = 4.0  # of the differences' own error bars
INSIDE = "at a kink inside the function the rule gives no slope of it"


def check(measured: Measurement, mode: str = "both", *, kinks: str = "interval") -> list[Check]:
    """`value` and `interval` of "vjp", of "jvp", or of both modes.

    Args:
        measured: the point.
        mode: which of them.
        kinks: "interval", "ignore" (what the rule gives there is not looked at) or "error" (there
            must be none, and one inside a smooth function is no excuse).
    """
    checks, lenient = [], kinks != "error"
    if measured.gradients is not None and mode != "jvp":
        got, size = products(measured.directions, measured.gradients)
        checks += _mode(measured, "vjp", measured.contracted, got, size, lenient=lenient)
    if measured.tangents is not None and mode != "vjp":
        got, size = measured.tangents, terms(measured, measured.tangents)
        checks += _mode(measured, "jvp", measured.slopes, got, size, lenient=lenient)
    if kinks == "ignore":
        return [check for check in checks if check.property != "interval"]
    met = [check for check in checks if check.kinks]
    if kinks == "error" and met and not any(check.finding for check in checks):
        told = finding(
            measured,
            "interval",
            'the function has a derivative everywhere (nonsmooth="error" was asked for)',
            expected="one slope",
            got="different slopes on the two sides",
        )
        checks.append(Check("interval", float("inf"), 1, finding=told))
    return checks


def against(measured: Measurement, other: Measurement) -> list[Check]:
    """The gradient of a twin whose automatic derivative is trusted, at the same point."""
    if measured.gradients is None or other.gradients is None:
        return []
    allowed = measured.tolerance
    with np.errstate(all="ignore"):
        one, two = measured.gradients * measured.scale, other.gradients * measured.scale
        there = np.isfinite(two)
        size = np.where(there, np.abs(two), 0.0)
        bound = allowed.rtol * (size + size.max(axis=1, keepdims=True)) + rounding(measured)
        ratios = np.where(there, np.abs(one - two), 0.0) / np.maximum(bound, np.finfo(float).tiny)
    worst = largest(ratios)
    told = None
    if worst > 1 and not other.tied:
        row, column = np.unravel_index(int(np.argmax(np.nan_to_num(ratios, nan=np.inf))), one.shape)
        cotangent = measured.cotangents[row]
        out = output(measured, cotangent)
        told = finding(
            measured,
            "value",
            "vjp equals that of the reference function",
            cotangent=cotangent,
            expected=float(other.gradients[row, column]),
            got=float(measured.gradients[row, column]),
            where=f"d {out} / d {measured.programs.inputs.name(int(column))}",
            error=worst,
            facts=evidence(measured),
        )
    return [Check("value", worst if told else min(worst, 1.0), ratios.size, finding=told)]


def terms(measured: Measurement, tangents: Rows) -> Rows:
    """The size of what each tangent is the sum of, over the coordinates of its direction."""
    count = len(measured.coordinates)
    if count < len(measured.x):
        return np.abs(tangents)
    with np.errstate(all="ignore"):
        size: Rows = np.sqrt(((measured.directions / measured.scale) ** 2) @ tangents[:count] ** 2)
        return np.nan_to_num(size) + np.abs(tangents)


def products(directions: Rows, gradients: Rows) -> tuple[Rows, Rows]:
    """⟨gradient, direction⟩, `(D, C)`, and the size of what was added up."""
    with np.errstate(all="ignore"):
        return directions @ gradients.T, np.sqrt((directions**2) @ (gradients**2).T)


def excess(measured: Measurement, found: Slopes, got: Rows, size: Rows, floor: float = 0.0) -> Rows:
    """How far `got` lies outside of what the differences allow, over its tolerance.

    Args:
        measured: for the tolerance.
        found: the slopes; NaN is returned where there are none.
        got: what the rule gives for them.
        size: the size of the numbers that `got` is the sum of.
        floor: what is allowed in any case.
    """
    allowed = measured.tolerance
    with np.errstate(all="ignore"):
        there = found.kind != Kind.POLE
        scale = np.where(there, np.abs(found.value), 0.0)
        row = scale.max(0, keepdims=True, initial=0.0)
        bar = np.where(there, found.error, 0.0)
        bound = _BAR * bar + allowed.rtol * (scale + size) + allowed.atol * row
        bound = np.maximum(bound + floor, np.finfo(float).tiny)
        outside = np.maximum(np.maximum(found.low - got, got - found.high), 0.0)
        return np.where(there, outside / bound, np.nan)


def rounding(measured: Measurement) -> float:
    """What rounding, and special functions good to twelve digits, leave of terms of this size."""
    # Terms that cancel leave a part of what constants in a narrow type are off by, too.
    narrow = measured.tolerance.epsilon if measured.tolerance.epsilon > 1e-10 else 0.0
    part = max(2.0**-38, 0.05 * narrow)
    of_gradient = float(measured.rounding) * float(np.sqrt(len(measured.x)))
    return part * measured.natural + of_gradient + measured.nothing


def _mode(
    measured: Measurement, mode: str, found: Slopes, got: Rows, size: Rows, *, lenient: bool
) -> list[Check]:
    ratios = excess(measured, found, got, size, rounding(measured))
    # A rule that is not finite where the function has a slope is the business of `finite`.
    ratios[~np.isfinite(got)] = np.nan
    kinked = found.kind == Kind.KINK
    checks = []
    for name, there in (("value", ~kinked), ("interval", kinked)):
        chosen = np.where(there, ratios, np.nan)
        broken, excused = _worst(measured, mode, chosen, got, size, lenient=lenient)
        seen = np.isfinite(chosen)
        noisy = seen & (found.kind == Kind.NOISY)
        checks.append(
            Check(
                name,
                ratio=broken.ratio if broken else min(1.0, largest(chosen[seen])),
                count=int(seen.sum() - noisy.sum()),
                undecided=int(noisy.sum()),
                kinks=int(seen.sum()) if name == "interval" else 0,
                finding=_told(measured, name, mode, found, got, broken) if broken else None,
                note=_note(measured, mode, found, got, excused) if excused else "",
            )
        )
    return checks


def _worst(
    measured: Measurement, mode: str, ratios: Rows, got: Rows, size: Rows, *, lenient: bool
) -> tuple[Outside | None, Outside | None]:
    """The worst entry that is outside by a second ladder, too: what broke, or what is excused.

    JAX takes the derivative of a function that has kinks inside piece by piece. The function may be
    smooth there, or have a kink with other slopes, and what the pieces give be none; that is told.
    """
    # One entry of the Jacobian says more than a mixture of many.
    last = (len(measured.coordinates), len(measured.one_hot))
    order = sorted(
        np.argwhere(ratios > 1).tolist(),
        key=lambda at: ((at[0] >= last[0]) + (at[1] >= last[1]), -ratios[tuple(at)]),
    )
    found = confirmed(ratios, order, lambda line: _again(measured, mode, line, got, size))
    outside = next(found, None)
    if outside and lenient and measured.tied and _right_nearby(measured, mode):
        return None, outside
    return outside, None


def _pieces(measured: Measurement, mode: str) -> Slopes:
    """All the slopes that belong to the columns of a mode."""
    return measured.contracted if mode == "vjp" and measured.whole else measured.slopes


def _right_nearby(measured: Measurement, mode: str) -> bool:
    """Whether the rule is right at a point close by: then a kink inside makes it wrong here."""
    near = measured.nearby()
    if not near.inside:
        return False
    if mode == "vjp":
        assert near.gradients is not None
        found = near.contracted
        got, size = products(near.directions, near.gradients)
    else:
        assert near.tangents is not None
        found, got, size = near.slopes, near.tangents, terms(near, near.tangents)
    ratios = excess(near, found, got, size, rounding(near))
    return not np.any(ratios > 1)


def _again(measured: Measurement, mode: str, line: int, got: Rows, size: Rows) -> Rows:
    """The excess of one line by other steps; and where the point is a kink, by points around it."""
    direction = measured.directions[line : line + 1]
    found, _ = measured.ladders(direction, measured.steps * 0.7)
    reverse = mode == "vjp" and measured.whole
    if reverse:
        found = contract(found, measured.cotangents)
    row = slice(line, line + 1)
    ratios: Rows = excess(measured, found, got[row], size[row], rounding(measured))[0]
    pieces = _pieces(measured, mode)
    if np.any(ratios > 1):
        weights = measured.cotangents if reverse else None
        kinked = np.any(pieces.kind != Kind.SMOOTH, axis=0)
        sides = found.low[0], found.high[0]
        inside = among_pieces(measured, direction[0], got[line], sides, kinked, weights)
        ratios = np.where(inside, 0.0, ratios)
    return ratios


def _note(measured: Measurement, mode: str, found: Slopes, got: Rows, excused: Outside) -> str:
    told = _told(measured, "value", mode, found, got, excused)
    slopes = " to ".join(f"{slope:.6g}" for slope in np.atleast_1d(told.expected))
    return (
        f"{INSIDE}: {told.where} is {slopes} by the values, {told.got:.6g} by the rule "
        '(nonsmooth="error" holds it against the function)'
    )


def _told(
    measured: Measurement, name: str, mode: str, found: Slopes, got: Rows, broken: Outside
) -> Any:
    ratio, line, column = broken.ratio, broken.line, broken.column
    direction = measured.directions[line]
    coordinate = line < len(measured.coordinates)
    by = measured.scale[measured.coordinates[line]] if coordinate else 1.0
    whole = mode == "vjp" or not measured.whole
    cotangent = measured.cotangents[column] if whole else np.eye(len(measured.outputs))[column]
    low = float(found.low[line, column] / by)
    high = float(found.high[line, column] / by)
    expected = low if low == high else (low, high)
    place = where(measured, cotangent, line)
    if mode == "vjp" and not coordinate and len(measured.x) > _NAMED:
        assert measured.gradients is not None
        names, block = (
            measured.programs.inputs,
            blocks.locate(measured, cotangent, measured.gradients[column]),
        )
        place = f"d ⟨cotangent, out⟩ / d {names.names(*block)}"
    claim = f"{mode} equals the slope of the function"
    if name == "interval":
        claim = f"at a kink, {mode} lies between the slopes on both sides"
    return finding(
        measured,
        name,
        claim,
        cotangent=cotangent,
        direction=direction / by,
        expected=expected,
        got=float(got[line, column] / by),
        where=place,
        error=ratio,
        facts={**evidence(measured), "mode": mode},
    )
