"""What is put into a tensor by its items: tensors, and numbers that fit its dtype."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from ..ops.filling import check_number, number_as
from ..ops.promotion import BOOL, FLOAT64, HALF, kind
from .creation import tensor
from .dtypes import of
from .tensor import Tensor


def masked(value: Tensor, indices: Sequence[Any], dtype: np.dtype) -> Tensor:
    """A tensor of one element in another dtype, where the one index tensor is a mask.

    PyTorch then fills with its number, which the dtype must hold; else the tensor as it is.
    """
    if value.numel() != 1 or len(indices) != 1 or kind(indices[0]._read().dtype) != BOOL:
        return value
    check_number(value.item(), dtype)
    return value.to(of(dtype))


def assigned(input: Tensor, value: Any) -> Tensor:
    """What `x[…] = value` puts into `x`: a tensor as it is, a number in the dtype of `x`.

    Raises:
        TypeError: for what is neither a tensor nor a number.
        ValueError: for a whole number of more than 64 bits.
        RuntimeError: for a number that the dtype does not hold.
    """
    if isinstance(value, Tensor):
        return value
    if isinstance(value, jax.Array):
        return tensor(value, dtype=input.dtype, device=input.device)
    if not isinstance(value, int | float | complex | np.integer):
        cls = type(value)
        module = "" if cls.__module__ == "builtins" else f"{cls.__module__}."
        raise TypeError(
            f"can't assign a {module}{cls.__qualname__} to a {input.type()}; "
            "assign a number, or a tensor: torch.tensor(…)"
        )
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"Overflow when unpacking long long: {value} has more than 64 bits")
    dtype = input.dtype.numpy
    # A number is made a double on its way into a half type, and there it may become an infinity.
    check_number(value, FLOAT64 if dtype in HALF else dtype)
    return tensor(number_as(value, dtype), device=input.device)
