"""JAX's 64-bit types, switched on around a compiled call."""

from collections.abc import Callable, Sequence
from typing import Any

import jax


def _switch(on: bool) -> Any:
    context = jax.enable_x64(on)
    context.__enter__()
    return context


def _restore(context: Any) -> None:
    context.__exit__(None, None, None)


# Of what `with jax.enable_x64(True)` does the context manager takes 2 us, and there is one around
# every operation; this is what it calls. Should a JAX to come lack it, the context manager is used.
# `restore` takes what `switch` gave.
switch: Callable[[bool], Any] = getattr(jax.enable_x64, "swap_local", _switch)
restore: Callable[[Any], None] = getattr(jax.enable_x64, "set_local", _restore)


def wide(program: Callable[..., Any], arrays: Sequence[Any]) -> Any:
    """Call a program that is compiled, with JAX's 64-bit types.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> wide(jax.jit(lambda x: x.astype(float)), [jnp.ones(2)]).dtype
        dtype('float64')
    """
    before = switch(True)
    try:
        return program(*arrays)
    finally:
        restore(before)
