"""Windows that slide over the spatial axes of (N, C, *spatial): their arguments and their sizes."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from jax import lax

Array = jax.Array
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


def sliding(kernel: int, stride: int, padding: int, dilation: int, out: int) -> Any:
    """Positions that sliding windows read along an axis: (kernel, out); some lie outside.

    >>> sliding(2, 2, 0, 1, 2)
    array([[0, 2],
           [1, 3]])
    """
    return np.arange(kernel)[:, None] * dilation + np.arange(out) * stride - padding


def fitted(size: int, out: int) -> tuple[Any, Any]:
    """Positions of `out` windows that share an axis evenly, and which of them count.

    >>> fitted(5, 2)[0].tolist()
    [[0, 2], [1, 3], [2, 4]]
    """
    starts = np.arange(out) * size // out
    ends = -(-(np.arange(out) + 1) * size // out)
    positions = np.arange(max(ends - starts, default=0))[:, None] + starts
    return np.minimum(positions, size - 1), positions < ends


def columns(array: Array, axis: int, positions: Any) -> list[Array]:
    """For each row of positions the values there; 0 where a position lies outside."""
    size = array.shape[axis]
    low, high = max(0, -positions.min()), max(0, positions.max() + 1 - size)
    if low or high:
        edges = [(0, 0, 0)] * array.ndim
        edges[axis] = (int(low), int(high), 0)
        array = lax.pad(array, np.zeros((), array.dtype), edges)
    return [_read(array, axis, row + low) for row in positions]


def _read(array: Array, axis: int, places: Any) -> Array:
    """`take`, as a slice where the places have one distance: its derivative needs no scatter."""
    steps = np.unique(np.diff(places))
    if len(steps) > 1 or (len(steps) and steps[0] == 0):
        key = (slice(None),) * axis + (places,)
        return array.at[key].get(mode="promise_in_bounds", indices_are_sorted=True)
    step = int(steps[0]) if len(steps) else 1
    return lax.slice_in_dim(array, int(places[0]), int(places[-1]) + 1, step, axis)


def split(array: Array, axis: int, positions: Any) -> Array:
    """An axis as two, windows and what is in them: the values at positions (windows, places)."""
    shape = (*array.shape[:axis], *positions.shape, *array.shape[axis + 1 :])
    if positions.size == array.shape[axis]:  # they lie side by side
        return array.reshape(shape)
    places = (slice(None),) * axis + (positions,)
    return array.at[places].get(mode="promise_in_bounds")
