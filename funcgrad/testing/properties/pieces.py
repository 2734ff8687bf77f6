"""The slopes of the pieces that meet at a point."""

from __future__ import annotations

from typing import Any

import numpy as np

from funcgrad.testing.measurement import Measurement
from funcgrad.testing.rows import Rows

_NEAR = 64  # points close by


def among_pieces(
    measured: Measurement,
    direction: Rows,
    got: Rows,
    sides: tuple[Rows, Rows],
    kinked: Any,
    weights: Rows | None = None,
) -> Any:
    """Whether pieces meet, and what a rule gives lies between their slopes; one for each output.

    Args:
        measured: the point.
        direction: `(N,)`.
        got: what the rule gives along it.
        sides: the lower and the higher of the slopes on the two sides.
        kinked: whether it is known that pieces meet.
        weights: as in `around`.
    """
    low, high = around(measured, direction, weights)
    size = np.fmax(np.abs(low), np.abs(high))
    # Where more meets than the pieces on the two sides, samples do not reach the ends of it.
    margin = 1e-2 * size + 1e-12
    more = (low < sides[0] - margin) | (high > sides[1] + margin)
    slack = np.where(more, (high - low) / 2, 0.0) + margin
    inside = (got >= low - slack) & (got <= high + slack)
    return (kinked | (high - low > 0.05 * size)) & inside


def around(
    measured: Measurement, direction: Rows, weights: Rows | None = None
) -> tuple[Rows, Rows]:
    """The lowest and highest slope along a direction at points close by.

    Where pieces of a function meet, a rule may give the slope of any of them, or a mean. Ties
    are such a place: along some directions `sort` is smooth there, with a slope that none of
    its pieces has.

    Args:
        direction: `(N,)`.
        weights: cotangents `(C, M)` for the slopes of products with the outputs, or None.
    """
    random = np.random.default_rng(measured.seed + 4)
    count = _NEAR // 32 if measured.great else _NEAR
    near = measured.x + 1e-4 * measured.anywhere(random, count)
    steps = np.array([2.0**-22, 2.0**-24])
    moves = np.array([1.0, -1.0])[:, None] * steps  # side, rung
    points = near[:, None, None] + moves[None, :, :, None] * direction

    def observe(out: Rows, *_: Any) -> Rows:
        return measured.seen(out) if weights is None else out @ weights.T

    out = measured.run_values(
        points.reshape(-1, len(measured.x)),
        measured.random_cotangent[None],
        measured.directions[:1],
        measured.fixed,
        observe,
    )
    with np.errstate(all="ignore"):
        out = out.reshape(len(near), 2, 2, -1)
        quotients = (out[:, 0] - out[:, 1]) / (2 * steps[:, None])
        fine = quotients[:, 1]
        good = np.abs(quotients[:, 0] - fine) <= 1e-2 * np.abs(fine) + 1e-6
        low = np.min(np.where(good, fine, np.inf), axis=0)
        high = np.max(np.where(good, fine, -np.inf), axis=0)
    return low, high
