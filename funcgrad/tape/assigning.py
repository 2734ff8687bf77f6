"""Python numbers on their way into a tensor: which fit its dtype, and how they get there."""

import math
from typing import Any

import jax
import numpy as np

from ..ops.promotion import BOOL, COMPLEX, FLOAT, kind
from . import dtypes
from .creation import tensor
from .tensor import Tensor

_C_NAMES = {
    "float32": "float", "int64": "int64_t", "int32": "int", "int16": "int16_t", "int8": "int8_t",
    "uint8": "uint8_t", "complex64": "c10::complex<float>",
}  # fmt: skip


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
    return tensor(fitting(value, input.dtype), dtype=input.dtype, device=input.device)


def fitting(value: Any, dtype: dtypes.DType) -> Any:
    """A number as it is, if the dtype holds it; halves take any, as infinities.

    Raises:
        ValueError: for a whole number of more than 64 bits.
        RuntimeError: for any other that the dtype does not hold.
    """
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"Overflow when unpacking long long: {value} has more than 64 bits")
    what, name = kind(dtype.numpy), dtype.numpy.name
    if what == BOOL or (what < FLOAT and isinstance(value, bool)):
        return value
    parts = (value.real, value.imag) if isinstance(value, complex) else (value,)
    if what < COMPLEX:
        fits = len(parts) == 1 or not parts[1]
        value, parts = parts[0], parts[:1]
    else:
        fits = True
    if what < FLOAT:
        limits = np.iinfo(dtype.numpy)
        wraps = limits.min == 0 and isinstance(value, int | np.integer)  # -1 is 255
        low = -limits.max if wraps else limits.min
        fits = fits and math.isfinite(value) and low <= value <= limits.max
        value = int(value) % (limits.max + 1) if fits and limits.min == 0 else value
    elif name in ("float32", "complex64"):
        largest = float(np.finfo(np.float32).max)
        fits = fits and all(not math.isfinite(part) or abs(part) <= largest for part in parts)
    if not fits:
        raise RuntimeError(
            f"value cannot be converted to type {_C_NAMES.get(name, 'double')} without overflow: "
            f"{value!r} is no value of torch.{name}"
        )
    return value
