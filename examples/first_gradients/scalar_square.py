"""The gradient of a square.

The smallest gradient there is: y = x² at x = 4. PyTorch records the multiplication on a tape and
walks it backwards; JAX turns the function into another function that computes its derivative.
"""

import jax
import numpy as np

SOURCE = "D0"
NOTE = (
    "PyTorch's gradient is a side effect: `backward()` leaves it in `x.grad`. "
    "JAX's is a value: `jax.grad` returns a function, and nothing else changes."
)
EXPECTED = {"y": 16.0, "gradient": 8.0, "grad_fn": "PowBackward0"}


def inputs(seed=0):
    return {"x": np.float32(4.0)}


def square(x):
    return x**2


@jax.jit
def jax_style(x):
    y, gradient = jax.value_and_grad(square)(x)
    return {"y": y, "gradient": gradient}


def pytorch_style(torch, x):
    x = torch.tensor(x, requires_grad=True)
    y = x**2
    y.backward()
    return {"y": y, "gradient": x.grad, "grad_fn": y.grad_fn.name()}
