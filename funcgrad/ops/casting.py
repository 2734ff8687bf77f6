"""From one dtype to another, as PyTorch converts on the processor that it is compared on."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from .promotion import BOOL, COMPLEX, FLOAT, FLOAT32, INT, kind


def cast(array, dtype):
    """An array in another dtype.

    Floating numbers that an integer dtype does not hold are undefined in C++. There they wrap: 300
    becomes 44 in a byte, and what no int32 or int64 on the way there holds its least number. XLA
    gives the nearest one.
    """
    if kind(dtype) == BOOL:
        return array != 0
    if kind(array.dtype) == COMPLEX > kind(dtype):
        array = array.real
    if kind(array.dtype) != FLOAT or kind(dtype) != INT or dtype == np.uint64:
        return array.astype(dtype)
    way = np.int32 if dtype.itemsize < 4 or dtype == np.int32 else np.int64
    least = float(np.iinfo(way).min)
    inside = (array >= least) & (array < -least)
    return jnp.where(inside, array, least).astype(way).astype(dtype)


def rounded(array, half):
    """An array in float32 with the numbers of a half type, which XLA may not take for a detour."""
    facts = jnp.finfo(half)
    return lax.reduce_precision(cast(array, FLOAT32), facts.nexp, facts.nmant)
