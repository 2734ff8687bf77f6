"""How large the numbers are that a program works with on its way to a result.

A result of size one that is made of logits of size 10⁵ has, like its gradient, their rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax.extend import core

from funcgrad.testing.coordinates import is_inexact
from funcgrad.testing.widening import observed


def extent(program: core.ClosedJaxpr) -> Callable[..., Any]:
    """The function of the program's wide arguments that gives the largest finite number in it.

    Traces. What is in loops and branches is not seen.
    """

    def run(*arguments: Any) -> Any:
        return jnp.max(jnp.stack([jnp.zeros(()), *observed(program, _largest)(*arguments)]))

    return run


def _largest(equation: core.JaxprEqn, operands: list[Any]) -> Any:
    """The largest finite number among the operands."""
    arrays = [array for array in map(jnp.asarray, operands) if is_inexact(array.dtype)]
    sizes = [jnp.abs(array) for array in arrays if array.size]
    largest = [jnp.max(jnp.where(jnp.isfinite(size), size, 0.0)) for size in sizes]
    return jnp.max(jnp.stack(largest)) if largest else None
