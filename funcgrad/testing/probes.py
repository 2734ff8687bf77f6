"""Along what a function is looked at: directions in the scale of the point, and cotangents.

Directions are measured in the scale of the point: a step of 1 along a coordinate is as long as
the number that is there. So a function of numbers of mixed sizes is tested in all of them alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from funcgrad.testing.coordinates import Coordinates
from funcgrad.testing.rows import Rows
from funcgrad.testing.subject import Subject

_ALL_COORDINATES = 16  # up to here every coordinate is a direction, every output a cotangent
_SOME = 8  # beyond, so many of them
_FEW = 2  # and of a great many, where each look takes its time, so many
_ONE = 1  # and where a row is very long
_EVERY = 3  # coordinates up to which a function that is slow to call is looked at along each


@dataclass(frozen=True)
class Probes:
    """Directions and cotangents at a point.

    Attributes:
        scale: the size of each coordinate, `(N,)`.
        coordinates: those of which each is a direction of its own, the first directions.
        directions: `(D, N)`.
        one_hot: the outputs of which each is a cotangent of its own, the first cotangents.
        cotangents: `(C, M)`; the last is a random one.
    """

    scale: Rows
    coordinates: Any
    directions: Rows
    one_hot: Any
    cotangents: Rows

    @classmethod
    def at(
        cls,
        x: Rows,
        subject: Subject,
        inputs: Coordinates,
        outputs: int,
        seed: int,
        *,
        great: bool,
        slow: bool,
    ) -> Probes:
        """Those for a point, drawn from a seed.

        Args:
            x: the point, `(N,)`.
            subject: knows along what its arguments may move.
            inputs: the layout of the point.
            outputs: M.
            seed: for what is drawn.
            great: whether rows are so long that there should be few.
            slow: whether each look takes its time.
        """
        random = np.random.default_rng(seed)
        scale = _scale(x, inputs)
        some = _ONE if great else _FEW if slow else _SOME
        every = _EVERY if slow else _ALL_COORDINATES
        coordinates, one_hot = (_some(size, random, some, every) for size in (len(x), outputs))
        drawn = 0 if len(x) < 2 else 1 if great else 2
        along = np.zeros((len(coordinates), len(x)))
        along[np.arange(len(coordinates)), coordinates] = 1
        directions = along * scale
        if drawn:
            mixed = random.standard_normal((drawn, len(x))) * scale
            directions = np.concatenate([directions, _along_ties(x, scale), mixed])
        cotangent = 0.5 + random.random(outputs)
        cotangent *= random.choice([-1.0, 1.0], outputs)
        hot = np.zeros((len(one_hot), outputs))
        hot[np.arange(len(one_hot)), one_hot] = 1
        return cls(
            scale,
            coordinates,
            subject.along(directions, inputs),
            one_hot,
            np.concatenate([hot, cotangent[None]]),
        )


def _along_ties(x: Rows, scale: Rows) -> Rows:
    """Along all entries, each by its size, and along those that equal the most frequent one.

    What is a kink for each of some equal numbers is none for all of them together.
    """
    values, counts = np.unique(x, return_counts=True)
    tied = x == values[np.argmax(counts)]
    usual = float(np.median(scale))
    return np.stack([scale, np.where(tied, usual, 0.0)])


def _scale(x: Rows, inputs: Coordinates) -> Rows:
    """The size of each coordinate, no smaller than a millionth of what is usual in its leaf."""
    scale = np.abs(x)
    for start, stop in inputs.spans:
        part = scale[start:stop]
        usual = np.median(part[part > 0]) if np.any(part > 0) else 1.0
        scale[start:stop] = np.where(part > 0, np.maximum(part, usual * 1e-6), usual)
    return scale


def _some(size: int, random: np.random.Generator, some: int, every: int) -> Any:
    if size <= every:
        return np.arange(size)
    return np.sort(random.choice(size, some, replace=False))
