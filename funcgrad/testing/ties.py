"""Whether a function is at a kink inside, though it may be smooth as a whole.

|x|² is smooth at 0, and relu(x) + log(1 + exp(−|x|)) is. But what they are made of is not, and JAX
takes one of the slopes there, or a mean; so at such a point, and there alone, the derivative of a
right function may be wrong. The program tells: a comparison of equal numbers, an |0|, a tie.

A rule by hand is for the function as a whole, and has no such excuse: what is inside that function
does not count. JAX's own rules are pieces like its other operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax.extend import core

from funcgrad.testing.coordinates import is_inexact
from funcgrad.testing.jumps import STAIRS
from funcgrad.testing.rules import by_hand
from funcgrad.testing.watching import largest, observed

# Not `eq`: who asks for one number alone gives the derivative there, too.
_COMPARE = {"lt", "le", "gt", "ge", "max", "min", "le_to", "lt_to"}
_ZERO = {"abs", "sign"}
_LARGEST = {"reduce_max": jnp.max, "reduce_min": jnp.min, "argmax": jnp.max, "argmin": jnp.min}
# Open loops and branches hide what is inside them; the others look at many numbers at once.
_HIDDEN = {"cond", "while", "reduce_window_max", "reduce_window_min", "cummax", "cummin"}
_HIDDEN |= {"select_and_gather_add", "select_and_scatter_add", "reduce_window", "top_k", "rem"}
# Where these are degenerate cannot be seen from what goes in.
_HIDDEN |= {"eig", "eigh", "svd", "qr", "geqrf", "householder_product", "schur", "lu"}


def tied(program: core.ClosedJaxpr) -> Callable[..., Any]:
    """The function of the program's wide arguments that tells whether some equation is at a kink.

    Traces. Where that cannot be seen it says yes.
    """

    def run(*arguments: Any) -> Any:
        found = observed(program, _tied, lambda equation: not by_hand(equation))(*arguments)
        return largest(found) > 0

    return run


def _tied(equation: core.JaxprEqn, operands: list[Any]) -> Any:
    name, atoms = equation.primitive.name, equation.invars
    if name in _HIDDEN:
        return jnp.ones((), bool)
    if not atoms or not is_inexact(getattr(atoms[0].aval, "dtype", bool)):
        return jnp.zeros((), bool)
    first = operands[0]
    if name in _COMPARE and atoms[0] is not atoms[1]:
        return jnp.any(first == operands[1])
    if name in _ZERO:
        return jnp.any(first == 0)
    if name in STAIRS:
        return jnp.any(first == jnp.floor(first)) | jnp.any(first + 0.5 == jnp.floor(first + 0.5))
    if name == "clamp":
        return jnp.any(operands[1] == operands[0]) | jnp.any(operands[1] == operands[2])
    if name in _LARGEST:
        axes = equation.params["axes"]
        best = _LARGEST[name](first, axis=axes, keepdims=True)
        return jnp.any(jnp.sum(first == best, axis=axes) > 1)
    if name == "sort":
        axis = equation.params["dimension"]
        ordered = jnp.sort(first, axis=axis)
        return jnp.any(jnp.diff(ordered, axis=axis) == 0)
    return jnp.zeros((), bool)
