"""Questions about type promotion, asked of tensors."""

from typing import Any

from ..ops.promotion import BOOL, INT, kind
from ..ops.promotion import result_type as of_codes
from . import dtypes
from .plans import code


def result_type(tensor1: Any, tensor2: Any) -> dtypes.DType:
    """The dtype that an arithmetic operation on both would have."""
    codes = (code(tensor1), code(tensor2))
    return dtypes.of(of_codes(codes, dtypes.default.dtype.numpy))


def can_cast(from_: dtypes.DType, to: dtypes.DType) -> bool:
    """Whether PyTorch lets a result of one dtype be stored in the other."""
    a, b = kind(from_.numpy), kind(to.numpy)
    if a == INT and b == INT and from_.is_signed and not to.is_signed:
        return False
    return b == BOOL if a == BOOL and b == BOOL else a <= b
