"""Where two engines differ after a step."""

from typing import Any

import numpy as np

#: Of the largest number beside it, and of 1.
_ALLOWED = {"float64": 1e-9, "complex128": 1e-9, "float32": 1e-4, "complex64": 1e-4,
            "float16": 2e-2}  # fmt: skip
_LARGE = 1e4  # a program ends where numbers get larger, for then differences are rounding


class Difference(AssertionError):
    """Where the engines differ."""


def agree(mine: dict[str, dict[str, Any]], theirs: dict[str, dict[str, Any]]) -> None:
    """Raise `Difference` unless the facts of all tensors are equal."""
    if mine.keys() != theirs.keys():
        raise Difference(f"tensors: {[*mine]}; PyTorch: {[*theirs]}")
    for name, facts in theirs.items():
        for what, expected in facts.items():
            got = mine[name].get(what)
            if not same(got, expected):
                raise Difference(f"{what} of {name}: {got!r}; PyTorch: {expected!r}")


def same(got: Any, expected: Any) -> bool:
    """Whether two facts are equal, numbers within their rounding."""
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return len(got) == len(expected) and all(map(same, got, expected))
    if not isinstance(expected, np.ndarray) or not isinstance(got, np.ndarray):
        return type(got) is type(expected) and bool(got == expected)
    if got.shape != expected.shape or got.dtype != expected.dtype:
        return False
    allowed = _ALLOWED.get(str(expected.dtype), 0.0)
    scale = max(1.0, float(np.abs(expected).max(initial=0.0))) if allowed else 0.0
    return bool(np.allclose(got, expected, rtol=0, atol=allowed * scale, equal_nan=True))


def large(facts: dict[str, dict[str, Any]]) -> bool:
    """Whether numbers have got too large, or none, for what follows to mean anything."""
    arrays = [value for each in facts.values() for value in each.values()]
    return any(
        isinstance(array, np.ndarray)
        and array.dtype.kind in "fc"
        and not bool((np.abs(array) < _LARGE).all())
        for array in arrays
    )
