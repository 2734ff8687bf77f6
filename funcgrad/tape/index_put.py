"""`index_put`, `index_put_` and `fill_diagonal_`: edits of some places under names of their own."""

from collections.abc import Sequence
from typing import Any

from ..ops import OPS
from ..ops.promotion import BOOL, INT, kind
from . import inplace, record
from .assigning import masked
from .indexing import places_of, spec_of
from .tensor import Tensor

_ROW = OPS["index_put"]


def index_put_(
    input: Tensor, indices: Sequence[Any], values: Tensor, accumulate: bool = False
) -> Tensor:
    """`input[indices] = values` in place, or `+=` with repeated places all counted.

    Args:
        input: tensor to edit.
        indices: a tuple of index tensors and masks, for the first axes.
        values: of the dtype of the input; broadcast to the places.
        accumulate: add to what is there.
    """
    operands, statics = _operands("index_put_", input, indices, values, accumulate)
    return inplace.call(_ROW, operands, statics)


def index_put(
    input: Tensor, indices: Sequence[Any], values: Tensor, accumulate: bool = False
) -> Tensor:
    """`index_put_` of a copy."""
    operands, statics = _operands("index_put", input, indices, values, accumulate)
    return record.call(_ROW, operands, statics)


def _operands(
    name: str, input: Tensor, indices: Any, values: Any, accumulate: bool
) -> tuple[list[Any], dict[str, Any]]:
    if not isinstance(indices, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'indices' (position 1) must be tuple of Tensors, not "
            f"{type(indices).__name__}"
        )
    if not isinstance(values, Tensor):
        raise TypeError(
            f"{name}(): argument 'values' (position 2) must be Tensor, not {type(values).__name__}"
        )
    arrays: list[Any] = []
    for place, index in enumerate(indices):
        if not isinstance(index, Tensor):
            raise TypeError(
                f"expected Tensor as element {place} in argument 0, but got {type(index).__name__}"
            )
        arrays += _arrays(input, index, len(arrays))
    if not 0 < len(arrays) <= input.ndim:
        many = "many" if arrays else "few"
        raise IndexError(
            f"too {many} indices for tensor of dimension {input.ndim} (got {len(arrays)})"
        )
    if values.dtype is not input.dtype and not accumulate:
        values = masked(values, indices, input.dtype.numpy)
    spec, _ = spec_of(input, arrays)
    return [[input, *arrays, values]], {"spec": spec, "accumulate": bool(accumulate)}


def _arrays(input: Tensor, index: Tensor, axis: int) -> list[Tensor]:
    """An index of one axis, or where a mask of several is true."""
    what = kind(index._read().dtype)
    if what not in (BOOL, INT):
        raise IndexError(
            "tensors used as indices must be long, int, byte or bool tensors; convert with .long()"
        )
    if what == BOOL and index.ndim:
        return places_of(index, input.shape, axis)
    return [index.long().reshape(index.shape or (1,))]


def fill_diagonal_(input: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Put a number on the main diagonal, in place; of a tall matrix again below it if it `wrap`s.

    Args:
        input: (m, n), or of more axes that are all as long.
        fill_value: the number.
        wrap: start again after a row without one, as long as there are rows.
    """
    if input.ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    if input.ndim > 2 and len(set(input.shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    rows, columns = input.shape[:2]
    again = columns + 1 if wrap and input.ndim == 2 else rows
    for start in range(0, rows, max(again, 1)):
        diagonal: Any = input[start:] if start else input
        while diagonal.ndim > 1:
            diagonal = diagonal.diagonal(0, 0, -1)
        diagonal.fill_(fill_value)
    return input


def install() -> None:
    """Give the tensor these methods."""
    for made in (index_put_, index_put, fill_diagonal_):
        setattr(Tensor, made.__name__, made)


install()
