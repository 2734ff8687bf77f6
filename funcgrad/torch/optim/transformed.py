"""Optimizers whose rule is made of optax's gradient transformations.

A rule is a pure function of one parameter, its gradient and its state. All parameters of a group go
through it in one compiled program; the options that are numbers are operands of that program, so
another learning rate compiles nothing.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ...ops.promotion import COMPLEX, kind
from ...tape.inplace import write
from ...tape.modes import enable_grad, no_grad
from ...tape.tensor import Tensor, wrap
from .groups import Group
from .optimizer import Optimizer

Array = jax.Array
State = dict[str, Array]
Numbers = dict[str, Any]


class Form(NamedTuple):
    """What a program is compiled for: options that change its shape rather than its values."""

    flags: tuple[tuple[str, bool], ...]
    # For each parameter, which of the distinct step counts is its own.
    counts: tuple[int, ...]
    # For each parameter, whether this is its first step.
    first: tuple[bool, ...]


# (parameter, gradient, state, numbers, flags, first) to (update, new state); the step count, where
# the rule has one, is `state["step"]`, as it was before.
Rule = Callable[[Array, Array, State, Numbers, dict[str, bool], bool], tuple[Array, State]]


def through(
    gradient: Array, parameter: Array, *stages: optax.GradientTransformation | None
) -> Array:
    """The gradient after some transformations that keep no state; None is left out."""
    chain = optax.chain(*(stage for stage in stages if stage is not None))
    return chain.update(gradient, chain.init(parameter), parameter)[0]


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
    return jax.jit(partial(_update, rule, form))


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
    for i, (parameter, gradient, state) in enumerate(
        zip(parameters, gradients, states, strict=True)
    ):
        steps = {"step": whole[form.counts[i]]} if whole else {}
        p, g, s = jax.tree.map(_real, (parameter, gradient, state))
        update, memory = rule(p, g, {**s, **steps}, numbers, flags, form.first[i])
        moved = optax.apply_updates(p, update.astype(p.dtype))
        results.append(_like(moved, parameter))
        memories.append({key: _like(memory[key], state[key]) for key in state})
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


@lru_cache(maxsize=1024)
def _constant(value: float) -> Array:
    # A weak type: it takes the dtype of the array it meets, and its own arithmetic is float64.
    with jax.ensure_compile_time_eval(), jax.enable_x64(True):
        return jnp.asarray(value)


def number(value: Any) -> Array:
    """An option as an operand: a Python number keeps no dtype of its own, a tensor its own."""
    if isinstance(value, Tensor):
        return value._read()
    return value if isinstance(value, jax.Array) else _constant(float(value))


def is_zero(value: Any) -> bool:
    """Whether an option is off; a traced or tensor-valued one counts as on."""
    return isinstance(value, (int, float)) and value == 0


def like(array: Array, value: float = 0.0) -> Tensor:
    """State for a parameter: one value, where the parameter is."""
    if isinstance(array, jax.core.Tracer):
        return wrap(jnp.full_like(array, value))
    return wrap(jax.device_put(np.full(array.shape, value, array.dtype), array.sharding))


class Transformed(Optimizer):
    """An optimizer that is a rule."""

    rule: Rule
    # The options that the rule reads: numbers, and switches that choose the program.
    numbers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ("maximize", "weight_decay")
    counted = True

    def slots(self, group: Group) -> dict[str, float]:
        """Names of the state tensors of the group's parameters, and what they start from."""
        raise NotImplementedError

    @no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters from their gradients; those without a gradient stay.

        Args:
            closure: computes the loss (and its gradients) once more; called first.

        Returns:
            What the closure returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with jax.enable_x64(True):
            for group in self.param_groups:
                parameters = [p for p in group["params"] if p._grad is not None]
                if parameters:
                    self._step(group, parameters)
        return loss

    def _step(self, group: Group, parameters: list[Tensor]) -> None:
        arrays = [p._read() for p in parameters]
        slots = self.slots(group)
        first = []
        states: list[dict[str, Tensor]] = []
        for parameter, array in zip(parameters, arrays, strict=True):
            state = self.state[parameter] if slots or self.counted else {}
            first.append(any(state.get(name) is None for name in slots))
            self._complete(state, slots, array)
            states.append(state)
        counters, counts = _distinct(states) if self.counted else ([], ())
        form = Form(
            tuple((name, self._flag(group, name)) for name in self.flags),
            counts,
            tuple(first) if self._distinguishes_first(group) else (False,) * len(first),
        )
        operands = [{name: state[name]._read() for name in slots} for state in states]
        gradients = [p._grad._read() for p in parameters]
        moved, memories, counters = program(type(self).rule, form)(
            arrays, gradients, operands, counters, self._numbers(group)
        )
        for i, parameter in enumerate(parameters):
            write(parameter, moved[i])
            state = states[i]
            for name, array in memories[i].items():
                write(state[name], array)
            if counters:
                write(state["step"], counters[counts[i]])

    def _complete(self, state: dict[str, Tensor], slots: dict[str, float], array: Array) -> None:
        """State that is not there yet."""
        if self.counted and "step" not in state:
            state["step"] = wrap(_zero_steps())
        for name, value in slots.items():
            if state.get(name) is None:
                state[name] = like(array, value)

    def _distinguishes_first(self, group: Group) -> bool:
        """Whether the first step of a parameter follows another rule."""
        return False

    def _flag(self, group: Group, name: str) -> bool:
        value = group[name]
        return value if isinstance(value, bool) else not is_zero(value)

    def _numbers(self, group: Group) -> Numbers:
        return {
            name: tuple(map(number, group[name]))
            if isinstance(group[name], (tuple, list))
            else number(group[name])
            for name in self.numbers
        }


@lru_cache(maxsize=1)
def _zero_steps() -> Array:
    with jax.ensure_compile_time_eval():
        return jnp.zeros((), jnp.float32)


def _distinct(states: Sequence[dict[str, Tensor]]) -> tuple[list[Array], tuple[int, ...]]:
    """The step counts without repetition: parameters that go in step share one array."""
    seen: dict[int, int] = {}
    arrays: list[Array] = []
    places = []
    for state in states:
        array = state["step"]._read()
        place = seen.setdefault(id(array), len(arrays))
        if place == len(arrays):
            arrays.append(array)
        places.append(place)
    return arrays, tuple(places)


def check(**options: Any) -> None:
    """Raise PyTorch's error for a negative option; the name is that of the message."""
    for name, value in options.items():
        if not isinstance(value, (Tensor, jax.Array)) and not value >= 0.0:
            raise ValueError(f"Invalid {_MESSAGES.get(name, name)}: {value}")


_MESSAGES = {
    "lr": "learning rate",
    "momentum": "momentum value",
    "weight_decay": "weight_decay value",
    "eps": "epsilon value",
    "alpha": "alpha value",
    "lr_decay": "lr_decay value",
    "initial_accumulator_value": "initial_accumulator_value value",
}


def refuse_differentiable(differentiable: bool) -> None:
    """A step is not recorded; say so where PyTorch would record it."""
    if differentiable:
        raise NotImplementedError(
            "differentiable=True: a step here is one program outside the graph. To differentiate "
            "through updates write them as a function and use optax with jax.grad"
        )
