"""`jax.vmap` of the rule gives what the rule gives row by row."""

from __future__ import annotations

import numpy as np

from funcgrad.testing.measurement import Measurement
from funcgrad.testing.programs import Programs
from funcgrad.testing.properties.check import Check, finding, largest, raised
from funcgrad.testing.report import Counterexample
from funcgrad.testing.traces import tangents_mapped
from funcgrad.testing.widening import equations

EQUAL = 1e-7  # the same numbers in float64, added up in another order
_ALONE = 3  # leaves that are mapped while the others are not


def vmap(measured: Measurement) -> list[Check]:
    """`jax.vmap` over points, cotangents and tangents against one after the other."""
    checks: list[Check] = []
    for size, points, duals in _batches(measured.programs):
        checks += _mapped(measured, size, points, duals=duals)
        if any(check.finding for check in checks):
            break
    return checks


def _batches(programs: Programs) -> list[tuple[int, list[bool], bool]]:
    """Sizes, which leaves are mapped, and whether what is dual to them is.

    JAX's own batching sees neither the size nor what else is mapped. A rule for it by hand does.
    """
    names = {found.primitive.name for trace in programs.derived for found in equations(trace.jaxpr)}
    count = len(programs.inputs.shapes)
    every, none = [True] * count, [False] * count
    batches = [(3, every, True)]
    if any("custom_vmap" in name or "callback" in name for name in names):
        batches += [(1, every, True), (3, every, False), (3, none, True)]
        alone = [[place == mapped for place in range(count)] for mapped in range(count)]
        batches += [(3, leaves, True) for leaves in alone[:_ALONE] if count > 1]
    return batches


def _mapped(measured: Measurement, size: int, points: list[bool], *, duals: bool) -> list[Check]:
    programs = measured.programs
    random = np.random.default_rng(measured.seed + 3)
    shape = (size, len(measured.x))
    xs = measured.x * (1 + 0.1 * random.random(shape) * (np.arange(size) > 0)[:, None])
    xs = programs.inputs.rounded(xs)
    cts = random.standard_normal((size, programs.outputs.size))
    us = random.standard_normal(shape) * measured.scale
    for rows, many in ((xs, points), (us, tangents_mapped(points, duals))):
        for mapped, (start, stop) in zip(many, programs.inputs.spans, strict=True):
            if not mapped:
                rows[:, start:stop] = rows[0, start:stop]
    if not duals:
        cts = np.broadcast_to(cts[0], cts.shape)
    try:
        got = programs.mapped(size, points, duals=duals)(xs, cts, us, measured.fixed)
    except Exception as error:  # noqa: BLE001 - a rule's batching may raise anything
        if "not implemented" in str(error) and "vmap_method" not in str(error):
            return []  # by JAX; of a callback it can be said how
        claim = "the function and its derivative run under jax.vmap"
        expected = "a result for each row"
        return [raised(measured, "vmap", claim, error, expected=expected, where="jax.vmap(vjp)")]
    expected = programs.rule(xs, cts, us, measured.fixed)
    checks = []
    told: Counterexample | None
    for what, one, other in zip(("value", "vjp", "jvp"), expected, got, strict=False):
        if one is None or other is None:
            continue
        if one.shape != other.shape:  # of a batching rule, which JAX takes at its word
            told = finding(
                measured,
                "vmap",
                f"{what} under jax.vmap has the shape that it has for each row",
                expected=f"{one.shape[1]} numbers a row",
                got=f"{other.shape[1]} numbers a row",
                where=f"the {what} of {size} rows",
                facts={"what": what},
            )
            return [Check("vmap", float("inf"), 1, finding=told)]
        with np.errstate(all="ignore"):
            there = np.isfinite(one)
            size_of = largest(np.abs(one[there])) + np.finfo(float).tiny
            ratios = np.where(there, np.abs(one - other), 0.0) / (EQUAL * size_of)
            ratios = np.where(there & ~np.isfinite(other), np.inf, ratios)
        told = None
        if largest(ratios) > 1:
            row = int(np.argmax(ratios.max(-1)))
            told = finding(
                measured,
                "vmap",
                f"{what} under jax.vmap equals {what} of each row",
                cotangent=cts[row],
                direction=us[row],
                expected=one,
                got=other,
                where=f"row {row} of {size}",
                error=largest(ratios),
                facts={"what": what, "row": row},
            )
        checks.append(Check("vmap", largest(ratios), one.size, finding=told))
    return checks
