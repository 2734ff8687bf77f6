"""Reductions into the places that an index array names: `scatter_reduce`, `index_reduce`.

Each place is reduced over what is sent there, and over what was there before, unless
`include_self` is false; a place that nothing is sent to stays as it is.
"""

from typing import Any

import jax.numpy as jnp
from jax import lax

from . import kinds
from .along import crop, in_range, pick, put
from .dims import dim as axis
from .extents import extent
from .indexing import along_arguments, check_along
from .promotion import BOOL, COMPLEX, FLOAT, INT64, kind, scalar_name
from .row import row
from .scattering import lines, one_dtype

_HOLD = lax.stop_gradient


def _sums(start, index, source, dim):
    return put(start, index, source, dim, lax.scatter_add)


def _identity(dtype, reduce):
    """What a reduction starts from where it leaves out what was there."""
    if reduce in ("sum", "mean"):
        return 0
    if reduce == "prod":
        return 1
    if kind(dtype) == FLOAT:
        return -jnp.inf if reduce == "amax" else jnp.inf
    return jnp.iinfo(dtype).min if reduce == "amax" else jnp.iinfo(dtype).max


def _product(start, index, source, dim):
    """Products whose derivatives are right to every order, also where there are zeros.

    Near the point the product of the numbers that are not zero is what it is there times the
    exponential of the sum of their changes' logarithms, which is a sum again. A single zero is a
    factor, and so is the product of two; with more of them nothing moves.
    """
    if kind(start.dtype) < FLOAT:
        return put(start, index, source, dim, lax.scatter_mul)
    none = [jnp.where(a == 0, 1, a) for a in (start, source)]
    size = put(_HOLD(none[0]), index, _HOLD(none[1]), dim, lax.scatter_mul)
    change = [jnp.log(a / _HOLD(a)) for a in none]
    zeros = [jnp.where(a == 0, a, 0) for a in (start, source)]
    count = [(a == 0).astype(start.real.dtype) for a in (start, source)]
    whole = size * jnp.exp(_sums(change[0], index, change[1], dim))
    zero = _sums(zeros[0], index, zeros[1], dim)
    many = _sums(count[0], index, count[1], dim)
    squares = _sums(zeros[0] ** 2, index, zeros[1] ** 2, dim)
    pair = (zero**2 - squares) / 2
    rest = jnp.where(many == 1, whole * zero, jnp.where(many == 2, whole * pair, 0))
    return jnp.where(many == 0, whole, rest)


def _extremum(input, start, index, source, dim, write):
    """The largest or smallest; equal ones share the gradient.

    PyTorch gives the input its share also where it is left out, and so it is lost there.
    """
    found = put(_HOLD(start), index, _HOLD(source), dim, write)
    if kind(start.dtype) < FLOAT:
        return found
    there = pick(crop(found, index, dim), index, dim)
    sent = lax.slice(source, [0] * source.ndim, index.shape)
    ties = [input == found, sent == there]
    changes = [
        jnp.where(tie & jnp.isfinite(a), a - _HOLD(a), 0)
        for tie, a in zip(ties, (start, sent), strict=True)
    ]
    count = _sums(ties[0].astype(start.dtype), index, ties[1].astype(start.dtype), dim)
    return found + _sums(changes[0], index, changes[1], dim) / jnp.maximum(count, 1)


def _reduced(input, dim, index, source, reduce, include_self):
    if kind(input.dtype) == BOOL:
        if reduce == "mean":
            name = "scatter_gather_tensor_cpu_reduce_mean"
            raise NotImplementedError(f"\"{name}\" not implemented for 'Bool'")
        numbers, sent = input.astype(jnp.int32), source.astype(jnp.int32)
        return _reduced(numbers, dim, index, sent, reduce, include_self) > 0
    if kind(input.dtype) == COMPLEX and reduce in ("amax", "amin"):
        raise NotImplementedError(
            f'"scatter_gather_tensor_cpu_reduce_{reduce}" not implemented for '
            f"'{scalar_name(input.dtype)}'"
        )
    if not input.ndim:
        index, source = index.reshape(-1), source.reshape(-1)
        return _reduced(input.reshape(1), 0, index, source, reduce, include_self).reshape(())
    if not index.size:
        return input
    ones = jnp.ones(source.shape, INT64)
    count = _sums(jnp.zeros(input.shape, INT64), index, ones, dim)
    start = input
    if not include_self:
        start = jnp.where(count > 0, jnp.asarray(_identity(input.dtype, reduce), input.dtype),
                          input)  # fmt: skip
    if reduce == "prod":
        return _product(start, index, source, dim)
    if reduce in ("amax", "amin"):
        write = lax.scatter_max if reduce == "amax" else lax.scatter_min
        return _extremum(input, start, index, source, dim, write)
    total = _sums(start, index, source, dim)
    if reduce == "sum":
        return total
    count = jnp.maximum(count + include_self, 1)
    if kind(input.dtype) < FLOAT:
        return total // count.astype(total.dtype)
    return total / count.astype(total.real.dtype)


def _check(input: Any, index: Any, src: Any, **statics: Any) -> None:
    check_along(input, index, **statics)
    one_dtype("scatter", input, src)


@row("scatter_reduce", "input index src", bind="torch method inplace", check=_check,
     saves="input index src result")  # fmt: skip
def scatter_reduce(input, dim, index, src, reduce, include_self=True):
    """Reduce by `sum`, `prod`, `mean`, `amax` or `amin` where the index points."""
    reduce = {"max": "amax", "min": "amin", "add": "sum", "multiply": "prod"}.get(reduce, reduce)
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(
            "reduce argument must be either sum, prod, mean, amax or amin, got " + str(reduce)
        )
    one_dtype("scatter", input, src)
    dim = along_arguments("scatter", input, dim, index, src)
    return _reduced(input, dim, index, src, reduce, include_self)


def _check_lines(input: Any, index: Any, source: Any, dim: int, **_: Any) -> None:
    one_dtype("index_reduce", input, source)
    n = extent(input.shape, axis(dim, input.ndim))
    in_range(index, n, "index out of range in self")


@row("index_reduce", "input index source", bind="torch method inplace", check=_check_lines,
     saves="input index source result")  # fmt: skip
def index_reduce(input, dim, index, source, reduce, include_self=True):
    """Reduce whole lines by `prod`, `mean`, `amax` or `amin` where the index points."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got "
            f"{reduce}."
        )
    dim = lines("index_reduce", input, dim, index, source)
    kinds.real("index_func_", input)
    if not input.ndim:
        return _reduced(input, dim, index, source, reduce, include_self)
    shape = [n if i == dim else 1 for i, n in enumerate(source.shape)]
    index = jnp.broadcast_to(index.reshape(shape), source.shape)
    return _reduced(input, dim, index, source, reduce, include_self)
