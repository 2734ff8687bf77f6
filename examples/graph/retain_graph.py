"""Three backward passes through one graph.

y = x³ at 5. A backward pass frees what the graph has saved as it goes, so a second one is an
error, unless `retain_graph=True` keeps it. Each pass adds its 75 to `x.grad`: 75, 150, 225.
It is the saved values that are missed: x + 1 saves none, and its graph can be walked again.
"""

import jax
import jax.numpy as jnp
import numpy as np

import funcgrad as fg

SOURCE = "D0 D2"
NOTE = (
    "`jax.vjp` returns the pullback as a function. It owns what was saved, and can be called any "
    "number of times; nothing adds up unless one adds, here as the carry of a scan."
)
EXPECTED = {
    "gradients": [75.0, 150.0, 225.0],
    "second_pass": "RuntimeError",
    "says_second_time": True,
    "names_the_way_out": True,
    "pass_through_freed_sum": 2.0,
}


def inputs(seed=0):
    return {"x": np.float32(5.0)}


def cube(x):
    return x**3


@jax.jit
def jax_style(x):
    y, pullback = jax.vjp(cube, x)

    def backward(total, _):
        (gradient,) = pullback(jnp.ones_like(y))
        total = fg.accumulate(total, gradient)
        return total, total

    _, gradients = jax.lax.scan(backward, fg.zero_gradients(x), length=3)
    return {"y": y, "gradients": gradients}


def pytorch_style(torch, x):
    x = torch.tensor(x, requires_grad=True)
    y = x**3
    gradients = []
    for _ in range(3):
        y.backward(retain_graph=True)
        gradients.append(x.grad.clone())

    y.backward()  # the last pass: it frees what was kept
    try:
        y.backward()
    except RuntimeError as error:
        second_pass = error

    x.grad = None
    following = x + 1
    following.backward()
    following.backward()

    return {
        "y": y,
        "gradients": torch.stack(gradients),
        "second_pass": type(second_pass).__name__,
        "says_second_time": "backward through the graph a second time" in str(second_pass),
        "names_the_way_out": "retain_graph=True" in str(second_pass),
        "pass_through_freed_sum": x.grad.item(),
    }
