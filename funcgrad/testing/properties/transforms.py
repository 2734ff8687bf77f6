"""The rule under JAX's transformations gives what it gives without them."""

from __future__ import annotations

import re
import warnings
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from funcgrad.testing.measurement import Measurement
from funcgrad.testing.programs import Programs
from funcgrad.testing.properties import precision
from funcgrad.testing.properties.batching import EQUAL
from funcgrad.testing.properties.check import Check, finding, largest, raised
from funcgrad.testing.report import Counterexample
from funcgrad.testing.subject import is_key
from funcgrad.testing.widening import equations

_ADDRESS = re.compile(r"0x[0-9a-f]+")


def jit(measured: Measurement) -> list[Check]:
    """Without jit the function gives what it gives with it, however often it is called."""
    programs = measured.programs
    if not isinstance(programs.reverse, core.ClosedJaxpr):
        return []
    elsewhere = programs.inputs.rounded(measured.x[None] * 1.25 + 0.125 * measured.scale)[0]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            first, _, again = (_eager(measured, x) for x in (measured.x, elsewhere, measured.x))
    except Exception as error:  # noqa: BLE001 - a rule may raise anything
        claim = "the function and its derivative run without jit, too"
        return [raised(measured, "jit", claim, error, expected="a result", where="jax.vjp")]
    checks = []
    for one, two in zip(first, again, strict=True):
        told: Counterexample | None = None
        if not np.array_equal(one, two, equal_nan=True):
            told = finding(
                measured,
                "state",
                "two equal calls give equal results, another in between",
                cotangent=measured.random_cotangent,
                expected=one,
                got=two,
                where="the second of two equal calls",
            )
        checks.append(Check("state", float("inf") if told else 0.0, 1, finding=told))
    if any(check.finding for check in checks):
        return checks
    ratios, expected = precision.deviation(measured, first[1])
    told = None
    if largest(ratios) > 1:
        entry = int(np.argmax(ratios))
        told = finding(
            measured,
            "jit",
            "vjp under jax.jit equals vjp without it",
            cotangent=measured.random_cotangent,
            expected=float(first[1][entry]),
            got=float(expected[entry]),
            where=f"d ⟨cotangent, out⟩ / d {programs.inputs.name(entry)}",
            error=largest(ratios),
        )
    return [*checks, Check("jit", largest(ratios), len(ratios), finding=told)]


def frozen(measured: Measurement) -> list[Check]:
    """The gradient of one argument is the same whether the others are differentiated or not.

    Only a rule that asks for `symbolic_zeros` can tell the difference.
    """
    programs = measured.programs
    asks = any(found.params.get("symbolic_zeros") for found in equations(programs.primal.jaxpr))
    if not asks or measured.gradients is None or len(programs.inputs.shapes) < 2:
        return []
    checks = []
    for place, (start, stop) in enumerate(programs.inputs.spans[:4]):
        got = programs.alone(place)(
            measured.x[None],
            measured.random_cotangent[None],
            measured.directions[:1],
            measured.fixed,
        )[0][0]
        expected = measured.gradients[-1][start:stop]
        there = np.isfinite(expected)
        size = largest(np.abs(expected[there])) + np.finfo(float).tiny
        ratios = np.where(there, np.abs(got - expected), 0.0) / (EQUAL * size)
        told: Counterexample | None = None
        if largest(ratios) > 1:
            entry = int(np.argmax(ratios))
            told = finding(
                measured,
                "structure",
                "the gradient of an argument is the same where the others are constants",
                cotangent=measured.random_cotangent,
                expected=float(expected[entry]),
                got=float(got[entry]),
                where=f"d ⟨cotangent, out⟩ / d {programs.inputs.name(start + entry)}",
                error=largest(ratios),
            )
        checks.append(Check("structure", largest(ratios), len(expected), finding=told))
    return checks


def has_rules(program: core.ClosedJaxpr) -> bool:
    """Whether somebody wrote a derivative by hand, which may do in Python what it likes."""
    names = {found.primitive.name for found in equations(program.jaxpr)}
    return any(name.startswith(("custom_jvp", "custom_vjp")) for name in names)


