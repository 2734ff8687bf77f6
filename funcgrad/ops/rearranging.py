"""The same elements in another order, repeated, or with zeros around them."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from .dims import dim as axis
from .dims import dims as axes
from .promotion import BOOL, kind
from .row import row


@row("flip", variadic="dims")
def flip(input, dims):
    dims = dims if isinstance(dims, tuple) else (dims,)
    return lax.rev(input, axes(dims, input.ndim)) if input.ndim and dims else input.copy()


@row("fliplr", node="Flip")
def fliplr(input):
    if input.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return lax.rev(input, [1])


@row("flipud", node="Flip")
def flipud(input):
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return lax.rev(input, [0])


@row("roll")
def roll(input, shifts, dims=None):
    shifts = (shifts,) if isinstance(shifts, int) else shifts
    dims = () if dims is None else (dims,) if isinstance(dims, int) else dims
    if not dims and len(shifts) == 1:
        return jnp.roll(input.reshape(-1), shifts[0]).reshape(input.shape)
    if len(shifts) != len(dims):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}"
        )
    places = [axis(d, input.ndim) for d in dims]
    return jnp.roll(input, shifts, places) if input.ndim else input.copy()


@row("rot90")
def rot90(input, k=1, dims=(0, 1)):
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    first, second = (axis(d, input.ndim) for d in dims)
    if first == second:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    return jnp.rot90(input, k, (first, second))


def _repeat(input, repeats):
    if len(repeats) < input.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
            "tensor"
        )
    if any(n < 0 for n in repeats):
        shape = (1,) * (len(repeats) - input.ndim) + input.shape
        sizes = [n * m for n, m in zip(repeats, shape, strict=True)]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(sizes)}: {sizes}")
    return jnp.tile(input, repeats)


@row("repeat", bind="method", variadic="repeats")
def repeat(input, repeats):
    return _repeat(input, repeats)


@row("tile", variadic="dims", node="Repeat")
def tile(input, dims):
    return _repeat(input, (1,) * (input.ndim - len(dims)) + tuple(dims))


@row("repeat_interleave", bind="", node="View")
def repeat_interleave(input, repeats, dim=None):
    """Every element `repeats` times, which is a number."""
    if repeats < 0:
        raise RuntimeError("Repeats must be non-negative")
    line = input.reshape(-1) if dim is None or not input.ndim else input
    return jnp.repeat(line, repeats, 0 if dim is None else axis(dim, input.ndim))


def _triangle(name, function, input, diagonal):
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
    return function(input, diagonal)


@row("tril", bind="torch method inplace")
def tril(input, diagonal=0):
    return _triangle("tril", jnp.tril, input, diagonal)


@row("triu", bind="torch method inplace")
def triu(input, diagonal=0):
    return _triangle("triu", jnp.triu, input, diagonal)


def _embed(input, offset, dim1, dim2):
    """The last dimension spread over the diagonals of new matrices."""
    ndim = input.ndim + 1
    i, j = axis(dim1, ndim), axis(dim2, ndim)
    if i == j:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    if i > j:
        i, j, offset = j, i, -offset
    n = input.shape[-1] + abs(offset)
    place = np.arange(n)
    on = place[:, None] + offset == place
    # Below the main diagonal an element is at its column, above it at its row.
    lead = (max(-offset, 0), max(offset, 0))
    wide = jnp.pad(input, [(0, 0)] * (input.ndim - 1) + [(lead[0], n - input.shape[-1] - lead[0])])
    matrix = jnp.where(on, wide[..., :, None], 0).astype(input.dtype)
    return jnp.moveaxis(matrix, (-2, -1), (i, j))


@row("diag_embed")
def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    if not input.ndim:
        raise IndexError("diag_embed(): input must have at least one dimension")
    return _embed(input, offset, dim1, dim2)


@row("diag", node="DiagEmbed")
def diag(input, diagonal=0):
    """A matrix with the vector on a diagonal, or the diagonal of a matrix."""
    if input.ndim == 1:
        return _embed(input, diagonal, -2, -1)
    if input.ndim == 2:
        return jnp.diagonal(input, diagonal)
    raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")


@row("diagflat", node="DiagEmbed")
def diagflat(input, offset=0):
    return _embed(input.reshape(-1), offset, -2, -1)


@row("kron", "input other", "joined", node="UnsafeView", saves=())
def kron(input, other):
    if kind(input.dtype) == BOOL:
        return jnp.kron(input.astype(np.uint8), other.astype(np.uint8)) != 0
    return jnp.kron(input, other)
