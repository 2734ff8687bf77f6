"""In the function's own dtype the gradient is as good as that dtype allows.

The yardstick is the same rule run in float64. What is allowed is a number of roundings of the
gradient's largest entry, and beside it what no rule could avoid: how far the gradient moves when
the arguments move by a rounding, and the rounding error of the function itself, for a gradient can
not be better than the differences of what it is the gradient of. Of terms as large as the outputs,
or as what these are made of, a part may be left, too; but not by a rule by hand, where JAX's own
derivative leaves none.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax.extend import core

from funcgrad.testing.measurement import Measurement
from funcgrad.testing.properties.check import Check, finding, largest
from funcgrad.testing.report import Counterexample
from funcgrad.testing.rows import Rows
from funcgrad.testing.widening import dtypes

_CONDITION = 64.0  # times what the arguments' rounding does
_LEFT = 32.0  # roundings of terms as large as the outputs, or what they are made of
_NOISE = 0.1  # rounding of a number within: of more, no exponent and no sine means anything
_INSIDE = 4.0  # roundings of a number within, that its exponential is off by
_WIDE = 1e-10  # the rounding of float64 is less
_FAR = 64.0  # how many times better JAX's own derivative is, where a rule by hand is to blame


def check(measured: Measurement) -> list[Check]:
    """`precision`, and `finite` in the function's own dtype."""
    programs, allowed = measured.programs, measured.tolerance
    if measured.gradients is None or programs.islands or measured.plain:
        return []
    if allowed.epsilon < _WIDE and not _narrows(measured):
        return []  # there is nothing wider to compare with
    cts, us = measured.random_cotangent[None], measured.directions[:1]
    out, got, _, _ = programs.plain(_near(measured), cts, us, measured.fixed)
    if not np.all(np.isfinite(out[0])) or not np.all(measured.regular):
        return []  # the value overflows here, or there is a pole
    got = got[0]
    ratios, wide = deviation(measured, got, out, measured.natural)
    if 1 < largest(ratios) < np.inf:
        inside = allowed.epsilon * measured.extent
        if inside > _NOISE:
            return [Check("precision", 0.0, 0, undecided=1)]
        added = float(np.sqrt(len(measured.x)))  # each sum adds roundings up
        ratios, _ = deviation(measured, got, out, measured.extent * added, _INSIDE * inside)
    if largest(ratios) <= 1 and programs.by_hand:
        strict, _ = deviation(measured, got, out, terms=0.0)
        # Of a slope of 0, as a saturated softmax has, JAX's own derivative leaves none by luck.
        there = np.abs(wide) * measured.scale > allowed.epsilon * measured.natural
        strict = np.where(there, strict, ratios)
        if largest(strict) > 1 and _is_avoidable(measured, got, wide):
            ratios = strict
    broken = np.flatnonzero(np.isinf(ratios))
    if broken.size:
        coordinate = int(broken[0])
        overflow = finding(
            measured,
            "finite",
            "a finite value has a finite gradient",
            cotangent=measured.random_cotangent,
            expected=float(wide[coordinate]),
            got=float(got[coordinate]),
            where=f"d ⟨cotangent, out⟩ / d {programs.inputs.name(coordinate)}",
            facts={"coordinate": coordinate, "overflow": True},
        )
        return [Check("finite", float("inf"), 1, finding=overflow)]
    worst = largest(ratios)
    told: Counterexample | None = None
    if worst > 1:
        coordinate = int(np.argmax(ratios))
        size = max(np.abs(wide[np.isfinite(wide)]).max(initial=0.0), 1e-300)
        told = finding(
            measured,
            "precision",
            "the gradient is as good as its dtype allows",
            cotangent=measured.random_cotangent,
            direction=np.eye(1, len(measured.x), coordinate)[0],
            expected=float(wide[coordinate]),
            got=float(got[coordinate]),
            where=f"d ⟨cotangent, out⟩ / d {programs.inputs.name(coordinate)}",
            error=worst,
            facts={"ulps": float(abs(got - wide)[coordinate] / (allowed.epsilon * size))},
        )
    return [Check("precision", worst, len(ratios), finding=told)]


