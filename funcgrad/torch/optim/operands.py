"""What a program is given: options as arrays, and state that is not there yet."""

from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...cache import keeping
from ...tape.live import STANDING_IN
from ...tape.tensor import Tensor, wrap

Array = jax.Array


@lru_cache(maxsize=1024)
def _constant(value: float) -> Array:
    # A weak type: it takes the dtype of the array it meets, and its own arithmetic is float64.
    with jax.ensure_compile_time_eval(), jax.enable_x64(True), keeping():
        return jnp.asarray(value)


def number(value: Any) -> Array:
    """An option as an operand: a Python number keeps no dtype of its own, a tensor its own."""
    if isinstance(value, Tensor):
        return value._read()
    if type(value) in STANDING_IN:
        return value.operand()
    return value if isinstance(value, jax.Array) else _constant(float(value))


def is_zero(value: Any) -> bool:
    """Whether an option is off; a traced or tensor-valued one counts as on."""
    return isinstance(value, (int, float)) and value == 0


def like(array: Array, value: float = 0.0) -> Tensor:
    """State for a parameter: one value, where the parameter is."""
    with jax.enable_x64(True):
        if isinstance(array, jax.core.Tracer):
            return wrap(jnp.full_like(array, value))
        return wrap(jax.device_put(np.full(array.shape, value, array.dtype), array.sharding))


@lru_cache(maxsize=64)
def _single(value: float, place: Any) -> Array:
    return jax.device_put(np.array(value, np.float32), place)


def single(array: Array, value: float = 0.0) -> Tensor:
    """One number for a whole parameter, its step count say: where the parameter is.

    PyTorch keeps it on the CPU.
    """
    if isinstance(array, jax.core.Tracer):
        return wrap(jnp.full((), value, np.float32))
    return wrap(_single(value, array.sharding))
