"""Accumulating over two passes, and clearing: the call that exists.

z = xy + x² at x = 2, y = 3. A second pass without clearing doubles both gradients; after clearing
they are the first ones again. `torch.zero_grad()` does not exist: an optimizer has `zero_grad()`,
so has a module, and a lone tensor's gradient is set to None.
"""

import jax
import jax.numpy as jnp
import numpy as np

import funcgrad as fg

SOURCE = "D4"
NOTE = (
    "The gradients of several arguments are one pytree, accumulated as a whole; `None` stands for "
    "no gradient yet, as `.grad` does before the first pass and after `zero_grad()`."
)
EXPECTED = {
    "z": 10.0,
    "first": [7.0, 2.0],
    "uncleared": [14.0, 4.0],
    "cleared": [7.0, 2.0],
    "torch_zero_grad": "AttributeError",
    "says_what_is_missing": True,
    "after_optimizer_zero_grad": [None, None],
}


def inputs(seed=0):
    return {"x": np.float32(2.0), "y": np.float32(3.0)}


def product_plus_square(x, y):
    return x * y + x**2


@jax.jit
def jax_style(x, y):
    # a pass
    z, gradients = jax.value_and_grad(product_plus_square, argnums=(0, 1))(x, y)
    first = fg.accumulate(None, gradients)
    # another, without clearing
    uncleared = fg.accumulate(first, gradients)
    # another, after clearing
    cleared = fg.accumulate(None, gradients)
    return {
        "z": z,
        "first": jnp.stack(first),
        "uncleared": jnp.stack(uncleared),
        "cleared": jnp.stack(cleared),
    }


def pytorch_style(torch, x, y):
    x = torch.tensor(x, requires_grad=True)
    y = torch.tensor(y, requires_grad=True)

    # a pass
    z = x * y + x**2
    z.backward()
    first = torch.stack([x.grad, y.grad])

    # another, without clearing
    z = x * y + x**2
    z.backward()
    uncleared = torch.stack([x.grad, y.grad])

    # another, after clearing
    try:
        torch.zero_grad()
    except AttributeError as error:
        missing = error
    optimizer = torch.optim.SGD([x, y], lr=0.1)
    optimizer.zero_grad()
    after_zero_grad = [x.grad, y.grad]

    z = x * y + x**2
    z.backward()
    cleared = torch.stack([x.grad, y.grad])

    return {
        "z": z,
        "first": first,
        "uncleared": uncleared,
        "cleared": cleared,
        "torch_zero_grad": type(missing).__name__,
        "says_what_is_missing": "has no attribute 'zero_grad'" in str(missing),
        "after_optimizer_zero_grad": after_zero_grad,
    }
