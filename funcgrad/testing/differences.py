"""The derivative of a function along a line, from its values alone, with an error bar.

A ladder of steps, each an eighth of the one before, gives one-sided and central difference
quotients. Richardson's extrapolation of the central ones is trusted where three rungs in a row
agree, and their disagreement is the error bar: a step that is too large shows there, and so does
one so small that rounding takes over.

A kink is told from a bend by the jump between the one-sided quotients. Where the function bends
it shrinks with the step, eightfold a rung; at a kink it stays. There the slopes on the two sides
are given. Where quotients grow without bound there is a jump or a pole, and no slope at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

RUNGS = 10
RATIO = 8.0
#: Steps, as parts of the scale of the direction: 2⁻⁴ to 2⁻³¹.
STEPS: np.ndarray[Any, np.dtype[np.float64]] = 2.0**-4 * RATIO ** -np.arange(RUNGS, dtype=float)

_FEWEST = 4  # rungs that an extrapolation can be made of

Array = np.ndarray[Any, np.dtype[Any]]


class Kind(IntEnum):
    """What a function is like along a line through a point."""

    SMOOTH = 0
    KINK = 1  # slopes on both sides, which differ
    POLE = 2  # no slope: a jump, a pole, or the border of the domain
    NOISY = 3  # rounding, or something wilder, hides the slope


@dataclass(frozen=True)
class Slopes:
    """Derivatives along lines, an entry a line and output.

    Attributes:
        value: the derivative; the mean of both sides at a kink.
        error: how far it may be off; infinite where there is none.
        low: the lower of the one-sided derivatives, `value` where smooth.
        high: the higher of them.
        kind: a `Kind`.
    """

    value: Array
    error: Array
    low: Array
    high: Array
    kind: Array


def slopes(
    centre: Array,
    after: Array,
    before: Array,
    steps: Array,
    epsilon: float,
    floor: Any = 0.0,
    jumps: float = 0.0,
) -> Slopes:
    """Slopes from the values on ladders of steps.

    Args:
        centre: the values at the point, `(..., M)`.
        after: those at x + h·u, `(..., K, M)`, `steps` falling by `RATIO` from rung to rung.
        before: those at x − h·u, `(..., K, M)`.
        steps: h, `(K,)`.
        epsilon: the relative rounding error of a value.
        floor: the rounding error, `(M,)`, of a value that larger terms leave when they cancel.
        jumps: how many the direction passes over in its length. Steps over them say nothing.
    """
    short = steps * jumps <= 0.5
    after, before, steps = after[..., short, :], before[..., short, :], steps[short]
    if len(steps) < _FEWEST:
        none = np.zeros(np.broadcast_shapes(centre.shape, after.shape[:-2] + centre.shape[-1:]))
        return Slopes(none, none + np.inf, none, none, np.full(none.shape, Kind.POLE))
    with np.errstate(all="ignore"):
        h = steps[:, None]
        centre = centre[..., None, :]
        size = np.maximum(np.abs(centre), np.maximum(np.abs(after), np.abs(before)))
        noise = (epsilon * size + floor + _quantum(centre, after, before, size)) / h
        right, left = (after - centre) / h, (centre - before) / h
        near = size[..., -1:, :]
        value, error = _limit((right + left) / 2, noise, RATIO**2, near)
        (high, high_error), (low, low_error) = (
            _limit(right, 2 * noise, RATIO, near),
            _limit(left, 2 * noise, RATIO, near),
        )
        kink = _stays(right - left, 4 * noise)
        pole = _grows(right, 4 * noise) | _grows(left, 4 * noise)
        one_sided = ~np.isfinite(error) & (np.isfinite(high_error) ^ np.isfinite(low_error))
        side = np.where(np.isfinite(high_error), high, low)
        side_error = np.fmin(high_error, low_error)
        bound = np.where(kink, np.maximum(high_error, low_error), 0.0)
        kind = np.where(kink, Kind.KINK, Kind.SMOOTH)
        value = np.where(kink, (high + low) / 2, np.where(one_sided, side, value))
        error = np.where(kink, bound, np.where(one_sided, side_error, error))
        scale = np.abs(value) + np.abs(high - low) + np.finfo(float).tiny
        usual = np.maximum(size[..., 0, :], floor / epsilon)
        noisy = ~(error < 1e-2 * scale) & ~(error < 1e-7 * usual)
        kind = np.where(noisy, Kind.NOISY, kind)
        kind = np.where(pole | ~np.isfinite(error), Kind.POLE, kind)
        bottom = np.where(kind == Kind.KINK, np.minimum(low, high), value)
        top = np.where(kind == Kind.KINK, np.maximum(low, high), value)
    return Slopes(value, error, bottom, top, kind)


def contract(found: Slopes, weights: Array) -> Slopes:
    """The slopes of weighted sums of what has slopes `(..., M)`, weights `(C, M)`: `(..., C)`."""
    there = found.kind != Kind.POLE
    value = np.where(there, found.value, 0.0)
    error = np.where(there, found.error, 0.0)
    middle = value @ weights.T
    spread = np.where(there, found.high - found.low, 0.0) / 2 @ np.abs(weights).T
    broken = (~there).astype(float) @ np.abs(weights).T > 0
    kinked = (found.kind == Kind.KINK).astype(float) @ np.abs(weights).T > 0
    noisy = (found.kind == Kind.NOISY).astype(float) @ np.abs(weights).T > 0
    kind = np.where(noisy, Kind.NOISY, Kind.SMOOTH)
    kind = np.where(kinked, Kind.KINK, kind)
    kind = np.where(broken, Kind.POLE, kind)
    return Slopes(middle, error @ np.abs(weights).T, middle - spread, middle + spread, kind)


def _quantum(centre: Array, after: Array, before: Array, size: Array) -> Array:
    """The step in which the values move, where that is seen: the rounding of something larger.

    log(1 + x) of a tiny x is tiny, and rounded as 1 is: along short steps it does not move at all.
    """
    moved = np.abs(np.concatenate([after - centre, before - centre], axis=-2))
    still = np.any(moved == 0, axis=-2, keepdims=True)
    least = np.min(np.where(moved > 0, moved, np.inf), axis=-2, keepdims=True)
    rounding = least < 2.0**-40 * np.maximum(1.0, size.max(axis=-2, keepdims=True))
    quantum: Array = np.where(still & rounding, least, 0.0)
    return quantum


def _limit(quotients: Array, noise: Array, factor: float, size: Array) -> tuple[Array, Array]:
    """The limit of quotients whose error falls by `factor` a rung, and its error bar.

    Among the windows of three rungs the one whose extrapolations agree best, for their size: over
    long steps all quotients of a bounded function are small, and agree. A finer window that is
    sure of another value widens the bar.
    """
    better = (factor * quotients[..., 1:, :] - quotients[..., :-1, :]) / (factor - 1)
    first, middle, last = better[..., :-2, :], better[..., 1:-1, :], better[..., 2:, :]
    spread = np.maximum(np.abs(first - middle), np.abs(middle - last))
    spread = spread + noise[..., 2:-1, :]
    spread = np.where(np.isfinite(spread), spread, np.inf)
    doubt = spread / (np.abs(middle) + 1e-6 * size + np.finfo(float).tiny)
    doubt = np.where(np.isfinite(doubt), doubt, np.inf)
    best = np.argmin(doubt, axis=-2)[..., None, :]
    value = np.take_along_axis(middle, best, axis=-2)
    error = np.take_along_axis(spread, best, axis=-2)
    rung = np.arange(middle.shape[-2])[:, None]
    finer = (rung > best) & np.isfinite(spread)
    other = np.where(finer, np.abs(middle - value) - 2 * spread, 0.0)
    error = np.maximum(error, np.max(other, axis=-2, keepdims=True, initial=0.0))
    # Between the jumps of a staircase the two finest rungs are flat, and no window is.
    last, before = quotients[..., -1:, :], quotients[..., -2:-1, :]
    bar = noise[..., -1:, :]
    agree = np.abs(last - before) <= 4 * bar + 1e-3 * np.abs(last)
    other = np.where(agree, np.abs(last - value) - 8 * bar, 0.0)
    error = np.maximum(error, np.where(np.isfinite(other), other, 0.0))
    return value[..., 0, :], error[..., 0, :]


def _ratios(quantity: Array) -> Array:
    return np.abs(quantity[..., 1:, :]) / np.abs(quantity[..., :-1, :])


def _stays(jump: Array, noise: Array) -> Array:
    """Whether a jump neither shrinks nor grows over three rungs, and not after them either."""
    same = (_ratios(jump) > 0.6) & (_ratios(jump) < 1.6)
    same &= jump[..., 1:, :] * jump[..., :-1, :] > 0
    loud = np.abs(jump) > 4 * noise
    window = same[..., :-1, :] & same[..., 1:, :] & loud[..., 2:, :]
    quietest = np.abs(jump[..., ::-1, :])
    quietest = np.fmin.accumulate(quietest, axis=-2)[..., ::-1, :]  # of this rung and all finer
    after = quietest[..., 2:, :] > 0.5 * np.abs(jump[..., 2:, :])
    found: Array = np.any(window & after, axis=-2)
    return found


def _grows(quotient: Array, noise: Array) -> Array:
    """Whether quotients grow over the three finest rungs that rounding does not hide."""
    grow = (_ratios(quotient) > 1.5) & (np.abs(quotient[..., 1:, :]) > 16 * noise[..., 1:, :])
    return grow[..., -1, :] & grow[..., -2, :] & grow[..., -3, :]