def _narrows(measured: Measurement) -> bool:
    """Whether the derivative goes through a type that is narrower than the function's own."""
    reverse = measured.programs.reverse
    assert isinstance(reverse, core.ClosedJaxpr)
    return any(jnp.finfo(dtype).eps > _WIDE for dtype in dtypes(reverse))


def _is_avoidable(measured: Measurement, got: Rows, wide: Rows) -> bool:
    """Whether the derivative that JAX takes without the rules by hand is far better."""
    cts, us = measured.random_cotangent[None], measured.directions[:1]
    try:
        (automatic,) = measured.programs.unruled(measured.x[None], cts, us, measured.fixed)
    except Exception:  # noqa: BLE001 - there may be none, as of a while loop, or of a callback
        return False
    with np.errstate(all="ignore"):
        off, best = (np.abs(rows - wide) * measured.scale for rows in (got, automatic[0]))
        return bool(largest(best) * _FAR < largest(off))


def deviation(
    measured: Measurement,
    got: Rows,
    out: Rows | None = None,
    terms: float | None = None,
    inside: float = 0.0,
) -> tuple[Rows, Rows]:
    """How far a gradient in the function's dtype is from the one in float64, over what is allowed.

    Args:
        measured: the point.
        got: the gradient at the random cotangent.
        out: the outputs in that dtype at the points of `_near`, for their own rounding error.
        terms: how large terms may be whose roundings are left; None for `measured.natural`.
        inside: by how much of itself the exponential of a number within may be off.

    Returns:
        An infinite ratio where `got` is not finite and should be; and the gradient in float64.
    """
    programs, allowed = measured.programs, measured.tolerance
    assert measured.gradients is not None
    cts, us = measured.random_cotangent[None], measured.directions[:1]
    exact, near, _, _ = programs.rule(_near(measured), cts, us, measured.fixed)
    wide, scale = measured.gradients[-1], measured.scale
    largest_number = min(float(np.finfo(np.float32).max), _largest(programs.inputs.dtypes))
    with np.errstate(all="ignore"):
        regular = np.isfinite(wide) & (np.abs(wide) < largest_number / 4)
        condition = largest(np.abs(near - wide)[:, regular] * scale[regular])
        forward = 0.0
        if out is not None:
            off = np.abs(out - exact) @ np.abs(measured.random_cotangent)
            forward = float(off[np.isfinite(off)].max(initial=0.0))
        size = largest(np.abs(wide[regular]) * scale[regular])
        tiny = float(np.finfo(np.float32).tiny) * largest(scale)
        bound = (allowed.ulps * allowed.epsilon + inside) * size
        bound = bound + _CONDITION * (condition + forward)
        terms = measured.natural if terms is None else terms
        bound = bound + allowed.epsilon * (_LEFT * terms + 0.5) + tiny
        ratios = np.where(regular, np.abs(got - wide) * scale / bound, 0.0)
        ratios = np.where(regular & ~np.isfinite(got), np.inf, np.nan_to_num(ratios))
    return (ratios if np.isfinite(bound) else np.zeros_like(ratios)), wide


def _near(measured: Measurement) -> Rows:
    """The point, and some that are a rounding of the function's dtype away."""
    random = np.random.default_rng(measured.seed + 2)
    signs = random.choice([-1.0, 1.0], (5, len(measured.x)))
    signs[0] = 0
    moved: Rows = measured.x * (1 + measured.tolerance.epsilon * signs)
    return moved


def _largest(dtypes: tuple[object, ...]) -> float:
    return min((float(jnp.finfo(dtype).max) for dtype in dtypes), default=float("inf"))
