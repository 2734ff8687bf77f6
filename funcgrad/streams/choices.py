"""Choices by given probabilities."""

import numpy as np

from .selection import largest
from .twister import Twister


def bernoulli(source: Twister, p: float | np.ndarray, n: int) -> np.ndarray:
    """n times true with probability p: one for all, or n of them.

    Probabilities in an array are compared with a uniform value of their own precision, one that is
    given as a number with one of float64.
    """
    probabilities = np.asarray(p)
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    single = np.ndim(p) > 0 and probabilities.dtype != np.float64
    draws = source.unit(n, np.dtype(np.float32 if single else np.float64))
    return draws < probabilities.astype(draws.dtype, copy=False).reshape(-1)


def with_replacement(source: Twister, weights: np.ndarray, samples: int) -> np.ndarray:
    """Rows of indices drawn with the probabilities of the rows of weights."""
    work = np.float64 if weights.dtype == np.float64 else np.float32
    sums = np.cumsum(weights.astype(work), axis=1)
    sums = sums / sums[:, -1:]
    sums[:, -1] = 1
    rows = [
        np.searchsorted(row.astype(np.float64), source.unit(samples, np.dtype(np.float64)))
        for row in sums
    ]
    return np.array(rows, np.int64).reshape(len(weights), samples)


def without_replacement(weights: np.ndarray, times: np.ndarray, samples: int) -> np.ndarray:
    """Rows of different indices: those whose exponential times, run at their weights, end first."""
    with np.errstate(all="ignore"):
        speeds = (weights / times).astype(np.float64)
    if samples == 1:
        return np.argmax(speeds, axis=1).reshape(-1, 1)
    rows = [largest(row, samples) for row in speeds]
    return np.array(rows, np.int64).reshape(len(weights), samples)
