"""What is seen of a program's equations while it runs in wide numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
from jax.extend import core

from funcgrad.testing.widening import Watch, widen


def observed(
    program: core.ClosedJaxpr,
    look: Callable[[core.JaxprEqn, list[Any]], Any],
    enters: Callable[[core.JaxprEqn], bool] = lambda equation: True,
) -> Callable[..., list[Any]]:
    """The function of a program's wide arguments that gives what is seen of its equations.

    Args:
        program: the trace of a function.
        look: gives something of an equation and its operands, or None; it is traced.
        enters: whether the equations inside another are looked at, too.
    """

    def run(*arguments: Any) -> list[Any]:
        watch = Watch(look, enters)
        widen(program, watch)(*arguments)
        return watch.found

    return run


def largest(found: Sequence[Any]) -> Any:
    """The largest of all numbers found that are finite, or 0; whether any is, of truths."""
    sizes = [jnp.ravel(jnp.where(jnp.isfinite(each), each, 0)) for each in found]
    return jnp.max(jnp.concatenate([jnp.zeros(1), *sizes]))
