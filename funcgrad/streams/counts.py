"""Poisson's and the binomial distribution, drawn one value at a time.

How many uniform values one count takes is not known before. So they are taken from a copy of the
stream in blocks, and the stream is moved on by as many as were used.

Sources: W. Hörmann, "The transformed rejection method for generating Poisson random variables" and
"The generation of binomial random variates", both 1993; for small means the sum of waiting times.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .stream import Stream

_BLOCK = 1024
Uniform = Callable[[], float]


def draw_each(stream: Stream, draw: Callable[..., float], *columns: np.ndarray) -> np.ndarray:
    """`draw(uniform, *values)` for each row of values, as float64."""
    used = 0
    ahead = stream.clone_state()

    def uniforms() -> Iterator[float]:
        while True:
            yield from ahead.unit(_BLOCK, np.dtype(np.float64)).tolist()

    endless = uniforms()

    def uniform() -> float:
        nonlocal used
        used += 1
        return next(endless)

    try:
        rows = zip(*(column.ravel().tolist() for column in columns), strict=True)
        return np.array([draw(uniform, *row) for row in rows], np.float64)
    finally:
        stream.draw64(used)


def poisson(uniform: Uniform, rate: float) -> float:
    """A count of events of this rate."""
    if not rate >= 0:
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    if rate >= 10:
        return _poisson_by_rejection(uniform, rate)
    if rate == 0:
        return 0
    count, product, end = 0, uniform(), math.exp(-rate)
    while product > end:
        count, product = count + 1, product * uniform()
    return count


def _poisson_by_rejection(uniform: Uniform, rate: float) -> float:
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    inside = 0.9277 - 3.6224 / (b - 2)
    log_rate = math.log(rate)
    while True:
        u, v = uniform() - 0.5, uniform()
        edge = 0.5 - abs(u)
        if edge == 0:  # the quotient below is infinite: the count is no number, and refused
            continue
        k = math.floor((2 * a / edge + b) * u + rate + 0.43)
        if edge >= 0.07 and v <= inside:
            return k
        if k < 0 or (edge < 0.013 and v > edge):
            continue
        height = _log(v) + math.log(inverse_alpha) - math.log(a / (edge * edge) + b)
        if height <= -rate + k * log_rate - math.lgamma(k + 1.0):
            return k


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf


def binomial(dtype: np.dtype) -> Callable[..., float]:
    """The draw of a count of successes, rounded between as in PyTorch's code for this dtype."""

    def rounded(x: Any) -> float:
        return float(dtype.type(x))

    def draw(uniform: Uniform, count: float, p: float) -> float:
        if count <= 0 or p <= 0:
            return 0
        if p >= 1:
            return count
        if math.isnan(p) or math.isnan(count):
            return math.nan
        rare = p if p <= 0.5 else rounded(1.0 - p)
        method = _by_rejection if rounded(count * rare) >= 10 else _by_waiting
        found = method(uniform, count, rare, rounded)
        return found if p <= 0.5 else count - found

    return draw


def _by_waiting(uniform: Uniform, count: float, p: float, rounded: Any) -> float:
    """Add waiting times, which are geometric, until the trials are over."""
    log_failure = rounded(math.log1p(-p))
    successes, trials = 0, 0.0
    while True:
        trials += math.ceil(_log(u) / log_failure) if (u := uniform()) > 0 else math.inf
        if trials > count:
            return successes
        successes += 1


def _by_rejection(uniform: Uniform, count: float, p: float, rounded: Any) -> float:
    failure = rounded(1 - p)
    mean = rounded(count * p)
    deviation = rounded(math.sqrt(rounded(mean * failure)))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    inside = 0.92 - 4.2 / b
    odds = rounded(p / failure)
    alpha = (2.83 + 5.1 / b) * deviation
    mode = math.floor(rounded(rounded(count + 1) * p))
    while True:
        u, v = uniform() - 0.5, uniform()
        edge = 0.5 - abs(u)
        if edge == 0:
            continue
        k = rounded(math.floor((2 * a / edge + b) * u + (mean + 0.5)))
        if k < 0 or k > count:
            continue
        if edge >= 0.07 and v <= inside:
            return k
        rest = rounded(rounded(count - k) + 1)
        bound = (
            (mode + 0.5) * math.log((mode + 1) / (odds * (count - mode + 1)))
            + rounded(count + 1) * math.log((count - mode + 1) / rest)
            + (k + 0.5) * math.log(odds * rest / rounded(k + 1))
            + _stirling(mode)
            + _stirling(count - mode)
            - _stirling(k)
            - _stirling(rounded(count - k))
        )
        if _log(v * alpha / (a / (edge * edge) + b)) <= bound:
            return k


_TAILS = (0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509,
          0.0166446911898211, 0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
          0.00925546218271273, 0.00833056343336287)  # fmt: skip


def _stirling(k: float) -> float:
    """What Stirling's formula lacks of log k!."""
    if k < len(_TAILS):
        return _TAILS[int(k)]
    square = (k + 1) * (k + 1)
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1)
