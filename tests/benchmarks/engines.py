"""What runs a task: each engine makes a turn of it, which ends when the result is there."""

import contextlib
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch

import funcgrad.torch as face
from funcgrad import bridge

from .task import Task


class Runner:
    """A task on an engine.

    Attributes:
        turn: makes all steps of the task.
        parameters: what is trained.
        timed: what is timed once they agree: the turn, or that many of them in one loop.
    """

    def __init__(
        self,
        turn: Callable[[], Any],
        parameters: Callable[[], Sequence[np.ndarray]],
        timed: Callable[[], Any] | None = None,
    ) -> None:
        self.turn, self.parameters, self.timed = turn, parameters, timed or turn


def _stateful(module: ModuleType, task: Task, compiled: Callable[..., Any]) -> Runner:
    made = task.torch(module)
    step = compiled(made.step)
    stacked = [module.tensor(array) for array in task.data()]
    # Tensors of their own, as a loader gives them: a view's place in its memory is the program's.
    batches = [tuple(part[i].clone() for part in stacked) for i in range(task.steps)]

    def turn() -> None:
        for batch in batches:
            loss = step(*batch)
        loss.item()

    return Runner(turn, lambda: [p.detach().numpy().copy() for p in made.state()])


def torch_eager(task: Task) -> Runner:
    return _stateful(torch, task, lambda step: step)


def torch_compiled(task: Task) -> Runner:
    return _stateful(torch, task, torch.compile)


def eager(task: Task) -> Runner:
    return _stateful(face, task, lambda step: step)


def compiled(task: Task) -> Runner:
    return _stateful(face, task, lambda step: face.compile(step, fullgraph=True))


def scanned(task: Task) -> Runner:
    made = task.torch(face)

    def looping(times: int) -> Callable[[], None]:
        stacked = tuple(face.tensor(array) for array in repeated(task.data(), times))

        def turn() -> None:
            bridge.scan(made.step, stacked or None, length=times * task.steps).numpy()

        return turn

    return Runner(
        looping(1), lambda: [p.detach().numpy() for p in made.state()], looping(task.loops)
    )


def repeated(data: Sequence[np.ndarray], times: int) -> list[np.ndarray]:
    """The data of several turns, one after the other."""
    return [np.concatenate([array] * times) for array in data]


def precision(task: Task) -> Any:
    return jax.enable_x64(True) if task.double else contextlib.nullcontext()


def jitted(task: Task) -> Runner:
    with precision(task):
        made = task.jax()
        step, state = jax.jit(made.step, donate_argnums=0), made.state
        stacked = [jnp.asarray(array) for array in task.data()]
        batches = [tuple(part[i] for part in stacked) for i in range(task.steps)]

    def turn() -> None:
        nonlocal state
        with precision(task):
            for batch in batches:
                state, loss = step(state, *batch)
            loss.item()

    return Runner(turn, lambda: [np.asarray(p) for p in made.parameters(state)])


def looped(task: Task) -> Runner:
    with precision(task):
        made = task.jax()
        state = made.state

    @jax.jit(donate_argnums=0, static_argnums=2)
    def whole(state: Any, stacked: Any, steps: int) -> Any:
        return jax.lax.scan(lambda s, x: made.step(s, *x), state, stacked, length=steps)

    def looping(times: int) -> Callable[[], None]:
        with precision(task):
            stacked = tuple(jnp.asarray(array) for array in repeated(task.data(), times))

        def turn() -> None:
            nonlocal state
            with precision(task):
                state, losses = whole(state, stacked, times * task.steps)
                np.asarray(losses)

        return turn

    return Runner(
        looping(1), lambda: [np.asarray(p) for p in made.parameters(state)], looping(task.loops)
    )


ENGINES: dict[str, Callable[[Task], Runner]] = {
    "torch": torch_eager,
    "torch.compile": torch_compiled,
    "eager": eager,
    "compiled": compiled,
    "scanned": scanned,
    "jit": jitted,
    "lax.scan": looped,
}
# Those that make many steps in one call.
LOOPS = ("scanned", "lax.scan")
