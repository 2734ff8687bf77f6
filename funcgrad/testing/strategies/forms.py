"""Arrays with a structure, built so that they have it: nothing is drawn and thrown away."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

from .domain import Domain
from .entries import SMALL, draw_entries, draw_indices, draw_seed
from .kinds import kind_of
from .library import Draw, draw_bytes, refuse
from .pool import PAGES, Pool, pool_for

#: Numbers to build with, in double precision whatever comes out.
UNIT = Domain(np.dtype(np.float64), -1.0, 1.0)
WEIGHTS = Domain(np.dtype(np.float64), 0.1, 10.0)

Shape = tuple[int, ...]


def symmetric(draw: Draw, shape: Shape, pool: Pool, ties: bool) -> Any:
    """Equal to its transpose: the lower triangle, mirrored."""
    full = draw_entries(draw, pool, math.prod(shape), ties=ties).reshape(shape)
    return np.where(np.tri(shape[-1], dtype=bool), full, np.swapaxes(full, -1, -2))


def spd(draw: Draw, shape: Shape, pool: Pool, ties: bool) -> Any:
    """Symmetric positive definite, with eigenvalues between 0.5 and 10.

    They are apart: Gershgorin's discs around a diagonal of equal steps do not meet. With ties all
    but one are equal.
    """
    n = shape[-1]
    if ties:
        batch = (*shape[:-2], 1, 1)
        levels = 1 + draw_indices(draw, math.prod(batch), 4).reshape(batch)
        shared = abs(_units(draw, batch)) * 4 / max(n, 1)
        return (levels * np.eye(n) + shared).astype(pool.domain.dtype)
    step = 1.0 if n <= 8 else 8 / n
    # A row sums to a quarter of a step at most, which leaves half a step between discs.
    off = _units(draw, shape) * step / 4 / max(1, 2 ** math.ceil(math.log2(max(n, 1))))
    lower = np.tril(off, -1)
    turn = draw_bytes(draw, 1)[0] % max(n, 1)
    diagonal = np.roll(1 + step * np.arange(n), turn)
    return (lower + np.swapaxes(lower, -1, -2) + np.diag(diagonal)).astype(pool.domain.dtype)


def orthogonal(draw: Draw, shape: Shape, pool: Pool, ties: bool) -> Any:
    """Orthogonal, by Cayley's transform of a skew matrix, with determinant 1 or −1."""
    n = shape[-1]
    lower = np.tril(_units(draw, shape), -1)
    skew = lower - np.swapaxes(lower, -1, -2)
    turned = np.linalg.solve(np.eye(n) + skew, np.eye(n) - skew)
    if n and draw_bytes(draw, 1)[0] % 2:
        turned[..., 0, :] *= -1
    return (turned + 0.0).astype(pool.domain.dtype)


def simplex(draw: Draw, shape: Shape, pool: Pool, ties: bool) -> Any:
    """Positive, with sum 1 along the last axis; the simplest is uniform."""
    weights = draw_entries(draw, pool_for(WEIGHTS), math.prod(shape), ties=ties).reshape(shape)
    shares = weights / weights.sum(-1, keepdims=True)
    return np.maximum(shares, pool.smallest).astype(pool.domain.dtype)


def ascending(draw: Draw, shape: Shape, pool: Pool, ties: bool) -> Any:
    """Sorted along the last axis; without two equal entries unless ties are asked for."""
    if ties:
        return np.sort(draw_entries(draw, pool, math.prod(shape), ties=True).reshape(shape), -1)
    count, length = math.prod(shape), shape[-1]
    if count == 0:
        return np.empty(shape, pool.domain.dtype)
    if length > len(pool.flat):
        refuse(
            f"a sorted row has no equal entries, and there are {len(pool.flat)} values",
            f"rows of {length}",
            "Say ties=True, widen lo and hi, or take shorter rows.",
        )
    if count <= SMALL:
        page, *codes = draw_bytes(draw, 1 + count)
        values = np.unique(pool.pages[page % PAGES], return_index=True)[1]
        table = pool.pages[page % PAGES][np.sort(values)]
        table = table if len(table) >= length else pool.flat
        chosen = _without_repeats(codes, length, len(table))
        return np.sort(table[chosen].reshape(shape), -1)
    seed = draw_seed(draw)
    if seed == 0:
        return np.broadcast_to(np.sort(pool.flat[:length]), shape).copy()
    rising = np.sort(pool.flat)
    room = len(rising) - length + 1
    steps = np.random.default_rng(seed).integers(0, room, shape)
    return rising[np.sort(steps, -1) + np.arange(length)]


