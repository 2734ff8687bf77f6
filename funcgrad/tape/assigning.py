"""What is put into a tensor by its items: tensors, and numbers that fit its dtype."""

from typing import Any

import jax
import numpy as np

from ..ops.filling import check_number, number_as
from ..ops.promotion import FLOAT64, HALF
from .creation import tensor
from .tensor import Tensor


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
