"""A second derivative: the gradient of a gradient.

y = x² at 3. `create_graph=True` records the backward pass as well, so its result can be
differentiated again; in JAX `grad` gives a function, and a function can be given to `grad`.
"""

import jax
import numpy as np

SOURCE = "D1"
NOTE = (
    "The tape must be told in advance to record its own backward pass, and the first gradient "
    "prints with a `grad_fn`. `jax.grad(jax.grad(f))` says the same without a flag; `vmap` takes "
    "it over the entries of x."
)
EXPECTED = {
    "first": [6.0],
    "second": [2.0],
    "first_printed": "(tensor([6.], grad_fn=<MulBackward0>),)",
    "second_printed": "(tensor([2.]),)",
}


def inputs(seed=0):
    return {"x": np.array([3.0], np.float32)}


def square(x):
    return x**2


@jax.jit
def jax_style(x):
    first = jax.grad(square)
    second = jax.grad(first)
    return {"first": jax.vmap(first)(x), "second": jax.vmap(second)(x)}


def pytorch_style(torch, x):
    x = torch.tensor(x, requires_grad=True)
    y = square(x)
    first = torch.autograd.grad(y, x, create_graph=True)
    second = torch.autograd.grad(first[0], x)
    return {
        "first": first[0],
        "second": second[0],
        "first_printed": str(first),
        "second_printed": str(second),
    }
