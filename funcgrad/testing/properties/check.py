"""What one look at one property saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from funcgrad.testing.measurement import Measurement
from funcgrad.testing.report import Counterexample


@dataclass(frozen=True)
class Check:
    """A property at a point.

    Attributes:
        property: its name.
        ratio: the largest error over its tolerance; above 1 it broke.
        count: how many comparisons were made.
        undecided: how many could not be decided.
        kinks: how many were at points without a derivative.
        finding: what broke, without the words that are added once it is shrunken.
        note: what else is to be told.
    """

    property: str
    ratio: float = 0.0
    count: int = 0
    undecided: int = 0
    kinks: int = 0
    finding: Counterexample | None = None
    note: str = ""


def largest(values: Any) -> float:
    """The largest entry, or 0 of none; a NaN counts as infinite."""
    values = np.nan_to_num(np.asarray(values, float), nan=np.inf)
    return float(values.max()) if values.size else 0.0


def finding(
    measured: Measurement,
    name: str,
    claim: str,
    *,
    cotangent: Any = None,
    direction: Any = None,
    **told: Any,
) -> Counterexample:
    """A counterexample at the measured point, its vectors laid out as the user's trees."""
    programs = measured.programs
    inputs, outputs = programs.inputs, programs.outputs
    differentiated, fixed = programs.subject.split(measured.leaves)
    return Counterexample(
        property=name,
        claim=claim,
        arguments=programs.subject.arguments(differentiated, fixed),
        cotangent=None if cotangent is None else outputs.leaves(cotangent, dual=True),
        direction=None if direction is None else inputs.leaves(direction),
        **told,
    )
