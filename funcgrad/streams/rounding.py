"""Products and sums rounded as PyTorch's machine code rounds them.

Where PyTorch's C++ has `a * b + c` its compiler emits one fused instruction that rounds once.
NumPy rounds twice, which gives another last bit in about one case in three.
"""

from collections.abc import Callable
from typing import Any

import numpy as np


def scale_and_shift(values: np.ndarray, scale: float, shift: float) -> np.ndarray:
    """`values * scale + shift`, rounded once, in the dtype of the values (float32 or float64)."""
    dtype = values.dtype
    scale, shift = dtype.type(scale), dtype.type(shift)
    if shift == 0 or scale == 1:  # only one of the two operations rounds
        return values * scale + shift
    with np.errstate(all="ignore"):
        plain = values * scale + shift
        fused = _fused32 if dtype == np.float32 else _fused64
        exact = fused(values, scale, shift)
    return np.where(np.isfinite(plain), exact, plain)


def _fused32(values: np.ndarray, scale: float, shift: float) -> np.ndarray:
    """In float64 the product is exact; the sum is rounded to odd, so that a second rounding is."""
    product = values.astype(np.float64) * np.float64(scale)
    return _to_odd(product, np.float64(shift)).astype(np.float32)


def _fused64(values: np.ndarray, scale: float, shift: float) -> np.ndarray:
    """S. Boldo and G. Melquiond, "Emulation of FMA and correctly rounded sums", 2008."""
    high, low = _exact_product(values, scale)
    first, first_rest = _exact_sum(low, np.float64(shift))
    total, rest = _exact_sum(high, first)
    return total + _to_odd(first_rest, rest)


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
