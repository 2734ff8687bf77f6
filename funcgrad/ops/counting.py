"""How many elements lie in each of several intervals."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from . import kinds
from .promotion import FLOAT
from .row import row


def _check_histc(input, bins=100, min=0, max=0):
    if input.dtype.kind in "biu" or not input.size:
        return
    low, high = _limits(np.asarray(input), min, max)
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"torch.histc: range of [{low}, {high}] is not finite")


def _limits(values, low, high):
    if low == high and values.size:
        low, high = values.min(), values.max()
    return (low - 1, high + 1) if low == high else (low, high)


@row("histc", check=_check_histc)
def histc(input, bins=100, min=0, max=0):
    """How many elements lie in each of `bins` intervals of equal length from `min` to `max`.

    If both are equal the least and the greatest element are taken. What lies outside is not
    counted; the greatest element is, in the last interval.
    """
    if bins <= 0:
        raise RuntimeError("torch.histc(): bins must be > 0")
    if min > max:
        raise RuntimeError("torch.histc: max must be larger than min")
    kinds.only("histogram_cpu", input, FLOAT)
    values = lax.stop_gradient(input).reshape(-1)
    low, high = jnp.asarray(min, input.dtype), jnp.asarray(max, input.dtype)
    if min == max and values.size:
        low, high = jnp.min(values), jnp.max(values)
    low, high = jnp.where(low == high, low - 1, low), jnp.where(low == high, high + 1, high)
    inside = (values >= low) & (values <= high)
    place = ((values - low) * bins / (high - low)).astype(np.int64)
    place = jnp.where(inside, jnp.minimum(place, bins - 1), bins)
    counts = jnp.zeros(bins + 1, input.dtype).at[place].add(1, mode="drop")
    return counts[:bins]
