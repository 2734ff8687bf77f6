"""How far two numbers may lie apart: one table, by the dtype of the function under test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp

from funcgrad.testing.coordinates import is_inexact


@dataclass(frozen=True)
class Tolerance:
    """What is allowed beside the error bar of the differences.

    Attributes:
        rtol: relative to the number. Not the rounding of the dtype, for both sides are computed in
            float64, but that of constants: a rule that was given 0.01 beside a function that was
            given 0.1 has it to float32 only.
        atol: relative to the largest entry of the same row.
        epsilon: the rounding of the function's own dtype.
        ulps: how many of those a gradient in that dtype may be off, relative to its largest entry.
    """

    rtol: float
    atol: float
    epsilon: float
    ulps: float


_TABLE = {
    "float64": Tolerance(1e-7, 1e-9, 2.0**-52, 2.0**16),
    "float32": Tolerance(4e-6, 1e-7, 2.0**-23, 2.0**11),
    "float16": Tolerance(4e-3, 1e-4, 2.0**-10, 2.0**6),
    "bfloat16": Tolerance(3e-2, 1e-3, 2.0**-7, 2.0**4),
}


def tolerance(
    dtypes: Iterable[Any], rtol: float | None = None, atol: float | None = None
) -> Tolerance:
    """The row of the table for the coarsest of the dtypes, with what the caller overrides."""
    row = _TABLE["float64"]
    for dtype in dtypes:
        if not is_inexact(dtype):
            continue
        epsilon = float(jnp.finfo(dtype).eps)
        candidates = [found for found in _TABLE.values() if found.epsilon >= epsilon * 0.99]
        found = min(candidates, key=lambda found: found.epsilon, default=None)
        if found is None:  # an eighth of a byte less than bfloat16: float8, float4
            found = Tolerance(4 * epsilon, epsilon / 8, epsilon, 8.0)
        row = max(row, found, key=lambda row: row.epsilon)
    return Tolerance(
        row.rtol if rtol is None else rtol,
        row.atol if atol is None else atol,
        row.epsilon,
        row.ulps,
    )
