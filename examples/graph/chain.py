"""The chain rule: a square of a cube.

y = x³, then z = y², at x = 5. The outer slope 2y = 250 times the inner slope 3x² = 75 is the slope
of the whole, 6x⁵ = 18750.
"""

import jax
import numpy as np

SOURCE = "D0"
NOTE = (
    "JAX differentiates each function where it is called, and their composition as a third. The "
    "tape has one graph: `autograd.grad` asks it for a part, from any result to any tensor."
)
EXPECTED = {"y": 125.0, "z": 15625.0, "inner": 75.0, "outer": 250.0, "gradient": 18750.0}


def inputs(seed=0):
    return {"x": np.float32(5.0)}


def cube(x):
    return x**3


def square(y):
    return y**2


def square_of_cube(x):
    return square(cube(x))


@jax.jit
def jax_style(x):
    y, inner = jax.value_and_grad(cube)(x)
    z, outer = jax.value_and_grad(square)(y)
    gradient = jax.grad(square_of_cube)(x)
    return {"y": y, "z": z, "inner": inner, "outer": outer, "gradient": gradient}


def pytorch_style(torch, x):
    x = torch.tensor(x, requires_grad=True)
    y = x**3
    z = y**2

    (inner,) = torch.autograd.grad(y, x, retain_graph=True)
    (outer,) = torch.autograd.grad(z, y, retain_graph=True)
    z.backward()

    return {"y": y, "z": z, "inner": inner, "outer": outer, "gradient": x.grad}
