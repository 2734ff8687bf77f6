"""Two equal calls give equal results: of a function that is called, because it cannot be traced."""

from __future__ import annotations

import numpy as np

from funcgrad.testing.measurement import Measurement
from funcgrad.testing.properties.check import Check, finding


def state(measured: Measurement) -> list[Check]:
    """A call, one elsewhere, the first again; and the arguments are as they were."""
    elsewhere = measured.programs.inputs.rounded(measured.x[None] * 1.25 + 0.125 * measured.scale)
    before = [np.array(leaf) for leaf in measured.fixed if isinstance(leaf, np.ndarray)]
    rows = np.stack([measured.x, elsewhere[0], measured.x])
    ct, u = measured.random_cotangent[None], measured.directions[:1]
    results = measured.programs.plain(rows, ct, u, measured.fixed)
    checks = []
    for name, result in zip(("value", "vjp", "jvp"), results, strict=False):
        if result is None:
            continue
        told = None
        if not np.array_equal(result[0], result[2], equal_nan=True):
            told = finding(
                measured,
                "state",
                "two equal calls give equal results, another in between",
                cotangent=measured.random_cotangent,
                expected=result[0],
                got=result[2],
                where=f"{name} of the second of two equal calls",
            )
        checks.append(Check("state", float("inf") if told else 0.0, 1, finding=told))
    after = [leaf for leaf in measured.fixed if isinstance(leaf, np.ndarray)]
    for was, now in zip(before, after, strict=True):
        if not np.array_equal(was, now, equal_nan=was.dtype.kind in "fc"):
            told = finding(
                measured, "state", "the arguments are not modified", expected=was, got=now
            )
            checks.append(Check("state", float("inf"), 1, finding=told))
    return checks
