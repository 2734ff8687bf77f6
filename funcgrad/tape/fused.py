"""A product and a sum in one rounding, as processors have it, for NumPy arrays."""

import numpy as np

_SPLITTER = 2.0**27 + 1


def _halves(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two numbers of 26 bits that add up to x."""
    scaled = _SPLITTER * x
    high = scaled - (scaled - x)
    return high, x - high


def fused(factor: np.ndarray, by: np.ndarray, addend: np.ndarray) -> np.ndarray:
    """`factor * by + addend`, rounded once in float32 and float64, twice in the half types.

    In float64 the error of the product, and that of the sum, are added to the sum (T. J. Dekker,
    "A floating-point technique for extending the available precision", 1971).
    """
    dtype = np.result_type(factor)
    if dtype == np.float32:
        exact = np.multiply(factor, by, dtype=np.float64)
        return (exact + np.asarray(addend, np.float64)).astype(dtype)
    product = factor * by
    if dtype != np.float64:
        return product + addend
    total = product + addend
    (a, b), (c, d) = _halves(factor), _halves(by)
    lost = ((a * c - product) + a * d + b * c) + b * d
    rest = total - product
    lost += (product - (total - rest)) + (addend - rest)
    return np.where(np.isfinite(lost), total + lost, total)