def _eager(measured: Measurement, x: Any) -> tuple[Any, Any]:
    """Outputs and vjp of the random cotangent, one operation after the other."""
    programs = measured.programs
    fixed = [leaf if is_key(leaf) else np.array(leaf) for leaf in programs.cast(measured.fixed)]
    cts = programs.outputs.leaves(measured.random_cotangent, dual=True)
    with jax.enable_x64(programs.x64):
        leaves = [jnp.asarray(leaf) for leaf in programs.inputs.leaves(x)]
        out, pull = jax.vjp(lambda *x: programs.subject.call(x, fixed), *leaves)
        gradient = pull([jnp.asarray(ct) for ct in cts])
    return programs.outputs.vector(out), programs.inputs.vector(gradient, dual=True)


def state(measured: Measurement) -> list[Check]:
    """Traced again, the function and its rule are the same program."""
    programs = measured.programs
    told: Counterexample | None = None
    try:
        pairs = [
            (old, new())
            for old, new in (
                (programs.reverse, programs.trace_reverse),
                (programs.forward, programs.trace_forward),
            )
            if isinstance(old, core.ClosedJaxpr)
        ]
    except Exception as error:  # noqa: BLE001 - what the first call left behind may break the second
        told = finding(
            measured,
            "state",
            "two equal calls give equal results",
            expected="the result of the first call",
            got=f"{type(error).__name__} in the second: {str(error).splitlines()[0]}",
            facts={"exception": error},
        )
        return [Check("state", float("inf"), 1, finding=told)]
    for old, new in pairs:
        if same(old, new):
            continue
        one, other = _run(programs, old, measured), _run(programs, new, measured)
        for first, second in zip(one, other, strict=True):
            if not np.allclose(first, second, rtol=1e-5, atol=0, equal_nan=True):
                told = finding(
                    measured,
                    "state",
                    "two equal calls give equal results",
                    cotangent=measured.random_cotangent,
                    expected=first,
                    got=second,
                    where="the second of two equal calls",
                )
                return [Check("state", float("inf"), 1, finding=told)]
    return [Check("state", 0.0, max(1, len(pairs)))]


def same(one: core.ClosedJaxpr, other: core.ClosedJaxpr) -> bool:
    """Whether two traces are one program with equal constants."""
    if _ADDRESS.sub("", str(one)) != _ADDRESS.sub("", str(other)):
        return False
    return all(
        first is second or _equal(first, second)
        for first, second in zip(one.consts, other.consts, strict=True)
    )


def _equal(one: Any, other: Any) -> bool:
    try:
        one, other = np.asarray(one), np.asarray(other)
    except TypeError:  # a random key
        one, other = (np.asarray(jax.random.key_data(key)) for key in (one, other))
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))


def _run(programs: Programs, program: core.ClosedJaxpr, measured: Measurement) -> list[Any]:
    """The program at the point, equation by equation, in its own dtypes."""
    leaves = programs.inputs.leaves(measured.x)
    fixed = programs.cast(measured.fixed)
    taken = len(leaves) + len(fixed)
    more = [np.ones(aval.shape, aval.dtype) for aval in program.in_avals[taken:]]
    with jax.enable_x64(programs.x64):
        return [np.asarray(out) for out in core.jaxpr_as_fun(program)(*leaves, *fixed, *more)]


def structure(measured: Measurement) -> list[Check]:
    """The outputs that come with the derivative are those of the function."""
    allowed = measured.tolerance
    out, told = measured.outputs, measured.told
    there = np.isfinite(out)
    with np.errstate(all="ignore"):
        size = np.maximum(largest(np.abs(out[there])), np.finfo(float).tiny)
        bound = (allowed.rtol * 8) * size + (allowed.epsilon * 64 if measured.plain else 0) * size
        ratios = np.where(there, np.abs(out - told), 0.0) / (bound + 2.0**-48)
        ratios = np.where(there & ~np.isfinite(told), np.inf, ratios)
    worst, found = largest(ratios), None
    if worst > 1:
        entry = int(np.argmax(ratios))
        found = finding(
            measured,
            "structure",
            "the value that comes with the derivative is the function's value",
            expected=float(out[entry]),
            got=float(told[entry]),
            where=measured.programs.outputs.name(entry),
            error=worst,
            facts={"told": True},
        )
    return [Check("structure", worst, out.size, finding=found)]
