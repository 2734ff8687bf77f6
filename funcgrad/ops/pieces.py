"""Copies of a tensor with one piece of it replaced: what a view shows, out of place."""

import jax.numpy as jnp

from .casting import cast
from .dims import dim as axis
from .row import row


def _replaced(input, src, key):
    piece = input[key]
    if src.shape != piece.shape:
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. src size = "
            f"{list(src.shape)}, slice size = {list(piece.shape)}"
        )
    return input.at[key].set(cast(src, input.dtype), unique_indices=True)


@row("select_scatter", "input src")
def select_scatter(input, src, dim, index):
    """The element at `index` along a dimension replaced."""
    dim = axis(dim, input.ndim)
    n = input.shape[dim]
    if not -n <= index < n:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at "
            f"dimension {dim}"
        )
    return _replaced(input, src, (*(slice(None),) * dim, index % n))


@row("slice_scatter", "input src")
def slice_scatter(input, src, dim=0, start=None, end=None, step=1):
    """A slice along a dimension replaced."""
    if step < 1:
        raise RuntimeError("slice step must be positive")
    dim = axis(dim, input.ndim)
    return _replaced(input, src, (*(slice(None),) * dim, slice(start, end, step)))


@row("diagonal_scatter", "input src")
def diagonal_scatter(input, src, offset=0, dim1=0, dim2=1):
    """The diagonal of two dimensions replaced; it is the last dimension of `src`."""
    dim1, dim2 = axis(dim1, input.ndim), axis(dim2, input.ndim)
    if dim1 == dim2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    turned = jnp.moveaxis(input, (dim1, dim2), (-2, -1))
    rows, columns = turned.shape[-2:]
    length = max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    place = jnp.arange(length)
    key = (..., place + max(-offset, 0), place + max(offset, 0))
    return jnp.moveaxis(_replaced(turned, src, key), (-2, -1), (dim1, dim2))
