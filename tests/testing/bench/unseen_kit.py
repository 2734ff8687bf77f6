"""What only the unseen cases need: their family, and a case of a correct function."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .blind_kit import Draw, Plant
from .cases import Case

FAMILY = "unseen"

plant = partial(Plant, family=FAMILY)


def right(
    function: Callable[..., Any], args: Callable[[Draw], tuple[Any, ...]], **more: Any
) -> Case:
    """A correct function with its arguments, under its own name."""

    def make(dtype: str) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return function, args(Draw(function.__name__, dtype))

    return Case("unseen_" + function.__name__.strip("_"), make, "correct", FAMILY, **more)


def with_zeros(draw: Draw, *shape: int) -> np.ndarray:
    """Normal values, the small half of which is 0, as behind a threshold."""
    x = draw.normal(*shape)
    return np.where(np.abs(x) < 0.7, x.dtype.type(0), x)
