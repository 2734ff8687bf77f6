"""A walk through the graph.

z = xy + x² at x = 2, y = 3. Every tensor that was computed points to the node that made it, and
every node to those it came from, so that the whole computation can be read off the result:
an addition, of a product and a power, of x and y. The backward pass takes the same road.
"""

import jax
import numpy as np

import funcgrad as fg

SOURCE = "D4"
NOTE = (
    "PyTorch's graph is left behind by running the code, and hangs on z. JAX's is made before "
    "anything runs: `jax.make_jaxpr` prints the traced function, and z is only a number."
)
EXPECTED = {
    "z": 10.0,
    "x_gradient": 7.0,
    "y_gradient": 2.0,
    "printed": ["tensor(2., requires_grad=True)", "tensor(3., requires_grad=True)"],
    "grad_fn": "AddBackward0",
    "next_functions": ["MulBackward0", "PowBackward0"],
    "graph": [
        "output z: float32[] -> AddBackward0",
        "AddBackward0 -> MulBackward0",
        "AddBackward0 -> PowBackward0",
        "MulBackward0 -> AccumulateGrad x: float32[]",
        "MulBackward0 -> AccumulateGrad y: float32[]",
        "PowBackward0 -> AccumulateGrad x: float32[]",
    ],
}


def inputs(seed=0):
    return {"x": np.float32(2.0), "y": np.float32(3.0)}


def product_plus_square(x, y):
    return x * y + x**2


@jax.jit
def jax_style(x, y):
    z, gradients = jax.value_and_grad(product_plus_square, argnums=(0, 1))(x, y)
    x_gradient, y_gradient = gradients
    return {"z": z, "x_gradient": x_gradient, "y_gradient": y_gradient}


def pytorch_style(torch, x, y):
    x = torch.tensor(x, requires_grad=True)
    y = torch.tensor(y, requires_grad=True)
    z = x * y + x**2
    z.backward()

    return {
        "z": z,
        "x_gradient": x.grad,
        "y_gradient": y.grad,
        "printed": [repr(x), repr(y)],
        "grad_fn": z.grad_fn.name(),
        "next_functions": [node.name() for node, _ in z.grad_fn.next_functions],
        "graph": fg.graphs.tape(z, names={"x": x, "y": y, "z": z}).lines(),
    }


def figures(results):
    if "graph" not in results:  # JAX leaves no graph behind
        return {}
    graph = fg.graphs.Graph.from_lines(results["graph"])
    return {"graph": graph.figure(title="The graph of z = xy + x²")}
