"""JAX's 64-bit types, switched on around a compiled call."""

from collections.abc import Callable, Sequence
from typing import Any

import jax

# Of what `with jax.enable_x64(True)` does the context manager takes 2 us, and there is one around
# every operation; this is what it calls. Should a JAX to come lack it, the context manager is used.
_switch: Callable[[Any], Any] | None = getattr(jax.enable_x64, "swap_local", None)
_restore: Callable[[Any], None] | None = getattr(jax.enable_x64, "set_local", None)


def wide(program: Callable[..., Any], arrays: Sequence[Any]) -> Any:
    """Call a program that is compiled, with JAX's 64-bit types.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> wide(jax.jit(lambda x: x.astype(float)), [jnp.ones(2)]).dtype
        dtype('float64')
    """
    if _switch is None or _restore is None:
        with jax.enable_x64(True):
            return program(*arrays)
    before = _switch(True)
    try:
        return program(*arrays)
    finally:
        _restore(before)
