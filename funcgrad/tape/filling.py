"""Filling with a number, which the dtype of the tensor must hold.

PyTorch reads the one value of a tensor that is given instead, as `item()` does, and then it must
be held as well; only `fill_` copies it.
"""

from functools import lru_cache, wraps
from typing import Any

import jax
import numpy as np

from ..ops import OPS, Row
from ..ops.filling import check_number, number_as
from ..ops.promotion import BOOL, COMPLEX, INT, kind
from . import inplace, record
from .bind import face_name, function, inplace_function, parse, store
from .tensor import Tensor


def _held(name: str, input: Any, value: Any) -> Any:
    """The value as the row takes it: a number of the dtype, or a tensor that is real where asked.

    Raises:
        OverflowError: for an integer of more than 64 bits.
        RuntimeError: for a number that the dtype does not hold.
    """
    if not isinstance(input, Tensor) or value is None:
        return value
    dtype = input._read().dtype
    if isinstance(value, Tensor):
        array = value._read()
        if array.ndim or isinstance(array, jax.core.Tracer):
            return value
        if name == "fill":
            return value.to(input.dtype) if _narrows(array.dtype, dtype) else value
        _number(name, value.item(), dtype)
        if not _narrows(array.dtype, dtype):
            return value
        return value.ne(0) if kind(dtype) == BOOL else value.real
    return _number(name, value, dtype)


def _number(name: str, value: Any, dtype: np.dtype) -> Any:
    # 0.0 == -0.0, so the sign is part of the key.
    signed = value == 0 or isinstance(value, complex)
    return _checked(name, value, repr(value) if signed else None, dtype)


@lru_cache(maxsize=4096, typed=True)
def _checked(name: str, value: Any, sign: Any, dtype: np.dtype) -> Any:
    """The number as the dtype holds it."""
    if name == "index_fill" and isinstance(value, complex) and kind(dtype) < COMPLEX:
        raise RuntimeError(
            "index_fill_(): Converting complex Scalar to non-complex type is not supported; take "
            "its .real"
        )
    check_number(value, dtype)
    number = number_as(value, dtype)
    # Rows take integers as int64; one of 64 bits without a sign wraps on its way, and back.
    return number.astype(np.int64).item() if kind(dtype) == INT else number.item()


def _narrows(source: np.dtype, target: np.dtype) -> bool:
    return kind(source) == COMPLEX > kind(target)


def _operands(row: Row, name: str, args: tuple, kwargs: dict[str, Any]) -> tuple[list, dict]:
    operands, statics = parse(row, name, args, kwargs)
    for place, key in enumerate(row.operands):
        numeric = key == "src" and getattr(operands[place], "ndim", 0) == 0
        if key == "value" or numeric:
            operands[place] = _held(row.name, operands[0], operands[place])
    return operands, statics


def _filler(row: Row) -> Any:
    """The row as a function of tensors."""

    @wraps(function(row))
    def filler(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        operands, statics = _operands(row, row.name, args, kwargs)
        result = record.call(row, operands, statics)
        return result if out is None else store(result, out, operands)

    return filler


def _filler_inplace(row: Row) -> Any:
    """The row with its result put where the first operand was."""

    @wraps(inplace_function(row))
    def filler(*args: Any, **kwargs: Any) -> Tensor:
        operands, statics = _operands(row, f"{face_name(row)}_", args, kwargs)
        return inplace.call(row, operands, statics)

    return filler


fill, masked_fill = _filler(OPS["fill"]), _filler(OPS["masked_fill"])
index_fill, scatter = _filler(OPS["index_fill"]), _filler(OPS["scatter"])


def install() -> None:
    """Give the tensor these methods."""
    Tensor.masked_fill, Tensor.index_fill, Tensor.scatter = masked_fill, index_fill, scatter
    for name in ("fill", "masked_fill", "index_fill", "scatter"):
        setattr(Tensor, f"{name}_", _filler_inplace(OPS[name]))


install()
