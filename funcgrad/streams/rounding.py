"""Products and sums rounded as PyTorch's machine code rounds them.

Where PyTorch's C++ has `a * b + c` its compiler emits one fused instruction that rounds once.
NumPy rounds twice, which gives another last bit in about one case in three.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

# So many values at a time that what lies between the operations stays in the processor's cache.
_SLICE = 2**14


def scale_and_shift(values: np.ndarray, scale: float, shift: float) -> np.ndarray:
    """`values * scale + shift`, rounded once, of one axis of float32 or float64."""
    dtype = values.dtype
    scale, shift = dtype.type(scale), dtype.type(shift)
    if shift == 0 or scale == 1:  # only one of the two operations rounds
        return values + shift if scale == 1 else values * scale + shift
    fused = _fused32 if dtype == np.float32 else _fused64
    result = np.empty_like(values)
    with np.errstate(all="ignore"):
        for start in range(0, len(values), _SLICE):
            part = values[start : start + _SLICE]
            result[start : start + _SLICE] = fused(part, scale, shift)
    return result


def _fused32(values: np.ndarray, scale: float, shift: float) -> np.ndarray:
    """In float64 the product is exact; the sum is rounded to odd, so that a second rounding is."""
    product = np.multiply(values, scale, dtype=np.float64)
    total = product + np.float64(shift)
    # Rounding twice goes wrong only from the middle between two float32.
    if ((total.view(np.int64) & 0x1FFFFFFF) == 0x10000000).any() or abs(scale) < 1e-30:
        total = _to_odd(product, np.float64(shift))
    return total.astype(np.float32)


def _fused64(values: np.ndarray, scale: float, shift: float) -> np.ndarray:
    """S. Boldo and G. Melquiond, "Emulation of FMA and correctly rounded sums", 2008."""
    high, low = _exact_product(values, scale)
    first, first_rest = _exact_sum(low, np.float64(shift))
    total, rest = _exact_sum(high, first)
    result = total + _to_odd(first_rest, rest)
    return np.where(np.isfinite(result), result, values * scale + shift)


def _exact_sum(a: np.ndarray, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """The rounded sum and what rounding took away (D. Knuth)."""
    total = a + b
    other = total - a
    return total, (a - (total - other)) + (b - other)


def _exact_product(a: np.ndarray, b: float) -> tuple[np.ndarray, np.ndarray]:
    """The rounded product and what rounding took away (T. Dekker)."""
    a_high, b_high = _upper_half(a), _upper_half(np.float64(b))
    a_low, b_low = a - a_high, b - b_high
    product = a * b
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _upper_half(a: Any) -> Any:
    shifted = a * 134217729.0  # 2**27 + 1
    return shifted - (shifted - a)


def _to_odd(a: np.ndarray, b: Any) -> np.ndarray:
    """The sum rounded to odd: of its two neighbours in float64 the one whose last bit is 1."""
    total, rest = _exact_sum(a, b)
    bits = total.view(np.int64)
    outwards = np.where((rest > 0) == (total > 0), 1, -1)
    return np.where((rest != 0) & (bits & 1 == 0), bits + outwards, bits).view(np.float64)


def cast(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """To another floating dtype; PyTorch makes half types by way of float32."""
    with np.errstate(over="ignore"):  # what is too large becomes infinite
        if dtype.itemsize == 2 and values.dtype == np.float64:
            values = values.astype(np.float32)
        return values.astype(dtype, copy=False)


def libm(function: Callable[[float], float], values: np.ndarray) -> np.ndarray:
    """A function of Python's `math` elementwise: it is the C library's, which PyTorch calls.

    NumPy's own may differ in the last bit. Poles and overflow are C's: infinite.
    """
    try:
        return np.fromiter(map(function, values.tolist()), np.float64, values.size)
    except (ValueError, OverflowError):
        return np.array([_with_infinities(function, x) for x in values.tolist()])


def _with_infinities(function: Callable[[float], float], x: float) -> float:
    try:
        return function(x)
    except (ValueError, OverflowError):  # where Python raises, NumPy follows C
        with np.errstate(all="ignore"):
            return float(getattr(np, function.__name__)(x))
