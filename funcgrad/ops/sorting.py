"""What an order gives: extrema with their indices, medians, sorted values, quantiles."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from . import kinds
from .along import pick
from .dims import dim as axis
from .extents import extent
from .promotion import BOOL, COMPLEX, FLOAT, INT64, kind
from .reductions import nonempty
from .row import row


def _lines(input):
    """The input with at least one dimension."""
    return input if input.ndim else input.reshape(1)


def _chosen(input, index, dim, keepdim):
    """Values and indices along `dim` for an index with a single entry there.

    The values are picked by the index as it is returned, so that it is all a gradient needs.
    """
    shape = list(input.shape)
    if input.ndim:
        shape[dim : dim + 1] = [1] if keepdim else []
    line, result = _lines(input), index.reshape(shape)
    index = result.reshape([1 if i == dim else n for i, n in enumerate(line.shape)])
    return pick(line, index, dim).reshape(shape), result


def _order(input, dim, descending=False):
    """The stable order of the values; NaN counts as the greatest."""
    place = lax.broadcasted_iota(INT64, input.shape, dim)
    key = lax.stop_gradient(input)
    if not descending:
        return lax.sort((key, place), dim, is_stable=True, num_keys=1)[1]
    # Reversed before and after, equal values keep their order in a descending sort too.
    _, order = lax.sort((lax.rev(key, [dim]), place), dim, is_stable=True, num_keys=1)
    return input.shape[dim] - 1 - lax.rev(order, [dim])


def _extremum(name, function, input, dim, keepdim):
    kinds.refuse(name + "(): does not support {} input", input, COMPLEX)
    dim = axis(dim, input.ndim)
    nonempty(name, input, dim)
    index = function(lax.stop_gradient(_lines(input)), dim, keepdims=True)
    return _chosen(input, index.astype(INT64), dim, keepdim)


@row("max.dim", bind="", fields="values indices")
def max_dim(input, dim, keepdim=False):
    return _extremum("max", jnp.argmax, input, dim, keepdim)


@row("min.dim", bind="", fields="values indices")
def min_dim(input, dim, keepdim=False):
    return _extremum("min", jnp.argmin, input, dim, keepdim)


def _place(name, function, input, dim, keepdim):
    kinds.refuse(name + "(): does not support {} input", input, BOOL, COMPLEX)
    nonempty(name, input, None if dim is None else axis(dim, input.ndim), IndexError)
    if not input.ndim:
        return jnp.zeros((), INT64)
    found = function(input, dim if dim is None else axis(dim, input.ndim), keepdims=keepdim)
    return found.astype(INT64)


@row("argmax")
def argmax(input, dim=None, keepdim=False):
    return _place("argmax", jnp.argmax, input, dim, keepdim)


@row("argmin")
def argmin(input, dim=None, keepdim=False):
    return _place("argmin", jnp.argmin, input, dim, keepdim)


def _isnan(input):
    return jnp.isnan(input) if kind(input.dtype) >= FLOAT else jnp.zeros(input.shape, bool)


def _median(input, dim, skip):
    """The index of the lower median along `dim`; without `skip` any NaN is the median."""
    order, bad = _order(input, dim), _isnan(input)
    n = input.shape[dim]
    there = n - jnp.sum(bad, dim, keepdims=True, dtype=INT64)
    middle = jnp.maximum(there - 1, 0) // 2
    if not skip:
        middle = jnp.where(there < n, n - 1, (n - 1) // 2)
    return pick(order, middle, dim)


def _median_all(input, skip):
    if input.size == 0:
        return jnp.full((), np.nan, input.dtype)
    line = input.reshape(-1)
    value = lax.stop_gradient(line[_median(line, 0, skip)[0]])
    if kind(input.dtype) < FLOAT:
        return value
    # The maximum of the elements equal to it: their gradient is shared, as PyTorch's is.
    shared = jnp.max(jnp.where(line == value, line, -np.inf))
    return jnp.where(jnp.isnan(value), value, shared)


@row("median.all", bind="", saves="input result")
def median_all(input):
    kinds.ordered("median_cpu", input, bools=False)
    return _median_all(input, False)


@row("nanmedian.all", bind="", saves="input result")
def nanmedian_all(input):
    kinds.ordered("median_cpu", input, bools=False)
    return _median_all(input, True)


def _median_dim(name, input, dim, keepdim, skip):
    kinds.ordered("median_out", input, bools=False)
    dim = axis(dim, input.ndim)
    nonempty(name, input, dim)
    return _chosen(input, _median(_lines(input), dim, skip), dim, keepdim)


@row("median.dim", bind="", overload=lambda **_: 1, fields="values indices")
def median_dim(input, dim, keepdim=False):
    return _median_dim("median", input, dim, keepdim, False)


@row("nanmedian.dim", bind="", overload=lambda **_: 1, fields="values indices")
def nanmedian_dim(input, dim, keepdim=False):
    return _median_dim("nanmedian", input, dim, keepdim, True)


@row("mode", fields="values indices")
def mode(input, dim=-1, keepdim=False):
    """The most frequent value, the smallest of several, at its last place."""
    kinds.ordered("mode_cpu", input)
    dim = axis(dim, input.ndim)
    nonempty("mode", input, dim)
    line = jnp.moveaxis(_lines(input), dim, -1)
    equal = line[..., :, None] == line[..., None, :]
    count = jnp.sum(equal, -1, dtype=INT64)
    most = count == jnp.max(count, -1, keepdims=True)
    order = _order(line, line.ndim - 1)
    first = jnp.argmax(pick(most, order, line.ndim - 1), -1, keepdims=True)
    value = pick(lax.stop_gradient(line), pick(order, first, line.ndim - 1), line.ndim - 1)
    n = line.shape[-1]
    last = n - 1 - jnp.argmax(lax.rev(line == value, [line.ndim - 1]), -1, keepdims=True)
    return _chosen(input, jnp.moveaxis(last.astype(INT64), -1, dim), dim, keepdim)


_SORT = "Sort does not support {} dtypes on CPU"


def _sort_overload(stable=None, **_):
    return 0 if stable is None else 1


@row("sort", fields="values indices", overload=_sort_overload)
def sort(input, dim=-1, descending=False, stable=None):
    """Always stable; the indices of equal values are PyTorch's with `stable=True`."""
    kinds.refuse(_SORT, input, COMPLEX)
    dim = axis(dim, input.ndim)
    line = _lines(input)
    index = _order(line, dim, descending)
    return pick(line, index, dim).reshape(input.shape), index.reshape(input.shape)


