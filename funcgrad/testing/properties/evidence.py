"""What a finding rests on: the entry of the Jacobian, and the Jacobian where all of it is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from funcgrad.testing.differences import Kind
from funcgrad.testing.measurement import Measurement
from funcgrad.testing.rows import Rows


def where(measured: Measurement, cotangent: Rows, line: int) -> str:
    """Which entry of the Jacobian it is, in words."""
    inputs, out = measured.programs.inputs, output(measured, cotangent)
    if line < len(measured.coordinates):
        return f"d {out} / d {inputs.name(int(measured.coordinates[line]))}"
    return f"d {out} along the direction"


def output(measured: Measurement, cotangent: Rows) -> str:
    """What a cotangent picks from the outputs, in words."""
    ones = np.flatnonzero(cotangent)
    if len(ones) == 1:
        return measured.programs.outputs.name(int(ones[0]))
    return "⟨cotangent, out⟩"


def evidence(measured: Measurement) -> dict[str, Any]:
    """The Jacobian by differences and by the rule, where all of it is known."""
    inputs, outputs = measured.programs.inputs, measured.programs.outputs
    facts: dict[str, Any] = {
        "order": 1,
        "inputs": [
            (label, start, stop, shape)
            for label, (start, stop), shape in zip(
                inputs.labels, inputs.spans, inputs.shapes, strict=True
            )
        ],
        "outputs": [
            (label, start, stop, shape)
            for label, (start, stop), shape in zip(
                outputs.labels, outputs.spans, outputs.shapes, strict=True
            )
        ],
    }
    count, hot = len(measured.coordinates), len(measured.one_hot)
    if not measured.whole or count < inputs.size or hot < outputs.size:
        return facts
    smooth = measured.slopes.kind[:count] == Kind.SMOOTH
    numeric = np.where(smooth, measured.slopes.value[:count], np.nan) / measured.scale[:, None]
    facts["numeric"] = numeric.T
    if measured.gradients is not None:
        rows = measured.gradients[:hot]
        if measured.programs.subject.tangents:
            rows = rows @ (measured.directions[:count] / measured.scale[:, None]).T
        facts["automatic"] = facts["reverse"] = rows
    if measured.tangents is not None:
        facts["forward"] = (measured.tangents[:count] / measured.scale[:, None]).T
        facts.setdefault("automatic", facts["forward"])
    return facts
