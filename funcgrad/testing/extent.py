"""How large the numbers are that a program works with on its way to a result.

A result of size one that is made of logits of size 10⁵ has, like its gradient, their rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax.extend import core

from funcgrad.testing.coordinates import is_inexact
from funcgrad.testing.widening import widen


def extent(program: core.ClosedJaxpr) -> Callable[..., Any]:
    """The function of the program's wide arguments that gives the largest finite number in it.

    Traces. What is in loops and branches is not seen.
    """

    def run(*arguments: Any) -> Any:
        found: list[Any] = [jnp.zeros(())]

        def watch(equation: core.JaxprEqn, operands: list[Any]) -> bool:
            for operand in map(jnp.asarray, operands):
                if is_inexact(operand.dtype) and operand.size:
                    size = jnp.abs(operand)
                    found.append(jnp.max(jnp.where(jnp.isfinite(size), size, 0.0)))
            return True

        widen(program, watch)(*arguments)
        return jnp.max(jnp.stack(found))

    return run
