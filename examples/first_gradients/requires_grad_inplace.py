"""Asking for gradients later: `requires_grad_`.

a ↦ 3a / (a − 1) is computed off the tape, since its operand asks for no gradient. From
`requires_grad_(True)` on, the result is a leaf, and b = sum(a²), with ∂b/∂a = 2a, is recorded.
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D3"
NOTE = (
    "Where the graph begins is a switch on the tensor in PyTorch, thrown in place. In JAX it is "
    "the boundary of the differentiated function: `ratio` lies outside, so nothing flows into it."
)
# The document's two runs, printed with four places.
FIRST = [[-0.5364, -0.5926], [-0.5702, -0.7497]]
SECOND = [[0.1064, -1.0084], [-0.2516, -0.4749]]
EXPECTED = {
    "a": [[1.0474, 1.1163], [1.0894, 1.2855]],
    "a_of_second_run": [[-0.3570, 1.5063], [0.6030, 0.9660]],
    "requires_grad": [False, True],
    "is_leaf": True,
    "grad_fn": "SumBackward0",
}
# The printed inputs were rounded, and near a = 0.1 the ratio moves 3.8 times as much as its input.
TOLERANCE = {"a": 3e-4, "a_of_second_run": 3e-4}


def inputs(seed=0):
    if seed == 0:
        first, second = FIRST, SECOND
    else:
        first, second = np.random.default_rng(seed).standard_normal((2, 2, 2))
    return {"first": np.asarray(first, np.float32), "second": np.asarray(second, np.float32)}


def ratio(a):
    return 3 * a / (a - 1)


def sum_of_squares(a):
    return jnp.sum(a * a)


@jax.jit
def jax_style(first, second):
    a = ratio(first)
    b, gradient = jax.value_and_grad(sum_of_squares)(a)
    return {"a": a, "a_of_second_run": ratio(second), "b": b, "gradient": gradient}


def pytorch_style(torch, first, second):
    first, second = torch.tensor(first), torch.tensor(second)
    a = 3 * first / (first - 1)
    before = a.requires_grad
    a.requires_grad_(True)
    b = (a * a).sum()
    b.backward()

    return {
        "a": a,
        "a_of_second_run": 3 * second / (second - 1),
        "b": b,
        "gradient": a.grad,
        "requires_grad": [before, a.requires_grad],
        "is_leaf": a.is_leaf,
        "grad_fn": b.grad_fn.name(),
    }
