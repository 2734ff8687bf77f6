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
    """

    def __init__(
        self, turn: Callable[[], Any], parameters: Callable[[], Sequence[np.ndarray]]
    ) -> None:
        self.turn, self.parameters = turn, parameters


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
    stacked = tuple(face.tensor(array) for array in task.data())

    def turn() -> None:
        bridge.scan(made.step, stacked or None, length=task.steps).numpy()

    return Runner(turn, lambda: [p.detach().numpy() for p in made.state()])


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
            loss.block_until_ready()

    return Runner(turn, lambda: [np.asarray(p) for p in made.parameters(state)])


def looped(task: Task) -> Runner:
    with precision(task):
        made = task.jax()
        state, stacked = made.state, tuple(jnp.asarray(array) for array in task.data())

    @jax.jit(donate_argnums=0)
    def whole(state: Any, stacked: Any) -> Any:
        return jax.lax.scan(lambda s, x: made.step(s, *x), state, stacked, length=task.steps)

    def turn() -> None:
        nonlocal state
        with precision(task):
            state, losses = whole(state, stacked)
            losses.block_until_ready()

    return Runner(turn, lambda: [np.asarray(p) for p in made.parameters(state)])


ENGINES: dict[str, Callable[[Task], Runner]] = {
    "torch": torch_eager,
    "torch.compile": torch_compiled,
    "eager": eager,
    "compiled": compiled,
    "scanned": scanned,
    "jit": jitted,
    "lax.scan": looped,
}
