"""A task: some steps of training, in PyTorch style and in JAX."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

Arrays = Sequence[np.ndarray]


@dataclass
class Stateful:
    """A step in PyTorch style, for the module `torch` that made it.

    Attributes:
        step: of one batch; returns the loss.
        state: the tensors that are trained.
    """

    step: Callable[..., Any]
    state: Callable[[], Sequence[Any]]


@dataclass
class Pure:
    """A step in JAX.

    Attributes:
        step: of state and one batch; returns the next state and the loss.
        state: at the start.
        parameters: of a state, in the order of PyTorch's.
    """

    step: Callable[..., Any]
    state: Any
    parameters: Callable[[Any], Sequence[Any]]


@dataclass
class Task:
    """What is trained.

    Attributes:
        name: of the task.
        steps: how many make a turn.
        data: arrays with a leading axis of `steps`: what each step is given.
        torch: makes the step of a module `torch`.
        jax: makes the step in JAX.
        double: whether JAX needs 64-bit types.
        rtol: within which all engines agree after the steps.
        loops: how many times these steps a loop makes where it is timed: as many as in a training,
            so that what is timed is the loop and not the call.
        skip: engines that are left out, and why.
    """

    name: str
    steps: int
    data: Callable[[], Arrays]
    torch: Callable[[ModuleType], Stateful]
    jax: Callable[[], Pure]
    double: bool = False
    rtol: float = 1e-4
    loops: int = 1
    skip: Mapping[str, str] = field(default_factory=dict)
