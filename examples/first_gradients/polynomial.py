"""The slope of a polynomial.

y = x² + 2x + 1 = (x + 1)² at x = 2, where the slope 2x + 2 is 6. The polynomial is ordinary Python
that knows nothing of gradients; the same function serves arrays and tensors.
"""

import jax
import numpy as np

SOURCE = "D4"
NOTE = (
    "`jax.grad(polynomial)` is the slope as a function, there to be called at any x, compiled or "
    "differentiated again. `backward()` gives the slope at the one x that was recorded."
)
EXPECTED = {"y": 9.0, "gradient": 6.0, "grad_fn": "AddBackward0"}


def inputs(seed=0):
    return {"x": np.float32(2.0)}


def polynomial(x):
    return x**2 + 2 * x + 1


@jax.jit
def jax_style(x):
    slope = jax.grad(polynomial)
    return {"y": polynomial(x), "gradient": slope(x)}


def pytorch_style(torch, x):
    x = torch.tensor(x, requires_grad=True)
    y = polynomial(x)
    y.backward()
    return {"y": y, "gradient": x.grad, "grad_fn": y.grad_fn.name()}
