"""Whether a program takes an entry that is not there.

Unless it is told otherwise, JAX takes the nearest entry instead, and drops its gradient. So where
an index is too large, as those of an example may be in a smaller shape, no rule is right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import lax
from jax.extend import core

from funcgrad.testing.watching import largest, observed
from funcgrad.testing.widening import equations


def misplaced(program: core.ClosedJaxpr) -> Callable[..., Any]:
    """The function of the program's wide arguments that tells whether some index is out of range.

    Traces. Of what is in branches it says yes, if anything is taken by an index there.
    """

    def run(*arguments: Any) -> Any:
        found = observed(program, _beyond)(*arguments)
        hidden = sum(map(_trusts, equations(program.jaxpr))) > len(found)
        return (largest(found) > 0) | hidden

    return run


def _trusts(equation: core.JaxprEqn) -> bool:
    """Whether it goes wrong by an index that is too large.

    An entry that is taken is another, and what is set in the nearest place meets what is there.
    """
    name, mode, modes = equation.primitive.name, equation.params.get("mode"), lax.GatherScatterMode
    if name == "scatter" and mode == modes.CLIP:
        return True
    return name.startswith(("gather", "scatter")) and bool(mode == modes.PROMISE_IN_BOUNDS)


def _beyond(equation: core.JaxprEqn, operands: list[Any]) -> Any:
    if not _trusts(equation):
        return None
    shape, numbers = operands[0].shape, equation.params["dimension_numbers"]
    if equation.primitive.name == "gather":
        axes, windows = numbers.start_index_map, equation.params["slice_sizes"]
    else:
        axes = numbers.scatter_dims_to_operand_dims
        sizes = iter([operands[2].shape[axis] for axis in numbers.update_window_dims])
        single = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
        windows = [1 if axis in single else next(sizes) for axis in range(len(shape))]
    last = jnp.asarray([shape[axis] - windows[axis] for axis in axes])
    return jnp.any((operands[1] < 0) | (operands[1] > last))
