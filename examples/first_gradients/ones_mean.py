"""A mean, its gradient, and a second backward pass.

x is a 2 × 2 matrix of ones, y = x², z = 3y² and out = mean(z), so ∂out/∂x = 12x³/4 = 3. A
backward pass from another result, sum(x), whose gradient is 1, adds to what is there: 4. Only
after the gradient is set to zero does the same pass give 1.
"""

import jax
import jax.numpy as jnp
import numpy as np

import funcgrad as fg

SOURCE = "D3"
NOTE = (
    "Two losses, two functions, two gradients: in JAX they are separate values, and adding them is "
    "a choice. On the tape both land in `x.grad`, and not adding them takes a `zero_()`."
)
EXPECTED = {
    "z": [[3.0, 3.0], [3.0, 3.0]],
    "out": 3.0,
    "gradient": [[3.0, 3.0], [3.0, 3.0]],
    "accumulated": [[4.0, 4.0], [4.0, 4.0]],
    "after_zeroing": [[1.0, 1.0], [1.0, 1.0]],
    "grad_fn": ["PowBackward0", "MulBackward0", "MeanBackward0"],
}


def inputs(seed=0):
    return {"x": np.ones((2, 2), np.float32)}


def mean_of_z(x):
    y = x**2
    z = 3 * y**2
    return jnp.mean(z), z


@jax.jit
def jax_style(x):
    # from the mean
    (out, z), gradient = jax.value_and_grad(mean_of_z, has_aux=True)(x)
    # from the sum of x
    sum_gradient = jax.grad(jnp.sum)(x)
    return {
        "z": z,
        "out": out,
        "gradient": gradient,
        "accumulated": fg.accumulate(gradient, sum_gradient),
        "after_zeroing": fg.accumulate(fg.zero_gradients(x), sum_gradient),
    }


def pytorch_style(torch, x):
    x = torch.tensor(x, requires_grad=True)
    # from the mean
    y = x**2
    z = 3 * y**2
    out = z.mean()
    out.backward()
    gradient = x.grad.clone()

    # from the sum of x
    x.sum().backward()
    accumulated = x.grad.clone()

    x.grad.zero_()
    x.sum().backward()

    return {
        "z": z,
        "out": out,
        "gradient": gradient,
        "accumulated": accumulated,
        "after_zeroing": x.grad,
        "grad_fn": [tensor.grad_fn.name() for tensor in (y, z, out)],
    }
