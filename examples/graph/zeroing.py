"""Zeroing the gradient between backward passes.

y = x³ at 5, three times. `backward()` adds to the gradient that is there: 75, 150, 225. With
`x.grad.zero_()` in between, every pass starts afresh: 75, 75, 75.
"""

import jax
import numpy as np

import funcgrad as fg

SOURCE = "D0 D2"
NOTE = (
    "`zero_()` empties the tensor in place, and forgetting it is silent. In JAX the sum is the "
    "carry of a scan, so starting from the carry or from zero is there to be read."
)
EXPECTED = {"accumulated": [75.0, 150.0, 225.0], "zeroed": [75.0, 75.0, 75.0]}


def inputs(seed=0):
    return {"x": np.float32(5.0)}


def cube(x):
    return x**3


@jax.jit
def jax_style(x):
    # gradients add up
    def accumulate(total, _):
        total = fg.accumulate(total, jax.grad(cube)(x))
        return total, total

    # or start afresh
    def start_afresh(total, _):
        total = fg.accumulate(fg.zero_gradients(total), jax.grad(cube)(x))
        return total, total

    none_yet = fg.zero_gradients(x)
    _, accumulated = jax.lax.scan(accumulate, none_yet, length=3)
    _, zeroed = jax.lax.scan(start_afresh, none_yet, length=3)
    return {"accumulated": accumulated, "zeroed": zeroed}


def pytorch_style(torch, x):
    x = torch.tensor(x, requires_grad=True)

    # gradients add up
    accumulated = []
    for _ in range(3):
        y = x**3
        y.backward()
        accumulated.append(x.grad.clone())

    # or start afresh
    zeroed = []
    for _ in range(3):
        x.grad.zero_()
        y = x**3
        y.backward()
        zeroed.append(x.grad.clone())

    return {"accumulated": torch.stack(accumulated), "zeroed": torch.stack(zeroed)}
