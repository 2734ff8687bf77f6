"""The update of all parameters of a group as one compiled program.

A rule is a pure function of one parameter, its gradient and its state, made of optax's
transformations. The options that are numbers are operands, so another learning rate compiles
nothing.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from ...cache import Program, like
from ...ops.promotion import COMPLEX, kind

Array = jax.Array
State = dict[str, Array]
Numbers = dict[str, Any]


Flags = tuple[tuple[str, bool], ...]


class Form(NamedTuple):
    """What a program is compiled for: options that change its shape rather than its values."""

    flags: Flags
    # For each parameter, which of the distinct step counts is its own; empty without counts.
    counts: tuple[int, ...]
    # For each parameter, whether this is its first step; empty where that makes no difference.
    first: tuple[bool, ...]


# (parameter, gradient, state, numbers, flags, first) to (update, new state); the step count, where
# the rule has one, is `state["step"]`, as it was before.
Rule = Callable[[Array, Array, State, Numbers, dict[str, bool], bool], tuple[Array, State]]


def through(
    gradient: Array, parameter: Array, *stages: optax.GradientTransformation | None
) -> Array:
    """The gradient after some transformations that keep no state; None is left out."""
    for stage in stages:
        if stage is not None:
            gradient, _ = stage.update(gradient, stage.init(parameter), parameter)
    return gradient


def prepared(gradient: Array, parameter: Array, numbers: Numbers, flags: dict[str, bool]) -> Array:
    """What every rule starts with: the sign, and weight decay as a part of the gradient."""
    return through(
        gradient,
        parameter,
        optax.scale(-1.0) if flags["maximize"] else None,
        optax.add_decayed_weights(numbers["weight_decay"]) if flags["weight_decay"] else None,
    )


@lru_cache(maxsize=256)
def program(rule: Rule, form: Form) -> Callable[..., Any]:
    """The compiled update of all parameters of a group."""
    return Program(partial(_update, rule, form), _sign)


def _sign(parameters: Sequence[Array], *_: Any) -> Any:
    return len(parameters), like(parameters[0]), like(parameters[-1])


def _update(
    rule: Rule,
    form: Form,
    parameters: Sequence[Array],
    gradients: Sequence[Array],
    states: Sequence[State],
    counts: Sequence[Array],
    numbers: Numbers,
) -> tuple[list[Array], list[State], list[Array]]:
    """New parameters, new states, new step counts."""
    flags = dict(form.flags)
    # As whole numbers, so that β to their power is taken in float64.
    whole = [count.astype(jnp.int32) for count in counts]
    results, memories = [], []
    for i, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
        state = states[i] if states else {}
        steps = {"step": whole[form.counts[i]]} if whole else {}
        first = bool(form.first) and form.first[i]
        p, g, s = jax.tree.map(_real, (parameter, gradient, state))
        update, memory = rule(p, g, {**s, **steps}, numbers, flags, first)
        moved = optax.apply_updates(p, update.astype(p.dtype))
        results.append(_like(moved, parameter))
        memories += [{key: _like(memory[key], state[key]) for key in state}] if states else []
    return results, memories, [optax.safe_increment(count) for count in counts]


def _real(array: Array) -> Array:
    """A complex array as its parts, which PyTorch's optimizers treat as numbers of their own."""
    if kind(array.dtype) != COMPLEX:
        return array
    return jnp.stack([array.real, array.imag], -1)


def _like(array: Array, original: Array) -> Array:
    if kind(original.dtype) == COMPLEX:
        array = jax.lax.complex(array[..., 0], array[..., 1])
    return array.astype(original.dtype)
