"""Entries drawn from a pool: each for itself in a small array, from a seed in a large one."""

from __future__ import annotations

from typing import Any

import numpy as np

from .library import Draw, draw_bytes
from .pool import PAGES, USUAL_PAGES, Pool

#: Up to so many entries each is drawn, and shrinks, by itself.
SMALL = 16

#: From this first byte on, all entries of a large array are random.
ALL = 64

#: In a large array so many entries are set by themselves, wherever they are.
OVERRIDES = 3


def draw_entries(draw: Draw, pool: Pool, count: int, *, ties: bool = False) -> Any:
    """So many entries, as one axis.

    Args:
        draw: Hypothesis's.
        pool: what they are chosen from.
        count: how many; thousands cost one choice more than one, and milliseconds a million.
        ties: whether to take two or three values only, so that entries are equal.
    """
    if count == 0:
        return pool.flat[:0].copy()
    if ties:
        page, *levels = draw_bytes(draw, 4)
        values = pool.pages[page % PAGES][np.array(levels)]
        return values[draw_indices(draw, count, 3)]
    if count <= SMALL:
        page, *chosen = draw_bytes(draw, 1 + count)
        return pool.pages[page % PAGES][np.array(chosen)]
    return _many(draw, pool, count)


def draw_indices(draw: Draw, count: int, limit: int) -> Any:
    """So many integers below a limit of at most 256, the simplest all 0."""
    if count <= SMALL:
        return np.frombuffer(draw_bytes(draw, count), np.uint8) % limit
    seed = draw_seed(draw)
    if seed == 0:
        return np.zeros(count, np.uint8)
    return np.random.default_rng(seed).integers(0, limit, count, dtype=np.uint8)


def draw_seed(draw: Draw) -> int:
    """A seed that shrinks to 0, which stands for the simplest array there is."""
    return int.from_bytes(draw_bytes(draw, 4), "big")


def _many(draw: Draw, pool: Pool, count: int) -> Any:
    """A large array: one value throughout but for random entries, and a few set by themselves.

    The first byte says how many are random: most often all, and fewer and fewer of the same ones as
    it shrinks, so that of a failing array the entries remain that make it fail.
    """
    drawn = draw_bytes(draw, 7 + 5 * OVERRIDES)
    level, page, fill = drawn[0], drawn[1] % PAGES, drawn[2]
    seed, rest = drawn[3:7], drawn[7:]
    table = pool.pages[page]
    entries = np.full(count, table[fill])
    if level:
        chosen = np.random.default_rng(int.from_bytes(seed, "big"))
        random = _random(pool, page, chosen, count)
        share = (level / ALL) ** 3
        entries = np.where(chosen.random(count) < share, random, entries) if share < 1 else random
    for start in range(0, len(rest), 5):
        position, value = int.from_bytes(rest[start : start + 4], "big"), rest[start + 4]
        if value:  # so that the simplest is to set none
            entries[position % count] = table[value]
    return entries


def _random(pool: Pool, page: int, chosen: np.random.Generator, count: int) -> Any:
    """Random entries: where a page has the usual range, any value of it, so that few are equal."""
    lows, highs = np.array(pool.spans or [(0.0, 0.0)]).T
    ends = np.cumsum(highs - lows)
    if not 0 < ends[-1] < np.inf or not 1 <= page <= USUAL_PAGES:
        return pool.pages[page][chosen.integers(0, 256, count, dtype=np.uint8)]
    # Single precision is enough to choose with unless the dtype has more, and takes half the time.
    double = pool.domain.dtype.itemsize > 4 or ends[-1] > 1e30
    exact = np.float64 if double else np.float32
    wide = chosen.random(count, dtype=exact)
    wide *= exact(ends[-1])
    if len(ends) == 1:
        wide += exact(lows[0])
    else:
        piece = np.minimum(np.searchsorted(ends, wide, side="right"), len(ends) - 1)
        wide += (highs - ends)[piece].astype(exact)
        lows, highs = lows[piece], highs[piece]
    np.clip(wide, lows.astype(exact), highs.astype(exact), out=wide)
    wide[abs(wide) < pool.smallest] = 0  # which is in every piece that reaches below
    return wide.astype(pool.domain.dtype)
