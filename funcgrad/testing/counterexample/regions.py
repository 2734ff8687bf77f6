"""Where a Jacobian is wrong: at which values of the argument, in which corner of the array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from funcgrad.testing.counterexample.evidence import Block, Mask, Matrix, Slice


class Region(NamedTuple):
    """The part that is wrong, all else being right.

    Attributes:
        words: "where args[0] is negative".
        block: that part.
        wrong: how many columns (or rows) it has.
        total: how many there are that tell anything.
    """

    words: str
    block: Block
    wrong: int
    total: int


def region(block: Block) -> Region | None:
    """The region of the input, or else of the output, that the errors keep to; None for neither."""
    wrong = block.wrong
    telling = block.telling
    for axis, of in ((0, block.columns), (1, block.rows)):
        if of is None or of.complex:
            continue
        spoilt: Mask = np.asarray(wrong.any(axis=axis))
        spoken: Mask = np.asarray(telling.any(axis=axis))
        if spoilt.all() or not spoilt.any() or not (spoken & ~spoilt).any():
            continue
        words = ""
        if axis == 0 and block.values is not None:
            words = _by_value(of.label, block.values, spoilt, spoken)
        words = words or _by_place(of, spoilt)
        if words:
            part = block.part(slice(None), spoilt) if axis == 0 else block.part(spoilt, slice(None))
            return Region(words, part, int(spoilt.sum()), int(spoken.sum()))
    return None


def _by_value(label: str, v: Matrix, spoilt: Mask, spoken: Mask) -> str:
    """The condition on the values that singles out what is wrong."""
    for words, holds in _conditions(v):
        if (holds[spoken] == spoilt[spoken]).all():
            return f"where {label} {words}"
    size, bad, good = np.abs(v), spoilt & spoken, ~spoilt & spoken
    if spoken.sum() >= 3:
        if size[bad].min() > size[good].max():
            ends = f"wrong from {size[bad].min():.4g} on, right up to {size[good].max():.4g}"
            return f"where {label} is large in size ({ends})"
        if size[bad].max() < size[good].min():
            ends = f"wrong up to {size[bad].max():.4g}, right from {size[good].min():.4g} on"
            return f"where {label} is small in size ({ends})"
    return ""


def _conditions(v: Matrix) -> Iterator[tuple[str, Mask]]:
    _, index, counts = np.unique(v, return_inverse=True, return_counts=True)
    tied: Any = counts[index.reshape(-1)] > 1
    yield "is 0", v == 0
    yield "is negative", v < 0
    yield "is positive", v > 0
    yield "is 0 or negative", v <= 0
    yield "is 0 or positive", v >= 0
    yield "is 1", v == 1
    yield "is −1", v == -1
    yield "is 1 or −1", np.abs(v) == 1
    yield "is tied with another entry", tied
    yield "is tied with another entry for the largest", tied & (v == v.max())
    yield "is tied with another entry for the smallest", tied & (v == v.min())
    yield "is largest", v == v.max()
    yield "is smallest", v == v.min()


def _by_place(of: Slice, spoilt: Mask) -> str:
    """The box of indices that is wrong, where all of it is."""
    if not of.shape or int(np.prod(of.shape)) != spoilt.size:
        return ""
    where = np.argwhere(spoilt.reshape(of.shape))
    low, high = where.min(axis=0), where.max(axis=0) + 1
    if int(np.prod(high - low)) != len(where):
        return ""
    return f"in {of.label}[{', '.join(map(_range, low, high, of.shape))}]"


def _range(low: int, high: int, length: int) -> str:
    if high - low == length:
        return ":"
    return str(int(low)) if high - low == 1 else f"{int(low)}:{int(high)}"
