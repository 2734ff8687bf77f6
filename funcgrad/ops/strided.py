"""Memory read by strides: `size[0] × size[1] × …` elements, `stride[i]` apart along axis i.

Rows know arrays, which lie in C order. Where a tensor lies otherwise, the tape says which of its
elements are meant, by number.
"""

import jax.numpy as jnp
import numpy as np

from .row import row


def places(size, stride, storage_offset):
    """Where in memory the elements are, of shape `size`; nothing is checked."""
    found = np.full((), storage_offset)
    for n, step in zip(size, stride, strict=True):
        found = found[..., None] + np.arange(n) * step
    return found


@row("as_strided", view=True)
def as_strided(input, size, stride, storage_offset=0):
    index = places(size, stride, storage_offset)
    return jnp.ravel(input).at[index].get(mode="promise_in_bounds")


@row("as_strided.at", "input index", bind="", view=True, saves=())
def as_strided_at(input, index):
    """The elements of these numbers, counted in C order; 0 for numbers that none has."""
    return jnp.ravel(input).at[index].get(mode="fill", fill_value=0)


@row("as_strided_scatter", "input src")
def as_strided_scatter(input, src, size, stride, storage_offset=0):
    if src.shape != tuple(size):
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. src size = "
            f"{list(src.shape)}, slice size = {list(size)}"
        )
    index = places(size, stride, storage_offset)
    written = jnp.ravel(input).at[index].set(src.astype(input.dtype), mode="promise_in_bounds")
    return written.reshape(input.shape)
