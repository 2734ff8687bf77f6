"""Where a tensor's value lives.

An array never changes; a *cell* is the place that holds one, and an in-place edit puts another
array there. Tensors that share memory in PyTorch share a cell here. A *counter* is PyTorch's
version: autograd compares it with the one at the time a value was saved.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from typing import Any, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np

from ..cache import Program, like
from ..ops import FLOAT, Kernel, kind
from ..ops.promotion import COMPLEX

Array = jax.Array
PLAIN: set[type] = set()  # the type of arrays that are not traced, once some program has run


class Cell:
    """Holds one array; `writes` counts how often it was replaced.

    A compiled program may keep the arrays of several cells in one, a `pack`: then the cell is empty
    until somebody asks for its array. Its `pack` is what fills it, or (what has its array among
    others, its number).
    """

    __slots__ = ("__weakref__", "array", "pack", "writes")

    pack: Any

    def __init__(self, array: Array) -> None:
        self.array = array
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        if name == "pack":
            return None
        if name != "array":
            raise AttributeError(f"'Cell' object has no attribute '{name}'")
        if self.pack is not None:
            return stored(self)
        raise RuntimeError(
            "this tensor was made while a function was traced for compilation, and has no value; "
            "have the function return it, instead of keeping it in a list or an attribute"
        )


# The attribute itself, whatever stands before it while a function is traced.
ARRAY = Cell.__dict__["array"]


def stored(cell: Cell) -> Array:
    """The array of a cell, whatever stands before its attribute."""
    try:
        return cast(Array, ARRAY.__get__(cell))
    except AttributeError:
        pack = cell.pack
        if pack is None:
            raise
    if type(pack) is tuple:
        ARRAY.__set__(cell, pack[0].part(pack[1]))
        cell.pack = None
    else:
        pack.spread()
    return cast(Array, ARRAY.__get__(cell))


class Counter:
    """The version that the tensors of one storage share; `.data` has one of its own."""

    __slots__ = ("__weakref__", "value")

    def __init__(self) -> None:
        self.value = 0


class Step(NamedTuple):
    """One view operation: its kernel and the traced operands beside the base (`x[i]` has `i`)."""

    kernel: Kernel
    extras: tuple[Array, ...] = ()


Steps = tuple[Step, ...]
# What compiles once for all views of a kind: the kernels, with the number of their extras.
ViewKind = tuple[tuple[Kernel, int], ...]


def view_kind(steps: Steps) -> ViewKind:
    """What the views that share compiled programs with this one have in common."""
    return tuple((step.kernel, len(step.extras)) for step in steps)


def extras_of(steps: Steps) -> tuple[Array, ...]:
    """The traced operands of all steps, in order."""
    return tuple(extra for step in steps for extra in step.extras)


def compose(shape: ViewKind) -> Callable[..., Array]:
    """The pure function of the base array (and the extras) that a view is."""

    def view(base: Array, *extras: Array) -> Array:
        for kernel, count in shape:
            own, extras = extras[:count], extras[count:]
            base = kernel.function(base, *own)
        return base

    return view


def _sign(*arrays: Array) -> Hashable:
    return tuple(map(like, arrays))


@lru_cache(maxsize=4096)
def _reader(shape: ViewKind) -> Callable[..., Array]:
    return Program(compose(shape), _sign)


def read(steps: Steps, base: Array) -> Array:
    """The value of a view: one compiled program."""
    return _reader(view_kind(steps))(base, *extras_of(steps))


def _parts(array: Array) -> Array:
    """Real and imaginary parts of a complex array along a new last axis; others as they are."""
    if kind(array.dtype) != COMPLEX:
        return array
    return jnp.stack([array.real, array.imag], -1)


def _whole(parts: Array, dtype: np.dtype) -> Array:
    return jax.lax.complex(parts[..., 0], parts[..., 1]) if kind(dtype) == COMPLEX else parts


# Views whose elements may lie in one place.
MAY_OVERLAP = frozenset({"unfold", "expand", "broadcast_to", "as_strided", "as_strided.at"})


def overwrite(shape: ViewKind, base: Array, value: Array, *extras: Array) -> Array:
    """The base with the elements that the view shows replaced: one rule for every view.

    For floating arrays the transpose of the view scatters both the value and a mask of ones, which
    XLA fuses into one `select`; that is about three times as fast as a scatter by an index map.
    Integers have no transpose, so they take the index map; so do windows, which may overlap.
    Of several elements that lie in one place, the last that changes counts.
    """
    view = compose(shape)
    apart = all(kernel.row.name not in MAY_OVERLAP for kernel, _ in shape)
    if kind(base.dtype) >= FLOAT and apart:
        # Complex numbers go by their real parts, of which a view may show one alone.
        parts = _parts(base)
        # Views are linear; taken at zeros, the transpose reads nothing of the base.
        nothing = jnp.zeros(parts.shape, parts.dtype)
        shown, vjp = jax.vjp(lambda p: _parts(view(_whole(p, base.dtype), *extras)), nothing)
        there = vjp(jnp.ones_like(shown))[0] != 0
        return _whole(jnp.where(there, vjp(_parts(value))[0], parts), base.dtype)
    if apart:
        places = view(jnp.arange(base.size).reshape(base.shape), *extras)
        return base.ravel().at[places].set(value).reshape(base.shape)
    # The places are counted from 1, for a view may show its memory with another sign.
    parts, new = _parts(base), _parts(value)
    counted = jnp.arange(1.0, parts.size + 1, dtype=np.float64).reshape(parts.shape)
    shown = _parts(view(_whole(counted, base.dtype), *extras))
    places = jnp.abs(shown).astype(int) - 1
    places = jnp.where(_parts(view(base, *extras)) == new, parts.size, places)  # nowhere
    new = jnp.where(shown < 0, -new, new) if kind(new.dtype) >= FLOAT else new
    written = parts.ravel().at[places].set(new, mode="drop").reshape(parts.shape)
    return _whole(written, base.dtype)


@lru_cache(maxsize=4096)
def _writer(shape: ViewKind) -> Callable[..., Array]:
    return Program(partial(overwrite, shape), _sign)


def written(steps: Steps, base: Array, value: Array) -> Array:
    """The base array after an assignment to a view: one compiled program."""
    return _writer(view_kind(steps))(base, value, *extras_of(steps))
