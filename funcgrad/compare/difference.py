"""The difference of two results.

Numbers agree within a tolerance and have one shape and one kind of dtype; everything else is
equal or not. A plain number has no dtype, so it is judged by that of the other side.
"""

from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from funcgrad.compare.tolerance import EXACT, TOLERANCES, Tolerance
from funcgrad.compare.values import Plain, show

WORDS = 60  # characters of a text that is shown in part
KINDS = {"b": "boolean", "i": "integer", "u": "integer", "f": "real", "c": "complex"}


@dataclass(frozen=True)
class Difference:
    """What the comparison of two results found; `reason` is empty where they agree."""

    reason: str = ""
    largest: float | None = None  # of numbers: the difference furthest beyond its tolerance
    tolerance: Tolerance | None = None  # None: they must be equal
    share: float = 0.0  # of what is allowed: the most that any pair of numbers takes up


def difference(
    left: Plain,
    right: Plain,
    precision: str,
    tolerance: Tolerance | None = None,
    literal: bool = False,
) -> Difference:
    """Compare two results.

    Args:
        left, right: plain values.
        precision: the dtype that plain numbers on both sides are judged by.
        tolerance: replaces the one of the table.
        literal: `right` was written by hand: it has no dtype, and 16 may stand for 16.0.
    """
    if literal and isinstance(right, np.ndarray):
        right = right.tolist()
    a, b = _numbers(left), _numbers(right)
    if a is not None and b is not None:
        return _of_numbers(left, right, a, b, precision, tolerance, literal)
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return Difference(f"lengths {len(left)} and {len(right)}")
        parts = [
            difference(one, other, precision, tolerance, literal)
            for one, other in zip(left, right, strict=True)
        ]
        wrong = [(place, part) for place, part in enumerate(parts) if part.reason]
        if wrong:
            place, part = wrong[0]
            return replace(part, reason=f"at [{place}]: {part.reason}")
        return max(parts, key=lambda part: part.share, default=Difference())
    if type(left) is type(right) and np.array_equal(left, right):
        return Difference()
    return Difference(f"not equal: {' and '.join(_apart(show(left), show(right)))}")


def _of_numbers(
    left: Plain,
    right: Plain,
    a: np.ndarray,
    b: np.ndarray,
    precision: str,
    tolerance: Tolerance | None,
    literal: bool,
) -> Difference:
    dtypes = [str(value.dtype) for value in (left, right) if isinstance(value, np.ndarray)]
    inexact = [dtype for dtype in dtypes if dtype in TOLERANCES]
    if len(set(inexact)) > 1:
        return Difference(f"dtypes {inexact[0]} and {inexact[1]}")
    kinds = [_kind(array) for array in (a, b)]
    if kinds[0] != kinds[1] and not (literal and kinds == ["real", "integer"]):
        return Difference(f"{kinds[0]} and {kinds[1]} numbers")
    if a.shape != b.shape:
        return Difference(f"shapes {list(a.shape)} and {list(b.shape)}")
    if kinds[0] in ("boolean", "integer"):
        tolerance = EXACT
    else:
        tolerance = tolerance or TOLERANCES[inexact[0] if inexact else precision]
    return _beyond(a, b, tolerance)


def _beyond(a: np.ndarray, b: np.ndarray, tolerance: Tolerance) -> Difference:
    """Find the pair that is furthest beyond its tolerance."""
    if a.size == 0:
        return Difference(largest=0.0, tolerance=tolerance)
    # Whole numbers as Python's, for float64 cannot tell large ones apart.
    whole = a.dtype.kind in "biu"
    wide: type = object if whole else complex if "c" in (a.dtype.kind, b.dtype.kind) else float
    a, b = np.atleast_1d(a.astype(wide)), np.atleast_1d(b.astype(wide))
    with np.errstate(all="ignore"):
        same = a == b
        gap = np.abs(np.where(same, 0, a - b)).astype(float)
        scale = np.zeros_like(gap)
        if not whole:
            gap = np.where(np.isnan(a) & np.isnan(b), 0.0, np.where(np.isnan(gap), np.inf, gap))
            scale = np.maximum(np.abs(a), np.abs(b))
            scale = np.where(np.isfinite(scale), scale, 0.0)  # nothing is near infinity
        allowed = np.maximum(tolerance.absolute, tolerance.relative * scale)
        worst = np.unravel_index(np.argmax(gap - allowed), gap.shape)
        share = float(np.max(np.where(gap == 0, 0.0, gap / allowed)))
    largest = float(gap[worst])
    if largest <= allowed[worst]:
        return Difference("", float(np.max(gap)), tolerance, share)
    place = f" at {[int(index) for index in worst]}" if gap.size > 1 else ""
    pair = " and ".join(str(x) if whole else f"{x:.9g}" for x in (a[worst], b[worst]))
    return Difference(f"{pair}{place}, {largest:.3g} apart", largest, tolerance, share)


def _apart(left: str, right: str) -> tuple[str, str]:
    """Cut two texts to where they begin to differ."""
    alike = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False))
    )
    start = max(0, alike - WORDS // 3)

    def cut(text: str) -> str:
        tail = text[start : start + WORDS]
        return f"{'…' if start else ''}{tail}{'…' if len(text) > start + WORDS else ''}"

    return cut(left), cut(right)


def _kind(array: np.ndarray) -> str:
    return KINDS.get(array.dtype.kind, "real")


def _numbers(value: Plain) -> np.ndarray | None:
    """Return a value as an array of numbers, or None where it is not numeric."""
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind in KINDS or str(value.dtype) in TOLERANCES else None
    if isinstance(value, bool | int | float | complex):
        return np.asarray(value)
    if not isinstance(value, list):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # ragged
        return None
    return array if array.dtype.kind in KINDS else None
