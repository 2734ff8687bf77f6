"""In the function's own dtype the gradient is as good as that dtype allows.

The yardstick is the same rule run in float64. What is allowed is a number of roundings of the
gradient's largest entry, and beside it what no rule could avoid: how far the gradient moves when
the arguments move by a rounding, and the rounding error of the function itself, for a gradient can
not be better than the differences of what it is the gradient of.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from funcgrad.testing.measurement import Measurement
from funcgrad.testing.properties.check import Check, finding, largest

_CONDITION = 64.0


def check(measured: Measurement) -> list[Check]:
    """`precision`, and `finite` in the function's own dtype."""
    programs, allowed = measured.programs, measured.tolerance
    if measured.gradients is None or programs.islands or measured.plain:
        return []
    if allowed.epsilon < 1e-10:
        return []  # there is nothing wider to compare with
    cts = np.stack([measured.random_cotangent])
    us = measured.directions[:1]
    out, got, _, _ = programs.plain(measured.x[None], cts, us, measured.fixed)
    if not np.all(np.isfinite(out)):
        return []  # the value overflows here
    random = np.random.default_rng(measured.seed + 2)
    moved = measured.x * (1 + allowed.epsilon * random.choice([-1.0, 1.0], (4, len(measured.x))))
    _, near, _, _ = programs.rule(moved, cts, us, measured.fixed)
    wide, got, scale = measured.gradients[-1], got[0], measured.scale
    largest_number = min(float(np.finfo(np.float32).max), _largest(programs.inputs.dtypes))
    with np.errstate(all="ignore"):
        regular = np.isfinite(wide) & (np.abs(wide) < largest_number / 4)
        error = np.where(regular, np.abs(got - wide) * scale, 0.0)
        condition = largest(np.abs(near - wide)[:, regular] * scale[regular])
        forward = float(np.abs(measured.random_cotangent) @ np.abs(out[0] - measured.outputs))
        size = largest(np.abs(wide[regular]) * scale[regular])
        tiny = float(np.finfo(np.float32).tiny) * largest(scale)
        natural = 4 * allowed.epsilon * float(measured.natural[-1])
        bound = allowed.ulps * allowed.epsilon * size + _CONDITION * (condition + forward)
        bound = bound + natural + tiny
        ratios = error / bound
    if not np.isfinite(bound):
        return []
    broken = np.flatnonzero(~np.isfinite(got) & regular)
    if broken.size:
        coordinate = int(broken[0])
        told = finding(
            measured,
            "finite",
            "a finite value has a finite gradient",
            cotangent=measured.random_cotangent,
            expected=float(wide[coordinate]),
            got=float(got[coordinate]),
            where=f"d ⟨cotangent, out⟩ / d {programs.inputs.name(coordinate)}",
            facts={"coordinate": coordinate, "overflow": True},
        )
        return [Check("finite", float("inf"), 1, finding=told)]
    worst = largest(ratios)
    told = None
    if worst > 1:
        coordinate = int(np.argmax(ratios))
        ulps = abs(got[coordinate] - wide[coordinate]) / (
            allowed.epsilon * max(np.abs(wide[regular]).max(), 1e-300)
        )
        told = finding(
            measured,
            "precision",
            "the gradient is as good as its dtype allows",
            cotangent=measured.random_cotangent,
            expected=float(wide[coordinate]),
            got=float(got[coordinate]),
            where=f"d ⟨cotangent, out⟩ / d {programs.inputs.name(coordinate)}",
            error=worst,
            facts={"ulps": float(ulps)},
        )
    return [Check("precision", worst, int(regular.sum()), finding=told)]


def _largest(dtypes: tuple[object, ...]) -> float:
    return min((float(jnp.finfo(dtype).max) for dtype in dtypes), default=float("inf"))
