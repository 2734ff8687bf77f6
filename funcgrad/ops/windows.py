"""Windows that slide over the spatial axes of (N, C, *spatial): their arguments and their sizes."""

from collections.abc import Sequence
from typing import Any

WORDS = {1: "one int", 2: "two ints", 3: "three ints"}


def per_axis(value: Any, n: int, complaint: str) -> tuple[int, ...]:
    """A number for each of `n` axes, from one for all of them or from as many.

    Raises:
        RuntimeError: another count; with this complaint.
        TypeError: something that is no integer.

    >>> per_axis(3, 2, ""), per_axis((1, 2), 2, "")
    ((3, 3), (1, 2))
    """
    found = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for item in found:
        if isinstance(item, bool) or not hasattr(item, "__index__"):
            raise TypeError(f"must be tuple of ints, not {type(item).__name__}: got {value!r}")
    if len(found) == 1:
        found *= n
    if len(found) != n:
        raise RuntimeError(complaint)
    return tuple(int(item) for item in found)


def batched(input: Any, n: int) -> tuple[Any, bool]:
    """The input with its batch axis, and whether it had none."""
    return (input[None], True) if input.ndim == n + 1 else (input, False)


def times(sizes: Sequence[Any]) -> str:
    """Sizes as PyTorch's errors write them.

    >>> times((2, 3))
    '2 x 3'
    """
    return " x ".join(map(str, sizes))
