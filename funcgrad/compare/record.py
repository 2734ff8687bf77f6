"""The record of a run for other programs: one JSON document.

Long arrays are cut to their shape and their ends: it is a record of what was compared, not a store
of results. What JSON cannot write (NaN, infinities, complex numbers) is written as a string.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from funcgrad.compare.agree import Check
from funcgrad.compare.messages import Outcome
from funcgrad.compare.row import AGREE, Row
from funcgrad.compare.values import Plain

LONGEST = 64  # values written of one array
ENDS = 8


def record(rows: Sequence[Row], facts: Mapping[str, str], seconds: float, complete: bool) -> str:
    """Return a run as JSON."""
    document = {
        "agree": complete and all(row.verdict == AGREE for row in rows),
        "complete": complete,
        "seconds": seconds,
        "environment": dict(facts),
        "examples": [_row(row) for row in rows],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.example.id,
        "section": row.example.section,
        "title": row.example.title,
        "path": str(row.example.path),
        "precision": row.example.precision,
        "verdict": row.verdict,
        "engines": {name: _outcome(outcome) for name, outcome in row.outcomes.items()},
        "checks": [_check(check) for check in row.checks],
        "figures": [picture.name for picture in row.drawing.pictures],
        "errors": row.errors,
        "warnings": row.warnings,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    times = outcome.times
    return {
        "absent": outcome.absent,
        "first_seconds": times and times.first,
        "steady_seconds": times and times.steady,
        "repeats": times and times.repeats,
        "results": {name: _value(value) for name, value in outcome.results.items()},
    }


def _check(check: Check) -> dict[str, Any]:
    found = check.found
    return {
        "name": check.name,
        "left": check.left,
        "right": check.right,
        "agrees": check.agrees,
        "reason": found.reason,
        "difference": _value(found.largest),
        "tolerance": found.tolerance
        and {"absolute": found.tolerance.absolute, "relative": found.tolerance.relative},
    }


def _value(value: Plain) -> Any:
    if isinstance(value, np.ndarray):
        if value.dtype.name == "bfloat16":
            return _value(value.astype(np.float32)) | {"dtype": "bfloat16"}
        written: dict[str, Any] = {"dtype": str(value.dtype), "shape": list(value.shape)}
        if value.size <= LONGEST:
            return written | {"values": _value(value.tolist())}
        flat = value.reshape(-1)
        ends = {"first": flat[:ENDS].tolist(), "last": flat[-ENDS:].tolist()}
        return written | {name: _value(end) for name, end in ends.items()}
    if isinstance(value, list):
        if len(value) > LONGEST:
            return {"length": len(value), "first": _value(value[:ENDS])}
        return [_value(item) for item in value]
    if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
        return str(value)
    return value
