"""What a rule does with its cotangent, where it is not linear in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from funcgrad.testing.report import Counterexample


def of_scales(found: Counterexample) -> str:
    """What vjp(a·ct) over a·vjp(ct) is, as a function of a."""
    facts = {**found.facts, **(found.facts.get("cotangents") or {})}
    if facts.get("scales") is None or facts.get("ratio") is None:
        return _of_pair(found)
    scales = np.asarray(facts["scales"], dtype=np.float64).ravel()
    ratio = np.asarray(facts["ratio"], dtype=np.float64).ravel()
    if scales.size != ratio.size or scales.size == 0:
        return ""
    known = np.isfinite(ratio) & (scales != 0)
    a, r = scales[known], ratio[known]
    if not known.any():
        return ""

    def fits(other: Any) -> bool:
        return bool(np.allclose(r, other, rtol=1e-2, atol=1e-6))

    rest = f"at {a.size} scale{'s' if a.size > 1 else ''} from {a.min():g} to {a.max():g}"
    if fits(1.0):
        return ""
    if fits(1 / a) and np.unique(np.abs(a)).size > 1:
        return f"It does not depend on the cotangent: it gave the same {rest}."
    if fits(1 / np.abs(a)) and np.unique(np.abs(a)).size > 1:
        return f"Only the sign of the cotangent counts: so it was {rest}."
    if fits(np.sign(a)):
        return f"It takes the absolute value of the cotangent, or an even power: so it was {rest}."
    size = np.abs(a)
    if np.unique(size).size > 1 and (r > 0).all():
        power = float(np.polyfit(np.log(size), np.log(r), 1)[0])
        if abs(power) > 0.1 and np.allclose(r, size**power, rtol=2e-2):
            return f"The cotangent goes in to the power {1 + round(power, 2):g} {rest}."
    return _thresholds(a, r, rest)


def _thresholds(a: Any, r: Any, rest: str) -> str:
    """Right up to some size of the cotangent, or from one on."""
    order = np.argsort(np.abs(a))
    size, ordered = np.abs(a)[order], r[order]
    right = np.isclose(ordered, 1.0, rtol=1e-2)
    if not right.any() or right.all():
        return ""
    good, bad = size[right], size[~right]
    if bad.min() > good.max():
        if (ordered[~right] < 1).all():
            return (
                f"It is clipped: right up to {good.max():g} times the cotangent, too small from "
                f"{bad.min():g} times on."
            )
        return f"It grows too fast from {bad.min():g} times the cotangent on, of {rest}."
    if bad.max() < good.min():
        kind = "is lost" if np.allclose(ordered[~right], 0.0, atol=1e-3) else "goes wrong"
        return (
            f"A small cotangent {kind}: up to {bad.max():g} times it is wrong, from "
            f"{good.min():g} times on right."
        )
    if np.allclose(ordered[~right], 0.0, atol=1e-6) and (a[order][~right] < 0).all():
        return f"A negative cotangent is lost, a positive one is not: so it was {rest}."
    return ""


def _of_pair(found: Counterexample) -> str:
    """What one pair of gradients tells."""
    try:
        expected = np.asarray(found.expected, dtype=np.float64)
        got = np.asarray(found.got, dtype=np.float64)
    except (TypeError, ValueError):
        return ""
    if expected.shape != got.shape or got.size == 0:
        return ""
    if not expected.any() and np.isfinite(got).all() and got.any():
        return "A cotangent of zero gives a gradient that is not zero: something is added to it."
    return ""
