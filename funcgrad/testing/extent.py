"""How large the numbers are that a program works with on its way to a result.

A result of size one that is made of logits of size 10⁵ has, like its gradient, their rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax.extend import core

from funcgrad.testing.coordinates import is_inexact
from funcgrad.testing.watching import largest, observed


def extent(program: core.ClosedJaxpr) -> Callable[..., Any]:
    """The function of the program's wide arguments that gives the largest finite number in it.

    Traces. What is in branches is not seen.
    """

    def run(*arguments: Any) -> Any:
        return largest(observed(program, _sizes)(*arguments))

    return run


def _sizes(equation: core.JaxprEqn, operands: list[Any]) -> Any:
    """The largest finite number among the operands."""
    arrays = [array for array in map(jnp.asarray, operands) if is_inexact(array.dtype)]
    return largest([jnp.abs(array) for array in arrays]) if arrays else None
