"""The derivative of the gradient is the slope that the gradient has."""

from __future__ import annotations

from typing import Any

import numpy as np

from funcgrad.testing.differences import Kind, Slopes, contract
from funcgrad.testing.measurement import Measurement
from funcgrad.testing.properties.check import Check, Outside, confirmed, finding, largest, raised
from funcgrad.testing.properties.evidence import evidence
from funcgrad.testing.properties.value import excess
from funcgrad.testing.rows import Rows
from funcgrad.testing.traces import Missing

_APART = 128.0  # times the gap in the first order


def check(measured: Measurement) -> list[Check]:
    """jvp-of-vjp and vjp-of-vjp against differences of the gradient."""
    if measured.bends is None or not measured.directions.size:
        return []
    raised = _raised(measured)
    if raised is not None:
        return [raised]
    found = _contracted(measured, measured.bends)
    checks = []
    near: Measurement | None = None
    for mode, got in _modes(measured):
        ratios = _ratios(measured, found, got)
        broken = None
        if np.any(ratios > 1):
            near = near or measured.nearby()
            broken = _confirmed(measured, near, mode, ratios, got)
        seen = np.isfinite(ratios)
        checks.append(
            Check(
                "second",
                ratio=broken.ratio if broken else min(1.0, largest(ratios[seen])),
                count=int((seen & (found.kind != Kind.NOISY)).sum()),
                undecided=int((seen & (found.kind == Kind.NOISY)).sum()),
                kinks=int((seen & (found.kind == Kind.KINK)).sum()),
                finding=_told(measured, mode, found, got, broken) if broken else None,
            )
        )
    return checks


def _raised(measured: Measurement) -> Check | None:
    """A gradient that raises where it is differentiated, though no mode is ruled out."""
    for mode, error in measured.programs.modes_of_second.items():
        if isinstance(error, Exception) and not isinstance(error, Missing):
            return raised(
                measured, "second", "the gradient has a derivative in turn", error, where=mode
            )
    return None


def _contracted(measured: Measurement, bends: Slopes) -> Slopes:
    """uᵀ H v for all pairs of directions: line v, column u."""
    return contract(bends, measured.directions) if measured.whole else bends


def _modes(measured: Measurement) -> list[tuple[str, Rows]]:
    directions = measured.directions
    rows = measured.random_cotangent[None]
    by_jvp, by_vjp = measured.programs.second(measured.x[None], rows, directions, measured.fixed)
    modes = []
    with np.errstate(all="ignore"):
        if by_jvp is not None:
            modes.append(("jvp of vjp", by_jvp @ directions.T))
        if by_vjp is not None:  # it pulls a tangent back through the gradient: the transpose
            modes.append(("vjp of vjp", (by_vjp @ directions.T).T))
    return modes


def _ratios(measured: Measurement, found: Slopes, got: Rows, noise: float = 0.0) -> Rows:
    # What rounding leaves of terms as large as the value and the first derivative.
    floor = 2.0**-40 * measured.natural * max(4.0, float(measured.scale.max())) ** 3
    floor += float(measured.rounding) * len(measured.x)
    floor += noise
    floor += _APART * _gap(measured)
    # Terms of a second derivative cancel, and with them digits of constants in a narrow type.
    ratios = excess(measured, found, got, 32 * np.abs(got), floor)
    ratios[~np.isfinite(got)] = np.nan
    return ratios


def _gap(measured: Measurement) -> float:
    """How far rule and function are apart in the first order, which the second cannot be better.

    A function that is an approximation to seven digits has a slope of its own, and constants in a
    narrow type are not those of the rule; what this leaves changes with the arguments, too.
    """
    if measured.gradients is None:
        return 0.0
    found = measured.contracted
    got = measured.directions @ measured.gradients[-1]
    smooth = (found.kind[:, -1] == Kind.SMOOTH) & np.isfinite(got)
    apart = np.abs(got - found.value[:, -1])
    within = measured.tolerance.rtol * np.abs(got) + found.error[:, -1]
    return float(np.where(smooth, np.minimum(apart, within), 0.0).max(initial=0.0))


def _noise(measured: Measurement, mode: str) -> float:
    """How far rounding throws the second derivative about: its values at points all but equal."""
    random = np.random.default_rng(measured.seed + 7)
    rows = []
    for _ in range(3):
        step = 2.0**-36 * measured.scale * random.standard_normal(measured.x.shape)
        rows.append(dict(_modes(measured.moved(measured.x + step)))[mode])
    scatter = np.abs(np.array(rows) - rows[0])
    return 16 * float(scatter[np.isfinite(scatter)].max(initial=0.0))


def _confirmed(
    measured: Measurement, near: Measurement, mode: str, ratios: Rows, got: Rows
) -> Outside | None:
    """The worst entry that is outside by other steps, too, where the rule is wrong nearby as well.

    The second derivative of |x|² is 2 everywhere, and what JAX gives at 0 is 0, for the function
    has a kink inside. So one point alone is not held against a function.
    """
    if near.inside and near.bends is not None:
        there = dict(_modes(near))[mode]
        if not np.any(_ratios(near, _contracted(near, near.bends), there) > 1):
            return None
    assert measured.bends is not None
    noise = _noise(measured, mode)
    ratios = _ratios(measured, _contracted(measured, measured.bends), got, noise)

    def again(line: int) -> Rows:
        along = measured.directions[line : line + 1]
        _, bends = measured.ladders(along, measured.steps * 0.7, bends=True)
        assert bends is not None
        found = _contracted(measured, bends)
        ratios: Rows = _ratios(measured, found, got[line : line + 1], noise)[0]
        return ratios

    order = sorted(np.argwhere(ratios > 1).tolist(), key=lambda entry: -ratios[tuple(entry)])
    return next(confirmed(ratios, order, again), None)


def _told(measured: Measurement, mode: str, found: Slopes, got: Rows, broken: Outside) -> Any:
    line, column = broken.line, broken.column
    return finding(
        measured,
        "second",
        f"{mode} equals the slope of the gradient",
        cotangent=measured.random_cotangent,
        direction=measured.directions[line],
        expected=float(found.value[line, column]),
        got=float(got[line, column]),
        where=_where(measured, line, column),
        error=broken.ratio,
        facts={
            **_evidence(measured, got),
            "across": measured.programs.inputs.leaves(measured.directions[column]),
        },
    )


def _where(measured: Measurement, line: int, column: int) -> str:
    coordinates, name = measured.coordinates, measured.programs.inputs.name
    if max(line, column) < len(coordinates):
        first, second = name(int(coordinates[column])), name(int(coordinates[line]))
        return f"d² ⟨cotangent, out⟩ / d {first} d {second}, along relative steps"
    return "d² ⟨cotangent, out⟩ along two directions"


def _evidence(measured: Measurement, got: Rows) -> dict[str, Any]:
    facts = evidence(measured)
    count = len(measured.coordinates)
    known = facts.pop("numeric", None) is not None
    for name in ("automatic", "reverse", "forward"):
        facts.pop(name, None)
    facts["order"] = 2
    facts["outputs"] = facts["inputs"]
    if known and measured.bends is not None:
        scale, bends = measured.scale, measured.bends
        smooth = bends.kind[:count] == Kind.SMOOTH
        facts["numeric"] = (np.where(smooth, bends.value[:count], np.nan) / scale[:, None]).T
        facts["automatic"] = (got[:count, :count] / scale[:, None] / scale[None]).T
    return facts
