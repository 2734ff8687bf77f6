"""Where two engines differ after a step."""

from collections.abc import Iterator
from typing import Any

import numpy as np

#: Of the largest number beside it, and of 1.
_ALLOWED = {"float64": 1e-9, "complex128": 1e-9, "float32": 1e-4, "complex64": 1e-4,
            "float16": 2e-2, "bfloat16": 2e-2}  # fmt: skip
_LARGE = 1e4  # a program ends where numbers get larger, for then differences are rounding


class Difference(AssertionError):
    """Where the engines differ."""


def allowed(facts: dict[str, dict[str, Any]]) -> float:
    """How far apart numbers may be: the least exact ones may have gone into the others."""
    dtypes = [
        str(each["dtype"]).removeprefix("torch.") for each in facts.values() if "dtype" in each
    ]
    return max((_ALLOWED.get(dtype, 0.0) for dtype in dtypes), default=0.0)


def agree(
    mine: dict[str, dict[str, Any]], theirs: dict[str, dict[str, Any]], tolerance: float
) -> None:
    """Raise `Difference` unless the facts of all tensors are equal."""
    if mine.keys() != theirs.keys():
        raise Difference(f"tensors: {[*mine]}; PyTorch: {[*theirs]}")
    for name, facts in theirs.items():
        for what, expected in facts.items():
            if what in ("stride", "offset") and what not in mine[name]:
                continue  # PyTorch's result has kept an order that ours does not
            got = mine[name].get(what)
            if not same(got, expected, tolerance):
                raise Difference(f"{what} of {name}: {got!r}; PyTorch: {expected!r}")


def same(got: Any, expected: Any, tolerance: float = 1e-9) -> bool:
    """Whether two facts are equal, inexact numbers within a tolerance."""
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        pairs = zip(got, expected, strict=False)
        return len(got) == len(expected) and all(same(*pair, tolerance) for pair in pairs)
    if not isinstance(expected, np.ndarray) or not isinstance(got, np.ndarray):
        return type(got) is type(expected) and bool(got == expected)
    if got.shape != expected.shape or got.dtype != expected.dtype:
        return False
    if expected.dtype.kind not in "fc":
        return bool((got == expected).all())
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    return bool(np.allclose(got, expected, rtol=0, atol=tolerance * scale, equal_nan=True))


def large(facts: dict[str, dict[str, Any]]) -> bool:
    """Whether numbers have got too large, or none, for what follows to mean anything."""
    values = [value for each in facts.values() for value in each.values()]
    return any(
        array.dtype.kind in "fc" and not bool((np.abs(array) < _LARGE).all())
        for array in _arrays(values)
    )


def _arrays(value: Any) -> Iterator[np.ndarray]:
    """The arrays among facts, and among those that hooks have noted."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _arrays(item)
