"""Functions that stay apart when they are compiled together."""

from collections.abc import Callable
from typing import Any

import jax
from jax.experimental.xla_metadata import set_xla_metadata


def apart(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays, to be called while a larger program is traced.

    XLA would compile it as a part of that program, and where it fuses a product with a sum of what
    follows, round once instead of twice. As a call that is not inlined the function is compiled as
    it would be alone, and its results are the same to the bit.

    Example:
        >>> import jax.numpy as jnp
        >>> product, total = apart(jnp.multiply), apart(jnp.add)
        >>> together = jax.jit(lambda x, y, z: total(product(x, y), z))
        >>> float(together(2.0, 3.0, 4.0))
        10.0
    """

    def body(*arrays: Any) -> Any:
        with set_xla_metadata(inlineable=None):  # what it calls itself is inlined as ever
            return function(*arrays)

    compiled = jax.jit(body)

    def call(*arrays: Any) -> Any:
        with set_xla_metadata(inlineable="false"):
            return compiled(*arrays)

    return call
