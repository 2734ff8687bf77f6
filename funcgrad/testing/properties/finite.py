"""A finite value has a finite gradient.

Where the function itself has no slope (a pole, a kink, the border of its domain) there is nothing
that a rule could say, in other coordinates neither (0⁰ is such a point), and it is told but not
held against the function; except at the point that
the caller gave, for there a NaN is what a training would meet. An infinite gradient at an
infinite slope is right.
"""

from __future__ import annotations

import numpy as np

from funcgrad.testing.differences import Kind
from funcgrad.testing.measurement import Measurement
from funcgrad.testing.properties.check import Check, finding


def check(measured: Measurement, *, given: bool = False) -> list[Check]:
    """`finite` of both modes; `given` where the point is the caller's own."""
    out = measured.outputs
    if not np.all(np.isfinite(out)):
        return []
    bad = np.zeros(len(measured.x), bool)
    nan = np.zeros(len(measured.x), bool)
    count = 0
    if measured.gradients is not None:
        bad |= ~np.all(np.isfinite(measured.gradients), axis=0)
        nan |= np.any(np.isnan(measured.gradients), axis=0)
        count += measured.gradients.size
    # A tangent of zero times an infinite slope is NaN, too, so all coordinates must have slopes.
    if measured.tangents is not None and bool(np.all(measured.slopes.kind == Kind.SMOOTH)):
        lines = range(len(measured.coordinates))
        for line, coordinate in zip(lines, measured.coordinates, strict=True):
            bad[coordinate] |= not np.all(np.isfinite(measured.tangents[line]))
            nan[coordinate] |= bool(np.any(np.isnan(measured.tangents[line])))
        count += measured.tangents.size
    if not np.any(bad):
        return [Check("finite", 0.0, count)]
    suspects = np.flatnonzero(bad)[:8]
    directions = np.zeros((len(suspects), len(measured.x)))
    directions[np.arange(len(suspects)), suspects] = measured.scale[suspects]
    slopes, _ = measured.ladders(directions, measured.steps)
    again, _ = measured.ladders(directions, measured.steps * 0.7)
    poles = np.any(measured.slopes.kind[: len(measured.coordinates)] == Kind.POLE)
    for line, coordinate in enumerate(suspects):
        smooth = np.all((slopes.kind[line] == Kind.SMOOTH) & (again.kind[line] == Kind.SMOOTH))
        if (smooth and not poles) or (given and nan[coordinate]):
            return [_broken(measured, count, int(coordinate), bool(smooth))]
    where = measured.programs.inputs.name(int(suspects[0]))
    note = f"the function has no slope at a point that was tried, and the rule gives none ({where})"
    return [Check("finite", 0.0, count, kinks=len(suspects), note=note)]


def _broken(measured: Measurement, count: int, coordinate: int, smooth: bool) -> Check:
    name = measured.programs.inputs.name(coordinate)
    got = measured.gradients[:, coordinate] if measured.gradients is not None else None
    if got is None or np.all(np.isfinite(got)):
        line = int(np.flatnonzero(measured.coordinates == coordinate)[0])
        got = measured.tangents[line]  # type: ignore[index]
    value = got[~np.isfinite(got)][0]
    told = finding(
        measured,
        "finite",
        "a finite value has a finite gradient"
        + ("" if smooth else "; the function has no slope at the given point"),
        cotangent=measured.random_cotangent,
        expected="a finite number",
        got=float(value),
        where=f"d out / d {name}",
        facts={"coordinate": coordinate},
    )
    return Check("finite", float("inf"), count, finding=told)
