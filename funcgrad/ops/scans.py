"""Cumulative operations along one dimension, and differences of neighbours."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from . import kinds
from .along import pick
from .dims import dim as axis
from .promotion import BOOL, COMPLEX, FLOAT, INT64, kind
from .row import row


def _scan(function, input, dim):
    dim = axis(dim, input.ndim)
    return function(input, axis=dim) if input.ndim else input


@row("cumsum", promote="summed", bind="torch method inplace")
def cumsum(input, dim, dtype=None):
    kinds.numeric("cumsum_out_cpu", input)
    return _scan(lax.cumsum, input, dim)


@row("cumprod", promote="summed", bind="torch method inplace", saves="input result")
def cumprod(input, dim, dtype=None):
    kinds.numeric("cumprod_out_cpu", input)
    return _scan(lax.cumprod, input, dim)


@row("logcumsumexp", promote="common", saves="input result")
def logcumsumexp(input, dim):
    kinds.only("logcumsumexp_out_cpu", input, FLOAT, COMPLEX)
    return _scan(lax.cumlogsumexp, input, dim)


def _extrema(name, function, input, dim):
    """Values so far, and the last place where each was met."""
    kinds.ordered(f"{name}_cpu", input)
    dim = axis(dim, input.ndim)
    if not input.ndim:
        return input.copy(), jnp.zeros((), INT64)
    fixed = lax.stop_gradient(input)
    fixed = fixed.astype(np.uint8) if kind(fixed.dtype) == BOOL else fixed
    # A NaN equals nothing, not even the NaN that it makes the extremum from there on.
    met = (fixed == function(fixed, axis=dim)) | (fixed != fixed)
    place = lax.broadcasted_iota(INT64, input.shape, dim)
    index = lax.cummax(jnp.where(met, place, 0), axis=dim)
    return pick(input, index, dim), index


@row("cummax", fields="values indices", saves="input indices")
def cummax(input, dim):
    return _extrema("cummax", lax.cummax, input, dim)


@row("cummin", fields="values indices", saves="input indices")
def cummin(input, dim):
    return _extrema("cummin", lax.cummin, input, dim)


@row("diff", "input prepend append", node="Sub")
def diff(input, n=1, dim=-1, prepend=None, append=None):
    if not input.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    dim = axis(dim, input.ndim)
    line = jnp.concatenate([a for a in (prepend, input, append) if a is not None], dim)
    for _ in range(min(n, line.shape[dim])):
        after = lax.slice_in_dim(line, 1, line.shape[dim], axis=dim)
        before = lax.slice_in_dim(line, 0, max(line.shape[dim] - 1, 0), axis=dim)
        line = after ^ before if kind(line.dtype) == BOOL else after - before
    return line
