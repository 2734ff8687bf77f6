"""How close the jumps of a program's staircases lie, and the turns of its waves.

x − L·round(x / L) is a saw with teeth of L. A step that is longer than L passes over jumps, and its
difference quotient is the slope of the whole saw, 0, on which all long steps agree. So it is with
the turns of sin(x / L).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
from jax.extend import core

from funcgrad.testing.coordinates import dtype_of, is_inexact
from funcgrad.testing.watching import largest, observed
from funcgrad.testing.widening import equations

STAIRS = frozenset({"floor", "ceil", "round"})
_WAVES = frozenset({"sin", "cos", "tan"})
_REMAINDER = "rem"


def jumps(program: core.ClosedJaxpr) -> Callable[..., Any] | None:
    """The function that tells how many jumps and turns lie between two points, at most.

    It takes the program's wide arguments at one point, as a list, and at the other, and traces.
    What is in branches is not seen. None of a program that has neither.
    """
    if not any(_has_any(equation) for equation in equations(program.jaxpr)):
        return None
    phases = observed(program, _phase)

    def run(one: Sequence[Any], other: Sequence[Any]) -> Any:
        pairs = zip(phases(*one), phases(*other), strict=True)
        return largest([jnp.abs(after - before) for before, after in pairs])

    return run


def _has_any(equation: core.JaxprEqn) -> bool:
    name = equation.primitive.name
    return name in STAIRS | _WAVES or (
        name == _REMAINDER and is_inexact(dtype_of(equation.invars[0].aval))
    )


def _phase(equation: core.JaxprEqn, operands: list[Any]) -> Any:
    """What the equation rounds, or the angle that it takes, in half turns."""
    if not _has_any(equation):
        return None
    name = equation.primitive.name
    unit = operands[1] if name == _REMAINDER else jnp.pi if name in _WAVES else 1.0
    return jnp.asarray(operands[0]) / unit
