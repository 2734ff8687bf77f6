"""log, sin and cos in float32 as PyTorch's normals compute them, eight lanes at a time.

Polynomials of S. Moshier's Cephes library, in the order of operations of J. Pommier's and
G. Garberoglio's vector code, with the multiplications and additions that the compiler fuses fused.
A product of two float32 is exact in float64, so a fused operation is one in float64, then rounded:
for each of the 2**24 uniforms that PyTorch can draw this gives the bits of the instruction.
"""

from typing import Any

import numpy as np

_LOG = (-1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)  # fmt: skip

_SQRT_HALF = np.int32(0x3F3504F3)


def _fused(a: np.ndarray, b: Any, c: Any) -> np.ndarray:
    """a * b + c for float32, rounded once; the first may be widened already."""
    return (np.multiply(a, b, dtype=np.float64) + c).astype(np.float32)


def _f(x: float) -> np.float32:
    return np.float32(x)


def log(x: np.ndarray) -> np.ndarray:
    """The natural logarithm of positive normal numbers."""
    # x = mantissa · 2**exponent with the mantissa in [√½, √2), whose bits are from _SQRT_HALF on.
    bits = x.view(np.int32)
    exponent = (bits - _SQRT_HALF) >> 23
    x = (bits - (exponent << 23)).view(np.float32) - _f(1)
    exponent = exponent.astype(np.float32)
    wide, square = x.astype(np.float64), x * x
    y = np.full_like(x, 7.0376836292e-2)
    for coefficient in _LOG:
        y = _fused(wide, y, _f(coefficient))
    y = _fused(y * x, square, exponent * _f(-2.12194440e-4))
    y = _fused(square, _f(-0.5), y)
    return _fused(exponent, _f(0.693359375), x + y)


def sin_and_cos(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sine and cosine of angles of at least 0."""
    octant = ((x * _f(1.27323954473516)).astype(np.int32) + 1) & ~1
    turns = octant.astype(np.float64)
    for part in (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8):
        x = _fused(turns, _f(part), x)  # π/4 in three pieces
    square = x * x
    wide = square.astype(np.float64)
    even = _fused(wide, _f(2.443315711809948e-5), _f(-1.388731625493765e-3))
    even = _fused(wide, even, _f(4.166664568298827e-2)) * square
    even = _fused(wide, even, -(square * _f(0.5))) + _f(1)
    odd = _fused(wide, _f(-1.9515295891e-4), _f(8.3321608736e-3))
    odd = _fused(wide, odd, _f(-1.6666654611e-1)) * square
    odd = _fused(odd, x, x)
    # By bits: sine and cosine are exchanged where bit 1 of the octant is set, and change sign
    # where bit 2 is, of the octant and of two octants on.
    even, odd = even.view(np.int32), odd.view(np.int32)
    exchange = (even ^ odd) & -((octant >> 1) & 1)
    sine = odd ^ exchange ^ ((octant & 4) << 29)
    cosine = even ^ exchange ^ (((octant + 2) & 4) << 29)
    return sine.view(np.float32), cosine.view(np.float32)
