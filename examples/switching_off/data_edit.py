"""Editing a value behind the tape's back.

x = 1, y = 2x, and then `x.data *= 100`: `x.data` shares x's memory but not its history, so the edit
is not recorded. The value changes, the gradient of y, computed from the record, does not.
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D3"
NOTE = (
    "A JAX array is never edited: x * 100 is another value, and the pullback belongs to the x it "
    "was made from. On the tape the same name now shows 100; had the backward pass needed x, as "
    "for x², its gradient would be silently wrong: `x.data` also hides the edit from the check."
)
EXPECTED = {
    "x_after": [100.0],
    "gradient": [2.0],
    "data_printed": "tensor([1.])",
    "data_requires_grad": False,
    "x_printed": "tensor([100.], requires_grad=True)",
    "gradient_printed": "tensor([2.])",
    "gradient_of_square_printed": "tensor([200.])",
}


def inputs(seed=0):
    return {"x": np.ones(1, np.float32)}


@jax.jit
def jax_style(x):
    y, pullback = jax.vjp(lambda x: 2 * x, x)
    x_after = x * 100
    (gradient,) = pullback(jnp.ones_like(y))
    return {"y": y, "x_after": x_after, "gradient": gradient}


def pytorch_style(torch, x):
    start = x
    x = torch.tensor(start, requires_grad=True)
    data_printed, data_requires_grad = str(x.data), x.data.requires_grad
    y = 2 * x
    x.data *= 100
    y.backward()

    victim = torch.tensor(start, requires_grad=True)
    square = victim**2
    victim.data *= 100
    square.backward()

    return {
        "y": y,
        "x_after": x,
        "gradient": x.grad,
        "data_printed": data_printed,
        "data_requires_grad": data_requires_grad,
        "x_printed": str(x),
        "gradient_printed": str(x.grad),
        "gradient_of_square_printed": str(victim.grad),
    }
