"""The values that entries are chosen from: tables in which the simple value is close at hand.

An entry is drawn as a byte, an index into a table of 16 rows and 16 columns. The first row has the
nice values; below each stand values near it, with more digits. Hypothesis shrinks a byte by halving
it and by dropping its high bits, so 3.522 becomes 3 or 4 (its row becomes 0), and then less. All
that is asked of the entries (bounds, gaps, no subnormal) is asked of the tables when they are made.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from .domain import USUAL, Domain, Floats
from .kinds import kind_of, part_of, smallest_normal
from .library import refuse

#: What people call simple, and where functions have their special cases; the negative ones after
#: the others and in their order, so that the highest bit of a column is the sign.
NICE = (0.0, 1.0, 2.0, 3.0, 4.0, 0.5, 1.5, 2.5, -0.25, -1.0, -2.0, -3.0, -4.0, -0.5, -1.5, -2.5)

#: A table has as many entries as a byte has values, and an array takes one of so many tables, of
#: which so many have the usual range.
COLUMNS, ROWS, PAGES, USUAL_PAGES = 16, 16, 16, 9


class Pool:
    """Tables of values of one domain.

    Attributes:
        domain: which values are allowed.
        pages: `PAGES` tables of 256 entries in the dtype. The first has the nice values only, so
            that equal entries are frequent; most have the decimals of the usual range, one to
            three digits; some reach far out and close to 0; the last have two or four values.
        smallest: the smallest normal number, or 0 for integers.
        flat: all values, each once, the simplest first.
        spans: where `flat` reaches, piece by piece of the usual range, for floats.
    """

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        nice, usual, far = _values(domain)
        values = np.concatenate([nice, usual, far])
        if not values.size:
            refuse(
                f"no {domain.dtype} lies between the bounds and outside the gaps",
                (domain.lo, domain.hi, domain.away_from, domain.margin),
                "Widen lo and hi, or take a smaller margin.",
            )
        distinct = np.sort(np.unique(values, return_index=True)[1])
        self.flat = values[distinct].astype(domain.dtype)
        self.spans = _spans(domain, self.flat) if kind_of(domain.dtype) == "float" else []
        floats = kind_of(domain.dtype) in ("float", "complex")
        self.smallest = smallest_normal(part_of(domain.dtype)) if floats else 0.0
        self.pages = np.stack(_pages(nice, usual, far)).astype(domain.dtype)


def _spans(domain: Domain, flat: Any) -> list[tuple[float, float]]:
    """Borders that are values themselves, so that what lies between rounds to what is allowed."""
    wide = flat.astype(np.float64)
    inside = [wide[(a <= wide) & (wide <= b)] for a, b in domain.pieces(*domain.usual())]
    return [(float(v.min()), float(v.max())) for v in inside if v.size]


@lru_cache(maxsize=256)
def pool_for(domain: Domain) -> Pool:
    """The pool of a domain; made once, as it takes some milliseconds."""
    return Pool(domain)


def _values(domain: Domain) -> tuple[Any, Any, Any]:
    """The nice, the usual and the far values of a domain."""
    kind = kind_of(domain.dtype)
    if kind == "bool":
        return np.array([0.0, 1.0]), np.empty(0), np.empty(0)
    if kind == "complex":
        return _complex_values(domain)
    return _int_values(domain) if kind == "int" else _real_values(domain)


def _real_values(domain: Domain) -> tuple[Floats, Floats, Floats]:
    lo, hi = domain.usual()
    usual = domain.grid(lo, hi)
    nice = domain.rounded(NICE)
    # Where the bounds leave few of them, the plainest decimals there are nice.
    nice = _signs_apart(domain.rounded([*nice[(lo <= nice) & (nice <= hi)], *usual]))
    tiny = smallest_normal(part_of(domain.dtype))
    steep = [m * 10.0**e for e in range(3, -7, -1) for m in (1, 2, 5, 1.37, 7.3)]
    sizes = [*steep, tiny, 2 * tiny, 1000 * tiny]
    far = domain.rounded([sign * size for size in sizes for sign in (1, -1)])
    # A wide interval has too few decimals near 0: from 1 to a million they are thousands.
    between = far[(lo <= far) & (far <= hi)] if hi - lo > 100 * USUAL else far[:0]
    return nice, domain.rounded([*domain.borders(), *between, *usual]), far


def _signs_apart(values: Any) -> Any:
    """The first values, as many as there are columns, half of them negative where there are any."""
    half = COLUMNS // 2
    positive, negative = values[values >= 0], values[values < 0]
    most = max(half, COLUMNS - len(negative)), max(half, COLUMNS - len(positive))
    return np.concatenate([positive[: most[0]], negative[: most[1]]])


def _int_values(domain: Domain) -> tuple[Any, Any, Any]:
    # In Python's integers: the largest of 64 bits are no floats.
    least, most = domain.bounds()
    lo, hi = math.ceil(least), math.floor(most)
    near, end = lo, hi
    if domain.lo is None:
        near = max(lo, -8) if domain.hi is None else max(lo, hi - 16)
    if domain.hi is None:
        end = min(hi, 8) if domain.lo is None else min(hi, lo + 16)
    if end - near > 2000:
        steps = {near + (end - near) * i // 997 for i in range(998)}
        steps |= {sign * size for size in range(500) for sign in (1, -1)}
        steps |= {sign * 2**power for power in range(64) for sign in (1, -1)}
    else:
        steps = set(range(near, end + 1))
    allowed = [s for s in steps if near <= s <= end and _int_away(domain, s)]
    usual = np.array(sorted(allowed, key=lambda s: (abs(s), s < 0)), dtype=object)
    wide = [sign * size for size in (10, 100, 1000) for sign in (1, -1)]
    far = [s for s in wide if lo <= s <= hi and _int_away(domain, s)]
    if domain.lo is not None and domain.hi is not None:
        far = [s for s in (lo, hi) if lo <= hi and _int_away(domain, s)]
    return _signs_apart(usual), usual, np.array(far, dtype=object)


def _int_away(domain: Domain, step: int) -> bool:
    return all(abs(step - point) >= domain.margin for point in domain.away_from)


def _complex_values(domain: Domain) -> tuple[Any, Any, Any]:
    nice, usual, far = _real_values(domain)
    plain = domain.rounded([*(v for v in (0, 1, -1, 2, 0.5, -2) if v in nice), *nice])
    order = sorted(product(range(len(plain)), repeat=2), key=lambda ij: (sum(ij), ij[1]))
    nicest = np.array([plain[i] + 1j * plain[j] for i, j in order], np.complex128)
    chosen = np.random.default_rng(0)  # which parts meet is fixed: a table is a constant
    parts = np.concatenate([usual, nice])
    met = chosen.permutation(np.concatenate([nice, usual]))
    mixed = parts + 1j * met
    steep = far + 1j * chosen.permutation(far)
    nicest, mixed, steep = (v[domain.is_away(v)] for v in (nicest, mixed, steep))
    return nicest[:COLUMNS], np.concatenate([nicest[COLUMNS:64], mixed]), steep


def _pages(nice: Any, usual: Any, far: Any) -> list[Any]:
    """The tables, flat: entry 16 · row + column."""
    nice = np.resize(nice if len(nice) else (usual if len(usual) else far)[:COLUMNS], COLUMNS)
    below = _near(nice, usual)
    pages = [np.tile(nice, ROWS)]
    for page in range(USUAL_PAGES):
        # Interleaved, so that each page has values of one digit in its first rows.
        rows = [below[row * USUAL_PAGES + page] for row in range(ROWS - 1)]
        pages.append(np.concatenate([nice, *rows]))
    size = abs(nice)
    large, small = far[abs(far) > size.max()], far[abs(far) < size[size > 0].min(initial=np.inf)]
    large = large if len(large) else far  # a wide interval has them between its nice values
    reach, close = _beyond(nice, large, size >= np.median(size)), _beyond(nice, small, size <= 1)
    pages += [reach, close, np.where(np.arange(reach.size) % 3 < 2, reach, close)]
    columns = np.arange(COLUMNS)
    few = (columns % 2, columns % 4, (columns & 8) | 1)
    return pages + [np.tile(nice[chosen], ROWS) for chosen in few]


def _near(nice: Any, usual: Any) -> Any:
    """For each nice value, a column of values that are nearest to it, the plainest first."""
    height = USUAL_PAGES * (ROWS - 1)
    if not len(usual):
        return np.tile(nice, (height, 1))
    wide = complex if nice.dtype.kind == "c" else float
    nearest = abs(usual.astype(wide)[:, None] - nice.astype(wide)).argmin(axis=1)
    columns = []
    for column, value in enumerate(nice):
        mine = usual[nearest == column]
        if len(mine) > height:  # the plainer third whole, and evenly of the others
            third = height // 3
            spread = np.linspace(third, len(mine) - 1, height - third).astype(int)
            mine = np.concatenate([mine[:third], mine[spread]])
        columns.append(np.resize(mine if len(mine) else [value], height))
    return np.stack(columns, axis=1)


def _beyond(nice: Any, far: Any, there: Any) -> Any:
    """A table with far values of the same sign below the nice values that are marked.

    Large ones stand below large ones, so that what fails for 1000 is tried again with 4.
    """
    rows = np.tile(nice, (ROWS - 1, 1))
    for column in np.flatnonzero(there):
        same = far[(far.real < 0) == (nice[column].real < 0)]
        if len(same):
            spread = np.arange(ROWS - 1) * len(same) // (ROWS - 1)
            rows[:, column] = same[(spread + column) % len(same)]
    return np.concatenate([nice, rows.ravel()])