def permutation(draw: Draw, shape: Shape, pool: Pool, ties: bool) -> Any:
    """The integers below the last size, in some order along the last axis."""
    count, length = math.prod(shape), shape[-1]
    if count == 0:
        return np.empty(shape, pool.domain.dtype)
    if length - 1 > jnp.iinfo(pool.domain.dtype).max:
        refuse("a permutation holds its length", str(pool.domain.dtype), 'Say dtype="int32".')
    if count <= SMALL:
        order = _without_repeats(draw_bytes(draw, count), length, length).reshape(shape)
        return order.astype(pool.domain.dtype)
    seed = draw_seed(draw)
    straight = np.broadcast_to(np.arange(length), shape)
    order = np.random.default_rng(seed).permuted(straight, axis=-1) if seed else straight
    return order.astype(pool.domain.dtype)


def _without_repeats(codes: Any, length: int, limit: int) -> Any:
    """Indices below a limit, different within each row: a code counts what is left; 0 is first."""
    rows = []
    for start in range(0, len(codes), length):
        left = list(range(limit))
        rows += [left.pop(code % len(left)) for code in codes[start : start + length]]
    return np.array(rows)


def _units(draw: Draw, shape: Shape) -> Any:
    return draw_entries(draw, pool_for(UNIT), math.prod(shape)).reshape(shape)


Form = Callable[[Draw, Shape, Pool, bool], Any]

#: By the name of the argument that asks for it.
FORMS: dict[str, Form] = {
    "symmetric": symmetric,
    "spd": spd,
    "orthogonal": orthogonal,
    "simplex": simplex,
    "sorted": ascending,
    "permutation": permutation,
}


def _mirrored(directions: Any) -> Any:
    return (directions + np.swapaxes(directions, -1, -2)) / 2


def _balanced(directions: Any) -> Any:
    return directions - directions.mean(-1, keepdims=True)


#: Directions along which the structure stays, from any: a rule for a symmetric matrix may say what
#: it likes of a change that is not. The others bound the values, and no direction.
TANGENTS: dict[str, Callable[[Any], Any]] = {
    "symmetric": _mirrored,
    "spd": _mirrored,
    "simplex": _balanced,
}


def refuse_form(form: str | None, dtype: np.dtype[Any], bounded: bool) -> None:
    """Refuse a structure, or bounds, that such entries cannot have."""
    kind = kind_of(dtype)
    if form == "permutation" and kind != "int":
        refuse("a permutation is of integers", f"dtype={str(dtype)!r}", 'Say dtype="int32".')
    if form in ("spd", "orthogonal", "simplex") and kind != "float":
        refuse(f"{form}=True needs real floats", f"dtype={str(dtype)!r}", 'Say dtype="float32".')
    if form is None and kind == "bool" and bounded:
        refuse("booleans have no bounds", "lo, hi or away_from", "Leave them out.")
    if form == "sorted" and kind in ("complex", "bool"):
        refuse("sorted=True needs numbers with an order", str(dtype), 'Say dtype="float32".')
    if form in ("spd", "orthogonal", "simplex", "permutation") and bounded:
        refuse(
            f"{form}=True decides the entries itself, without lo, hi and away_from",
            "one of them",
            "Leave them out, or scale and shift with .map(...).",
        )
