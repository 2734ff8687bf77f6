"""Back propagation by hand: the chain rule, node by node.

ŷ = xω + b with the loss (ŷ − y)². Forwards, every node computes its value and, from what it has at
hand, the local gradient of its output by each input. Backwards, the gradient that arrives at a
node times its local gradients is what it passes on. Autograd does exactly this.
"""

import jax
import jax.numpy as jnp
import numpy as np

import funcgrad as fg

SOURCE = "D2"
NOTE = (
    "By hand both styles are the same arithmetic. With autograd PyTorch does it while walking the "
    "graph; JAX writes the backward pass out as a program, which XLA compiles with the forward one."
)
EXPECTED = {
    "product": 1.125,
    "prediction": 1.375,
    "error": -0.625,
    "loss": 0.390625,
    "prediction_gradient": -1.25,
    "by_hand": [-0.9375, -1.875, -1.25],
    "autograd": [-0.9375, -1.875, -1.25],
    "equal": True,
    "graph": [
        "output loss: float32[] -> PowBackward0",
        "PowBackward0 -> SubBackward0",
        "SubBackward0 -> AddBackward0",
        "AddBackward0 -> MulBackward0",
        "AddBackward0 -> AccumulateGrad b: float32[]",
        "MulBackward0 -> AccumulateGrad x: float32[]",
        "MulBackward0 -> AccumulateGrad w: float32[]",
    ],
}


def inputs(seed=0):
    if seed == 0:
        start = {"x": 1.5, "w": 0.75, "b": 0.25, "y": 2.0}
    else:
        start = dict(zip("xwby", np.random.default_rng(seed).standard_normal(4), strict=True))
    return {name: np.float32(value) for name, value in start.items()}


def squared_error(x, w, b, y):
    return (x * w + b - y) ** 2


@jax.jit
def jax_style(x, w, b, y):
    # Forwards, each value with its local gradients.
    product, product_by_x, product_by_w = x * w, w, x
    prediction, prediction_by_product, prediction_by_b = product + b, 1.0, 1.0
    error, error_by_prediction = prediction - y, 1.0
    loss, loss_by_error = error**2, 2 * error

    # Backwards: what arrives, times the local gradient.
    error_gradient = loss_by_error
    prediction_gradient = error_gradient * error_by_prediction
    b_gradient = prediction_gradient * prediction_by_b
    product_gradient = prediction_gradient * prediction_by_product
    w_gradient = product_gradient * product_by_w
    x_gradient = product_gradient * product_by_x

    by_hand = jnp.stack([x_gradient, w_gradient, b_gradient])
    autograd = jnp.stack(jax.grad(squared_error, argnums=(0, 1, 2))(x, w, b, y))
    return {
        "product": product,
        "prediction": prediction,
        "error": error,
        "loss": loss,
        "prediction_gradient": prediction_gradient,
        "by_hand": by_hand,
        "autograd": autograd,
        "equal": jnp.array_equal(by_hand, autograd),
    }


def pytorch_style(torch, x, w, b, y):
    x, w, b = (torch.tensor(value, requires_grad=True) for value in (x, w, b))
    y = torch.tensor(y)

    with torch.no_grad():
        # Forwards, each value with its local gradients.
        product, product_by_x, product_by_w = x * w, w, x
        prediction, prediction_by_product, prediction_by_b = product + b, 1.0, 1.0
        error, error_by_prediction = prediction - y, 1.0
        loss, loss_by_error = error**2, 2 * error

        # Backwards: what arrives, times the local gradient.
        error_gradient = loss_by_error
        prediction_gradient = error_gradient * error_by_prediction
        b_gradient = prediction_gradient * prediction_by_b
        product_gradient = prediction_gradient * prediction_by_product
        w_gradient = product_gradient * product_by_w
        x_gradient = product_gradient * product_by_x

    recorded_loss = (x * w + b - y) ** 2
    recorded_loss.backward()

    by_hand = torch.stack([x_gradient, w_gradient, b_gradient])
    autograd = torch.stack([x.grad, w.grad, b.grad])
    return {
        "product": product,
        "prediction": prediction,
        "error": error,
        "loss": loss,
        "prediction_gradient": prediction_gradient,
        "by_hand": by_hand,
        "autograd": autograd,
        "equal": torch.equal(by_hand, autograd),
        "graph": fg.graphs.tape(
            recorded_loss, names={"x": x, "w": w, "b": b, "loss": recorded_loss}
        ).lines(),
    }


def figures(results):
    by_hand = fg.graphs.Graph.from_lines(annotated_edges(results))
    drawn = {"by_hand": by_hand.figure(title="Values, and gradients of the loss")}
    if "graph" in results:  # JAX leaves no graph behind
        graph = fg.graphs.Graph.from_lines(results["graph"])
        drawn["graph"] = graph.figure(title="The tape of the loss (xω + b − y)²")
    return drawn


def annotated_edges(results):
    """List the edges in the direction of computation, each node with its value and gradient."""
    x, w, b = (
        f"input {name}: gradient {gradient:g}"
        for name, gradient in zip("xωb", results["by_hand"], strict=True)
    )
    passed_on = results["prediction_gradient"]  # sums and differences pass on what arrives
    gradients = {"product": passed_on, "prediction": passed_on, "error": passed_on, "loss": 1.0}
    product, prediction, error, loss = (
        f"{name}: {results[name]:g}, gradient {gradient:g}" for name, gradient in gradients.items()
    )
    links = [(x, product), (w, product), (product, prediction), (b, prediction)]
    links += [(prediction, error), ("input y", error), (error, f"output {loss}")]
    return [f"{start} -> {end}" for start, end in links]
