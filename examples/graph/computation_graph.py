"""Leaves, results, and whose gradient is kept.

a = w + x, b = w + 1 and y = a · b at w = 1, x = 2. The gradient of y reaches w along two roads,
through a and through b: 2 + 3 = 5. The backward pass computes the gradients of a and b on its way,
yet keeps only those of the leaves w and x, unless `retain_grad()` asks for more.
"""

import warnings

import jax
import jax.numpy as jnp
import numpy as np

import funcgrad as fg

SOURCE = "D1"
NOTE = (
    "To see a gradient halfway, JAX cuts the function there: one pullback from y to (a, b), one "
    "from (a, b) to (w, x). PyTorch marks the tensor with `retain_grad()` before the backward pass."
)
EXPECTED = {
    "y": [6.0],
    "w_gradient": [5.0],
    "x_gradient": [2.0],
    "a_gradient": [2.0],
    "is_leaf": [True, True, False, False, False],
    "grad_fn": [None, None, "AddBackward0", "AddBackward0", "MulBackward0"],
    "gradients_of_a_b_y": [None, None, None],
    "warnings": ["UserWarning", "UserWarning", "UserWarning"],
    "graph": [
        "output y: float32[1] -> MulBackward0",
        "MulBackward0 -> AddBackward0: a float32[1]",
        "MulBackward0 -> AddBackward0: b float32[1]",
        "AddBackward0: a float32[1] -> AccumulateGrad w: float32[1]",
        "AddBackward0: a float32[1] -> AccumulateGrad x: float32[1]",
        "AddBackward0: b float32[1] -> AccumulateGrad w: float32[1]",
    ],
}


def inputs(seed=0):
    return {"w": np.array([1.0], np.float32), "x": np.array([2.0], np.float32)}


def sums(w, x):
    return w + x, w + 1


def product(a, b):
    return a * b


@jax.jit
def jax_style(w, x):
    (a, b), pull_to_leaves = jax.vjp(sums, w, x)
    y, pull_to_sums = jax.vjp(product, a, b)
    a_gradient, b_gradient = pull_to_sums(jnp.ones_like(y))
    w_gradient, x_gradient = pull_to_leaves((a_gradient, b_gradient))
    return {
        "y": y,
        "w_gradient": w_gradient,
        "x_gradient": x_gradient,
        "a_gradient": a_gradient,
    }


def pytorch_style(torch, w, x):
    w = torch.tensor(w, requires_grad=True)
    x = torch.tensor(x, requires_grad=True)
    a = w + x
    b = w + 1
    y = a * b
    y.backward()
    with warnings.catch_warnings(record=True) as caught:  # reading them is likely a mistake
        warnings.simplefilter("always")
        gradients_of_a_b_y = [a.grad, b.grad, y.grad]

    # The same once more, with a's gradient kept.
    w_gradient, x_gradient = w.grad, x.grad
    w.grad = x.grad = None
    kept = w + x
    kept.retain_grad()
    (kept * (w + 1)).backward()

    return {
        "y": y,
        "w_gradient": w_gradient,
        "x_gradient": x_gradient,
        "a_gradient": kept.grad,
        "is_leaf": [tensor.is_leaf for tensor in (w, x, a, b, y)],
        "grad_fn": [tensor.grad_fn and tensor.grad_fn.name() for tensor in (w, x, a, b, y)],
        "gradients_of_a_b_y": gradients_of_a_b_y,
        "warnings": [warning.category.__name__ for warning in caught],
        "graph": fg.graphs.tape(y, names={"w": w, "x": x, "a": a, "b": b, "y": y}).lines(),
    }


def figures(results):
    if "graph" not in results:  # JAX leaves no graph behind
        return {}
    graph = fg.graphs.Graph.from_lines(results["graph"])
    return {"graph": graph.figure(title="The graph of y = (w + x)(w + 1)")}
