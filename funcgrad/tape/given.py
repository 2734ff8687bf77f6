"""What users give as data: what no tensor can be made of, and the error that says why."""

from typing import Any

import numpy as np

from ..ops.filling import within
from ..ops.promotion import FLOAT, INT, kind

_NUMBERS = (
    "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, "
    "uint16, uint8, and bool"
)


def check_array(array: Any) -> None:
    """Raise PyTorch's error for a NumPy array that does not hold numbers."""
    if array.dtype.kind not in "biufcV":
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{array.dtype.type.__name__}. The only "
            f"supported types are: {_NUMBERS}."
        )


def check_range(array: np.ndarray, data: Any, dtype: np.dtype) -> None:
    """Raise PyTorch's error where one of the given numbers is none of a given dtype.

    Only integers have bounds here: floating numbers overflow to infinities.

    Args:
        array: the data as an array, in which a float beside an integer makes floats of both.
        data: nested sequences of Python numbers.
        dtype: what they are to become.
    """
    if array.dtype.kind == "c" and kind(dtype) in (INT, FLOAT):
        raise TypeError(
            "must be real number, not complex; take its .real"
            if kind(dtype) == FLOAT
            else "'complex' object cannot be interpreted as an integer; take its .real"
        )
    if kind(dtype) != INT or within(array, dtype).all():
        return
    for number in np.array(data, object).flat:
        if not within(np.asarray(number), dtype):
            raise RuntimeError(
                f"value cannot be converted to type {dtype} without overflow: {number!r} is no "
                f"value of torch.{dtype}"
            )


def no_array(data: Any) -> Exception:
    """Why nested sequences of Python numbers make no array."""
    return _no_number(data) or _unequal(data, _lengths(data), 0) or RuntimeError(
        f"Could not infer dtype of {type(data).__name__}"
    )  # fmt: skip


def _no_number(data: Any) -> Exception | None:
    """The first thing in it that is no number."""
    if isinstance(data, (list, tuple)):
        return next((found for item in data if (found := _no_number(item)) is not None), None)
    if isinstance(data, (str, bytes)):
        return TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if isinstance(data, (bool, complex, float, np.generic, np.ndarray)):
        return None
    if isinstance(data, int):
        fits = -(2**63) <= data < 2**63
        return None if fits else ValueError("Overflow when unpacking long long")
    return RuntimeError(f"Could not infer dtype of {type(data).__name__}")


def _lengths(data: Any) -> list[int]:
    """The shape, read off the first items."""
    found = []
    while isinstance(data, (list, tuple)) or (isinstance(data, np.ndarray) and data.ndim):
        found.append(len(data))
        if not len(data):
            break
        data = data[0]
    return found


def _unequal(data: Any, lengths: list[int], dim: int) -> Exception | None:
    """The first part in it that has another shape than the first items."""
    sequence = isinstance(data, (list, tuple)) or (isinstance(data, np.ndarray) and data.ndim > 0)
    if dim == len(lengths):
        name = type(data).__name__
        return (
            TypeError(f"'{name}' object cannot be interpreted as an integer") if sequence else None
        )
    if not sequence:
        return TypeError(f"not a sequence at dim {dim}, but {type(data).__name__}")
    if len(data) != lengths[dim]:
        return ValueError(
            f"expected sequence of length {lengths[dim]} at dim {dim} (got {len(data)})"
        )
    parts = (_unequal(item, lengths, dim + 1) for item in data)
    return next((found for found in parts if found is not None), None)
