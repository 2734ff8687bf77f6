"""The retired Variable, beside the plain tensor that took its place.

Before PyTorch 0.4 a tensor had no gradient; one wrapped it in a `Variable`, and old code still
does. Today the wrapper returns a tensor, and `requires_grad=True` says all that it said.
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D0"
NOTE = (
    "JAX never needed a wrapper: an array is differentiated when a function of it is. "
    "`backward()` on a tensor of one element starts from 1; `vjp` is told so."
)
EXPECTED = {
    "y": [2.0],
    "gradient": [1.0],
    "variable_gradient": [1.0],
    "variable_type": "Tensor",
    "printed": ["tensor([1.], requires_grad=True)", "tensor([1.], requires_grad=True)"],
}


def inputs(seed=0):
    return {"x": np.ones(1, np.float32)}


def add_one(x):
    return x + 1


@jax.jit
def jax_style(x):
    y, pullback = jax.vjp(add_one, x)
    (gradient,) = pullback(jnp.ones_like(y))
    return {"y": y, "gradient": gradient}


def pytorch_style(torch, x):
    variable = torch.autograd.Variable(torch.tensor(x), requires_grad=True)
    (variable + 1).backward()

    tensor = torch.tensor(x, requires_grad=True)
    y = tensor + 1
    y.backward()

    return {
        "y": y,
        "gradient": tensor.grad,
        "variable_gradient": variable.grad.tolist(),
        "variable_type": type(variable).__name__,
        "printed": [repr(variable), repr(tensor)],
    }
