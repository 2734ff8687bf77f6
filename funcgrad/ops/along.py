"""Reading and writing along one dimension by an index array, and the check of its range.

XLA clamps an index that is out of range or drops the write, silently; so every row that takes an
index checks it on the host, in `check`. Compiled programs cannot, and do not.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

Array = jax.Array
# `check` has looked, or the program is compiled: no code for what lies outside.
PROMISE = "promise_in_bounds"


def pick(input: Array, index: Array, dim: int) -> Array:
    """The elements that `index`, equal in shape except along `dim`, points at along `dim`."""
    return jnp.take_along_axis(input, index, dim, mode=PROMISE, wrap_negative_indices=False)


def crop(input: Array, index: Array, dim: int) -> Array:
    """The corner of the input that an index which may be smaller speaks of."""
    sizes = [n if i == dim else index.shape[i] for i, n in enumerate(input.shape)]
    return input if tuple(sizes) == input.shape else lax.slice(input, [0] * input.ndim, sizes)


def put(input: Array, index: Array, source: Array, dim: int, write: Callable[..., Array]) -> Array:
    """The input with the source written, by `lax.scatter` or its kin, where `pick` would read.

    Where an index is there twice, writing promises uniqueness all the same: PyTorch's gradient
    gives every copy of the source its own share of the cotangent, and so does JAX's then.
    """
    others = tuple(i for i in range(input.ndim) if i != dim)
    numbers = lax.ScatterDimensionNumbers((), (dim,), (dim,), others, others)
    corner = crop(input, index, dim)
    source = lax.slice(source, [0] * source.ndim, index.shape)
    unique = write is lax.scatter
    written = write(corner, index[..., None], source, numbers, mode=PROMISE, unique_indices=unique)
    if corner.shape == input.shape:
        return written
    return input.at[tuple(slice(0, n) for n in corner.shape)].set(written, unique_indices=True)


def in_range(
    index: Any, size: int, message: str, error: type[Exception] = IndexError, negative: bool = False
) -> None:
    """Raise if an index lies outside; `message` may name `{index}` and `{size}`.

    An index of another dtype passes: that is for the row itself to refuse.
    """
    index = np.asarray(index)
    if index.dtype.kind not in "iu":
        return
    outside = (index < (-size if negative else 0)) | (index >= size)
    if outside.any():
        raise error(message.format(index=index[outside].flat[0], size=size))
