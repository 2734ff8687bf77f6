"""A pullback is linear, and it is the transpose of the pushforward."""

from __future__ import annotations

import numpy as np

from funcgrad.testing.measurement import Measurement, largest_finite
from funcgrad.testing.properties.check import Check, finding, largest
from funcgrad.testing.properties.value import products

# Powers of two: a linear rule scales by them without rounding. The large ones are those of loss
# scaling, the small ones those of a gradient that has nearly vanished.
_POWERS = (-40, -20, -10, -3, 1, 3, 7, 10, 20, 40)
_LINEAR = 1e-8  # both sides are the same sums in float64


def duality(measured: Measurement) -> list[Check]:
    """⟨ct, jvp u⟩ = ⟨vjp ct, u⟩."""
    if measured.gradients is None or measured.tangents is None:
        return []
    reverse, size = products(measured.directions, measured.gradients)
    forward = measured.tangents
    if measured.whole:
        with np.errstate(all="ignore"):
            forward = measured.tangents @ measured.cotangents.T
            size = size + np.abs(measured.tangents) @ np.abs(measured.cotangents).T
    with np.errstate(all="ignore"):
        allowed = measured.tolerance.rtol * size + measured.tolerance.atol * largest_finite(size)
        allowed = allowed + 2.0**-40 * measured.natural + measured.nothing
        ratios = np.abs(reverse - forward) / np.maximum(allowed, np.finfo(float).tiny)
    ratios[~np.isfinite(reverse) | ~np.isfinite(forward)] = np.nan
    if not np.all(measured.regular[: len(measured.coordinates)]):
        return []  # at a pole or a border there are no numbers to pair
    seen = np.isfinite(ratios)
    if not np.any(seen):
        return []
    worst = largest(ratios[seen])
    told = None
    if worst > 1:
        line, column = np.unravel_index(np.nanargmax(ratios), ratios.shape)
        told = finding(
            measured,
            "duality",
            "⟨cotangent, jvp(direction)⟩ equals ⟨vjp(cotangent), direction⟩",
            cotangent=measured.cotangents[column],
            direction=measured.directions[line],
            expected=float(forward[line, column]),
            got=float(reverse[line, column]),
            where="jvp and vjp are not each other's transpose",
            error=worst,
        )
    return [Check("duality", worst, int(seen.sum()), finding=told)]


def cotangent(measured: Measurement) -> list[Check]:
    """vjp(0) = 0, vjp(a·ct) = a·vjp(ct), vjp(b + c) = vjp(b) + vjp(c)."""
    if measured.gradients is None or not np.all(measured.regular[: len(measured.coordinates)]):
        return []
    random = np.random.default_rng(measured.seed + 1)
    one = measured.random_cotangent
    other = random.standard_normal(one.shape)
    powers = _POWERS[::3] if measured.great else _POWERS
    scales = np.array([0.0, 1.0, -1.0, *(2.0**power for power in powers)])
    rows = np.concatenate([scales[:, None] * one, other[None], (one + other)[None]])
    _, got, _, _ = measured.run(measured.x[None], rows, measured.directions[:1], measured.fixed)
    with np.errstate(all="ignore"):
        got = got * measured.scale
    base = got[1]
    with np.errstate(all="ignore"):
        regular = (np.abs(base) < 1e200) & (np.abs(got[-2]) < 1e200)
    size = largest(np.abs(base[regular]))
    floor = measured.nothing + 2.0**-45 * measured.natural
    narrow = measured.plain or measured.programs.narrow  # the cotangent is rounded on its way
    slack = max(_LINEAR, 8 * measured.tolerance.epsilon if narrow else 0.0)
    ratios = np.zeros(len(rows))
    with np.errstate(all="ignore"):
        for row, scale in enumerate(scales):
            error = np.abs(got[row] - scale * base)[regular]
            ratios[row] = largest(error) / max(
                slack * abs(scale) * size, abs(scale) * floor, np.finfo(float).tiny
            )
        error = np.abs(got[-1] - base - got[-2])[regular]
        bound = slack * (size + largest(np.abs(got[-2][regular])))
        ratios[-1] = largest(error) / max(bound, floor)
    worst = int(np.argmax(ratios))
    told = None
    if ratios[worst] > 1:
        broken = np.flatnonzero(ratios[: len(scales)] > 1)
        if broken.size:  # the plainest of the scales that show it
            sizes = np.abs(np.log2(np.maximum(np.abs(scales[broken]), 2.0**-60)))
            worst = int(broken[np.argmin(sizes)])
        added = worst >= len(scales)
        claim = "vjp(b + c) equals vjp(b) + vjp(c)"
        expected = base + got[-2]
        if not added:
            with np.errstate(all="ignore"):
                expected = scales[worst] * base
            claim = f"vjp(a·ct) equals a·vjp(ct), with a = {scales[worst]:g}"
        told = finding(
            measured,
            "cotangent",
            claim,
            cotangent=rows[worst] if added else one,
            expected=measured.programs.inputs.leaves(expected / measured.scale, dual=True),
            got=measured.programs.inputs.leaves(got[worst] / measured.scale, dual=True),
            where="vjp is not linear in its cotangent",
            error=float(ratios[worst]),
            facts={
                **({} if added else {"scale": float(scales[worst])}),
                "scales": scales,
                "ratio": [_ratio(got[row], scale * base) for row, scale in enumerate(scales)],
            },
        )
    return [Check("cotangent", float(ratios[worst]), len(rows), finding=told)]


def _ratio(got: np.ndarray, expected: np.ndarray) -> float:
    """How many times what was expected came out, as the least squares see it."""
    with np.errstate(all="ignore"):
        return float(np.vdot(expected, got) / np.vdot(expected, expected))
