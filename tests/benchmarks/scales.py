"""Tasks that grow: chains of operations, networks of more and more units.

Where an engine would take minutes, the task says why it is left out.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .gallery import nothing
from .networks import classes, cross_entropy, dense, drawn, in_jax, in_torch, layers, sizes
from .task import Pure, Stateful, Task

START = np.linspace(-1, 1, 8, dtype=np.float32)


def chain(length: int) -> Callable[[ModuleType], Stateful]:
    """Sines of sines, and the way back."""

    def make(torch: ModuleType) -> Stateful:
        x = torch.tensor(START, requires_grad=True)

        def step() -> Any:
            y = x
            for _ in range(length):
                y = y.sin()
            loss = y.sum()
            loss.backward()
            with torch.no_grad():
                x.sub_(0.01 * x.grad)
            x.grad.zero_()
            return loss

        return Stateful(step, lambda: [x])

    return make


def chain_in_jax(length: int) -> Callable[[], Pure]:
    def make() -> Pure:
        def total(x: Any) -> Any:
            for _ in range(length):
                x = jnp.sin(x)
            return x.sum()

        def step(x: Any) -> Any:
            value, slope = jax.value_and_grad(total)(x)
            return x - 0.01 * slope, value

        return Pure(step, jnp.asarray(START), lambda x: [x])

    return make


def deep(length: int, steps: int, skip: dict[str, str]) -> Task:
    return Task(f"depth_{length}", steps, nothing, chain(length), chain_in_jax(length), skip=skip)


def wide(width: int, steps: int) -> Task:
    widths = (width, width, width, 10)
    return Task(
        f"width_{width}", steps, lambda: (drawn(steps, 32, width), classes(steps, 32, of=10)),
        in_torch(lambda t: layers(t, *widths), lambda t: t.nn.CrossEntropyLoss(),
                 lambda t, p: t.optim.SGD(p, lr=0.01)),
        in_jax(dense, cross_entropy, optax.sgd(0.01), sizes(*widths)),
    )  # fmt: skip


SAME = "one step is what it is in a loop"
NO_LOOP = {"scanned": SAME, "lax.scan": SAME}
MINUTES = "XLA compiles a chain of 10 000 operations for minutes"
LONG = dict.fromkeys(("compiled", "jit", "torch.compile"), MINUTES)
SCALES = {
    "depth": {
        10: deep(10, 100, NO_LOOP),
        100: deep(100, 20, NO_LOOP),
        1000: deep(1000, 3, NO_LOOP),
        10_000: deep(10_000, 1, NO_LOOP | LONG),
    },
    "width": {
        width: wide(width, steps)
        for width, steps in ((16, 100), (64, 100), (256, 20), (1024, 3), (2048, 2))
    },
}
