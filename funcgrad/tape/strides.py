"""Where the elements of a view lie in the memory of its base: strides, offset, what follows.

Arrays have none; they are read off the places that the elements have.
"""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from ..ops import FLOAT, kind, strided
from ..ops.promotion import COMPLEX
from .nodes import x64
from .storage import MAY_OVERLAP, Steps, read
from .tensor import Tensor


def _layout(steps: Steps, shape: tuple[int, ...], dtype: np.dtype) -> tuple[tuple[int, ...], int]:
    """Strides and offset of a view, read off the places that its elements have in the base."""
    places: Any = np.arange(int(np.prod(shape, dtype=np.int64))).reshape(shape)
    if kind(dtype) >= FLOAT:
        # In numbers of the base's kind, for a view may turn complex numbers into pairs, or back.
        places = 2 * places + 1j * (2 * places + 1) if kind(dtype) == COMPLEX else places * 1.0
    with jax.ensure_compile_time_eval(), x64(True):
        seen = np.asarray(read(steps, jax.numpy.asarray(places)))
    places = (seen.real // 2 if kind(seen.dtype) == COMPLEX else abs(seen)).astype(np.int64)
    if places.size == 0:
        return contiguous_strides(places.shape), 0
    first = places[(0,) * places.ndim] if places.ndim else places[()]
    strides = [
        int(places[tuple(int(j == i) for j in range(places.ndim))] - first) if n > 1 else 0
        for i, n in enumerate(places.shape)
    ]
    for i in reversed(range(places.ndim)):  # PyTorch gives an axis of size one a plausible stride
        if places.shape[i] == 1:
            inner = i + 1
            strides[i] = strides[inner] * places.shape[inner] if inner < places.ndim else 1
    return tuple(strides), int(first)


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of a C-ordered array, in elements."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


def memory(tensor: Tensor) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and dtype of the whole memory of which a tensor shows some."""
    array = tensor._cell.array
    return array.shape, array.dtype


def strides_of(tensor: Tensor) -> tuple[int, ...]:
    """Strides, in elements, as PyTorch's own would be."""
    if not tensor._steps:
        return contiguous_strides(tensor.shape)
    return _layout(tensor._steps, *memory(tensor))[0]


def layout(tensor: Tensor) -> tuple[tuple[int, ...], int]:
    """Strides and storage offset, in elements, as PyTorch's own would be."""
    if not tensor._steps:
        return contiguous_strides(tensor.shape), 0
    return _layout(tensor._steps, tensor._cell.array.shape, tensor._cell.array.dtype)


def numbers(input: Tensor, wanted: np.ndarray) -> np.ndarray:
    """Which element of the tensor lies at each place, counted in C order; `numel` for none."""
    steps, offset = layout(input)
    there = strided.places(input.shape, steps, offset).ravel()
    order = np.argsort(there, kind="stable")
    if not there.size:
        return np.zeros(wanted.shape, np.int64)
    at = np.searchsorted(there, wanted, sorter=order).clip(max=there.size - 1)
    return np.where(there[order[at]] == wanted, order[at], there.size)


def is_contiguous(tensor: Tensor) -> bool:
    """Whether the elements lie in C order without gaps."""
    strides = strides_of(tensor)
    expected = contiguous_strides(tensor.shape)
    return all(
        n == 1 or a == b for n, a, b in zip(tensor.shape, strides, expected, strict=True)
    ) or 0 in tensor.shape  # fmt: skip


def overlaps(tensor: Tensor) -> bool:
    """Whether elements lie in one place, for an axis has no step."""
    if all(step.kernel.row.name not in MAY_OVERLAP for step in tensor._steps):
        return False
    strides = strides_of(tensor)
    return any(n > 1 and s == 0 for n, s in zip(tensor.shape, strides, strict=True))


def is_conj(tensor: Tensor) -> bool:
    """Whether the memory holds the conjugates of what the tensor shows."""
    return _marks(tensor)[0]


def is_neg(tensor: Tensor) -> bool:
    """Whether the memory holds what the tensor shows with another sign: `x.conj().imag`."""
    return _marks(tensor)[1]


def _marks(tensor: Tensor) -> tuple[bool, bool]:
    conjugated = negated = False
    for step in tensor._steps:
        name = step.kernel.row.name
        if name == "conj":
            conjugated = not conjugated
        elif name in ("real", "imag"):
            conjugated, negated = False, conjugated and name == "imag"
    return conjugated, negated


def can_view(tensor: Tensor, shape: Sequence[int]) -> bool:
    """Whether the elements can be read in another shape without a copy.

    Runs of axes that lie together in memory are merged; each has to be filled by whole new axes.
    """
    if not tensor._steps or is_contiguous(tensor):
        return True
    strides = strides_of(tensor)
    runs: list[int] = []  # sizes of the runs of axes that lie together, innermost last
    last = None
    for size, stride in zip(tensor.shape, strides, strict=True):
        if size == 1:
            continue
        if last is not None and last == stride * size:
            runs[-1] *= size
        else:
            runs.append(size)
        last = stride
    new = [n for n in shape if n != 1]
    for size in runs:
        left = size
        while left > 1 and new and left % new[0] == 0:
            left //= new.pop(0)
        if left != 1:
            return False
    return not new