@row("argsort")
def argsort(input, dim=-1, descending=False, stable=False):
    kinds.refuse(_SORT, input, COMPLEX)
    return _order(_lines(input), axis(dim, input.ndim), descending).reshape(input.shape)


@row("msort", node="Sort")
def msort(input):
    kinds.refuse(_SORT, input, COMPLEX)
    return pick(_lines(input), _order(_lines(input), 0), 0).reshape(input.shape)


@row("topk", fields="values indices")
def topk(input, k, dim=-1, largest=True, sorted=True):
    """Always sorted; of equal values the first ones."""
    kinds.refuse("topk does not support {} dtypes on CPU", input, BOOL, COMPLEX)
    dim = axis(dim, input.ndim)
    if not 0 <= k <= extent(input.shape, dim):
        raise RuntimeError("selected index k out of range")
    line = _lines(input)
    index = lax.slice_in_dim(_order(line, dim, largest), 0, k, axis=dim)
    shape = index.shape if input.ndim else ()
    return pick(line, index, dim).reshape(shape), index.reshape(shape)


@row("kthvalue", fields="values indices")
def kthvalue(input, k, dim=-1, keepdim=False):
    kinds.ordered("kthvalue_cpu", input, bools=False)
    dim = axis(dim, input.ndim)
    if not 1 <= k <= extent(input.shape, dim):
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {dim}")
    index = lax.slice_in_dim(_order(_lines(input), dim), k - 1, k, axis=dim)
    return _chosen(input, index, dim, keepdim)


def _check_quantile(input, q, **_):
    values = np.asarray(q)
    if (~((values >= 0) & (values <= 1))).any():
        if values.ndim:
            raise RuntimeError("quantile() q values must be in the range [0, 1]")
        raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {values:g}")


@row("quantile", "input q", "as is", node="Squeeze", overload=lambda **_: 4,
     check=_check_quantile, saves=())  # fmt: skip
def quantile(input, q, dim=None, keepdim=False, interpolation="linear"):
    return _quantile(jnp.quantile, "quantile", input, q, dim, keepdim, interpolation)


@row("nanquantile", "input q", "as is", node="Squeeze", overload=lambda **_: 4,
     check=_check_quantile, saves=())  # fmt: skip
def nanquantile(input, q, dim=None, keepdim=False, interpolation="linear"):
    return _quantile(jnp.nanquantile, "nanquantile", input, q, dim, keepdim, interpolation)


def _quantile(function, name, input, q, dim, keepdim, interpolation):
    if input.dtype.name not in ("float32", "float64"):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if q.ndim and q.dtype != input.dtype:
        raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
    if input.size == 0:
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, "
            f"but got {interpolation}"
        )
    dim = axis(dim, input.ndim) if dim is not None and input.ndim else None
    return function(input, q.astype(input.dtype), dim, method=interpolation, keepdims=keepdim)
