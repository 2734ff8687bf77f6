"""A vector output has no gradient, only products with its Jacobian.

y = x² maps three numbers to three numbers, so its derivative is the matrix diag(2x). `backward`
never builds it: it asks for a vector v and gives vᵀJ. With v = 1 that is the gradient of sum(y).
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D4"
NOTE = (
    "`y.backward(v)` and the pullback of `jax.vjp` are one thing: vᵀJ, at the cost of one walk "
    "backwards. `jax.jacrev` maps that pullback over the rows of the identity in one program; "
    "the tape is walked once for each row."
)
EXPECTED = {
    "gradient": [2.0, 4.0, 6.0],
    "jacobian": [[2.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 6.0]],
    "error": "RuntimeError: grad can be implicitly created only for scalar outputs",
}


def inputs(seed=0):
    return {"x": np.array([1.0, 2.0, 3.0], np.float32)}


def square(x):
    return x**2


@jax.jit
def jax_style(x):
    y, pullback = jax.vjp(square, x)
    (gradient,) = pullback(jnp.ones_like(y))
    return {"y": y, "gradient": gradient, "jacobian": jax.jacrev(square)(x)}


def pytorch_style(torch, x):
    x = torch.tensor(x, requires_grad=True)
    y = square(x)
    try:
        y.backward()
    except RuntimeError as caught:
        error = f"{type(caught).__name__}: {caught}"

    rows = [torch.autograd.grad(y, x, row, retain_graph=True)[0] for row in torch.eye(3)]
    y.backward(torch.ones_like(y))
    return {"y": y, "gradient": x.grad, "jacobian": torch.stack(rows), "error": error}
