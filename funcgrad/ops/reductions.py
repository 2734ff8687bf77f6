"""Reductions of all elements or along dimensions: sums, means, extrema, truth."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from . import kinds
from .dims import dim as axis
from .extents import axes, extent
from .promotion import COMPLEX, FLOAT, INT64, kind, scalar_name
from .row import row


def along(dim=None, **_):
    """Which overload PyTorch names: 0 over all elements, 1 along dimensions."""
    return 0 if dim is None else 1


def nonempty(name, input, dim, error: type[Exception] = RuntimeError):
    """The axes to reduce, for a reduction that has no identity to start from."""
    found = axes(dim, input.ndim)
    if input.size == 0 and (dim is None or dim == ()):
        raise error(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
            "reduction dim with the 'dim' argument."
        )
    for d in found:
        if input.shape[d] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")
    return found


@row("sum", promote="summed", overload=along)
def sum(input, dim=None, keepdim=False, dtype=None):
    return jnp.sum(input, axes(dim, input.ndim), keepdims=keepdim)


def _summable(input, *, dtype=None, **_):
    if kinds.is_complex(input):
        raise RuntimeError(
            "nansum on CPU does not support complex inputs; put 0 where they are NaN by torch.where"
        )
    if dtype is not None and kind(dtype) == COMPLEX and kind(input.dtype) >= FLOAT:
        raise NotImplementedError(f"\"nansum_cpu\" not implemented for '{scalar_name(dtype)}'")


@row("nansum", promote="summed", check=_summable)
def nansum(input, dim=None, keepdim=False, dtype=None):
    kept = jnp.where(jnp.isnan(input), 0, input) if kind(input.dtype) >= FLOAT else input
    return jnp.sum(kept, axes(dim, input.ndim), keepdims=keepdim)


def averaged(input, dtype=None):
    """What has a mean."""
    if kind(input.dtype) < FLOAT:
        which = "Input" if dtype is None else "Optional"
        raise RuntimeError(
            f"mean(): could not infer output dtype. {which} dtype must be either a floating point "
            f"or complex dtype. Got: {scalar_name(input.dtype)}; convert it with .float()"
        )


@row("mean", promote="common", overload=along)
def mean(input, dim=None, keepdim=False, dtype=None):
    averaged(input, dtype)
    found = axes(dim, input.ndim)
    count = int(np.prod([input.shape[d] for d in found], dtype=np.int64))
    total = jnp.sum(input, found, keepdims=keepdim)
    return total / count if count else total + np.nan


def _nanmean_of(input, *, dtype=None, **_):
    if kind(input.dtype) < FLOAT:
        raise RuntimeError(
            "nanmean(): expected input to have floating point or complex dtype but got "
            f"{scalar_name(input.dtype)}; convert it with .float()"
        )
    if dtype is not None and kind(dtype) < FLOAT:
        raise RuntimeError(
            "nanmean(): could not infer output dtype. Optional dtype must be either a floating "
            f"point or complex dtype. Got: {scalar_name(dtype)}"
        )
    _summable(input, dtype=dtype)


@row("nanmean", promote="common", node="Div", check=_nanmean_of)
def nanmean(input, dim=None, keepdim=False, dtype=None):
    found, there = axes(dim, input.ndim), ~jnp.isnan(input)
    total = jnp.sum(jnp.where(there, input, 0), found, keepdims=keepdim)
    return total / jnp.sum(there, found, keepdims=keepdim, dtype=input.dtype)


@row("prod", promote="summed", overload=along, saves="input result")
def prod(input, dim=None, keepdim=False, dtype=None):
    found = axes(dim if dim is None else axis(dim, input.ndim), input.ndim)
    return jnp.prod(input, found, keepdims=keepdim)


@row("amax")
def amax(input, dim=(), keepdim=False):
    kinds.ordered("max_values_cpu", input)
    return jnp.max(input, nonempty("amax", input, dim), keepdims=keepdim)


@row("amin")
def amin(input, dim=(), keepdim=False):
    kinds.ordered("min_values_cpu", input)
    return jnp.min(input, nonempty("amin", input, dim), keepdims=keepdim)


@row("max.all", bind="", overload=lambda: 1)
def max_all(input):
    kinds.ordered("max_all", input)
    return jnp.max(input, nonempty("max", input, None))


@row("min.all", bind="", overload=lambda: 1)
def min_all(input):
    kinds.ordered("min_all", input)
    return jnp.min(input, nonempty("min", input, None))


@row("aminmax", fields="min max")
def aminmax(input, dim=None, keepdim=False):
    kinds.ordered("aminmax_cpu", input)
    found = axes(dim, input.ndim)
    if 0 in [input.shape[d] for d in found]:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no "
            "identity."
        )
    return jnp.min(input, found, keepdims=keepdim), jnp.max(input, found, keepdims=keepdim)


def _truth(function, input, dim, keepdim):
    result = function(input != 0, axes(dim, input.ndim), keepdims=keepdim)
    return result.astype(np.uint8) if input.dtype == np.uint8 else result


@row("all")
def all(input, dim=None, keepdim=False):
    return _truth(jnp.all, input, dim, keepdim)


@row("any")
def any(input, dim=None, keepdim=False):
    return _truth(jnp.any, input, dim, keepdim)


@row("count_nonzero")
def count_nonzero(input, dim=None):
    return jnp.sum(input != 0, axes(dim, input.ndim), dtype=INT64)


@row("logsumexp", promote="floating", saves="input result")
def logsumexp(input, dim, keepdim=False):
    return jax.nn.logsumexp(input, axes(dim, input.ndim), keepdims=keepdim)


@row("trace", promote="summed", check=partial(kinds.numeric, "trace"))
def trace(input):
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    return jnp.trace(input)


def _spread(name, input, dim, unbiased, keepdim, correction):
    """The variance and the mean."""
    if isinstance(dim, bool):  # var(unbiased)
        dim, unbiased = None, dim
    if kind(input.dtype) < FLOAT:
        raise RuntimeError(f"{name} only support floating point and complex dtypes")
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    found = axes(dim, input.ndim)
    count = int(np.prod([extent(input.shape, d) for d in found], dtype=np.int64))
    mean = jnp.sum(input, found, keepdims=True) / (count or np.nan)
    away = input - mean
    square = (away * jnp.conj(away)).real if kind(input.dtype) == COMPLEX else away * away
    # A divisor of 0 gives NaN, PyTorch's value for one element.
    divisor = np.asarray(count - correction if count > correction else 0, square.dtype)
    variance = jnp.sum(square, found, keepdims=keepdim) / divisor
    return variance, mean if keepdim else jnp.squeeze(mean, found)


def _root(variance):
    """The square root, with a gradient of 0 where all values are equal."""
    flat = variance == 0
    return jnp.where(flat, 0, jnp.sqrt(jnp.where(flat, 1, variance)))


@row("var")
def var(input, dim=None, unbiased=None, keepdim=False, correction=None):
    return _spread("std and var", input, dim, unbiased, keepdim, correction)[0]


@row("std", saves="input result")
def std(input, dim=None, unbiased=None, keepdim=False, correction=None):
    return _root(_spread("std and var", input, dim, unbiased, keepdim, correction)[0])


@row("var_mean", saves="input")
def var_mean(input, dim=None, unbiased=None, keepdim=False, correction=None):
    return _spread("var_mean", input, dim, unbiased, keepdim, correction)


@row("std_mean", saves="input result0")
def std_mean(input, dim=None, unbiased=None, keepdim=False, correction=None):
    variance, mean = _spread("std_mean", input, dim, unbiased, keepdim, correction)
    return _root(variance), mean
