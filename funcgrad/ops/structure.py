"""What calls are made of: keys for static arguments, results as tuples."""

import math
from typing import Any

import jax

Array = jax.Array


def freeze(value: Any) -> Any:
    """A hashable, typed stand-in for a static argument: 1, True and 1.0 differ, as do ±0.0."""
    if isinstance(value, (list, tuple)):
        return tuple(map(freeze, value))
    if isinstance(value, slice):
        return (slice, freeze(value.start), freeze(value.stop), freeze(value.step))
    if isinstance(value, float):
        return (float, "nan" if math.isnan(value) else value.hex())
    if isinstance(value, (bool, complex)):
        return (type(value), repr(value))
    return value


def leaves(result: Any) -> tuple[Array, ...]:
    """The results of a row as a tuple, whether it returns one or several."""
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)
