"""What a tensor knows about itself.

z = x · y, where x asks for a gradient and y does not. A PyTorch tensor carries its value (`data`),
whether it takes part in differentiation (`requires_grad`), its gradient (`grad`), the node of the
graph that made it (`grad_fn`), and whether it is a start of that graph (`is_leaf`).
`requires_grad` is False unless one asks for it, and a result inherits it from its operands.
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D0"
NOTE = (
    "A JAX array has a value and nothing else. What to differentiate is said where the gradient is "
    "taken (here: x, not y), and the gradient of the result itself is the 1 handed to the pullback."
)
EXPECTED = {
    "z": 2.0,
    "x_gradient": 2.0,
    "y_gradient": None,
    "z_gradient": 1.0,
    "data": [1.0, 2.0, 2.0],
    "requires_grad": [True, False, True],
    "grad_fn": [None, None, "MulBackward0"],
    "is_leaf": [True, True, False],
    "gradients_before": [None, None, None],
}


def inputs(seed=0):
    return {"x": np.float32(1.0), "y": np.float32(2.0)}


@jax.jit
def jax_style(x, y):
    z, pullback = jax.vjp(lambda x: x * y, x)
    z_gradient = jnp.ones_like(z)
    (x_gradient,) = pullback(z_gradient)
    return {"z": z, "x_gradient": x_gradient, "z_gradient": z_gradient}


def pytorch_style(torch, x, y):
    x = torch.tensor(x, requires_grad=True)
    y = torch.tensor(y)
    z = x * y
    z.retain_grad()  # only leaves keep their gradient unasked
    tensors = (x, y, z)

    gradients_before = [tensor.grad for tensor in tensors]
    z.backward()

    return {
        "z": z,
        "x_gradient": x.grad,
        "y_gradient": y.grad,
        "z_gradient": z.grad,
        "data": [tensor.data.item() for tensor in tensors],
        "requires_grad": [tensor.requires_grad for tensor in tensors],
        "grad_fn": [tensor.grad_fn and tensor.grad_fn.name() for tensor in tensors],
        "is_leaf": [tensor.is_leaf for tensor in tensors],
        "gradients_before": gradients_before,
    }
