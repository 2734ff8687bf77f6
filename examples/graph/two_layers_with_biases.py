"""Two layers on a batch, and why a bias sums its gradient.

h = x W₁ + b₁ and ŷ = h W₂ + b₂, with the mean squared error. A bias is one row that broadcasting
adds to every row of the batch; each of those rows sends a gradient back, and their sum is the
bias's. The gradients are computed by hand, in matrix form, and by autograd.
"""

import jax
import jax.numpy as jnp
import numpy as np

import funcgrad as fg

SOURCE = "D2"
NOTE = (
    "JAX takes the parameters as one pytree, a dict, and returns the gradients as a dict of the "
    "same form; `jax.tree.map` compares the two. PyTorch keeps each gradient on its parameter."
)
EXPECTED = {
    "largest_difference": 0.0,
    "graph": [
        "output loss: float32[] -> MeanBackward0",
        "MeanBackward0 -> PowBackward0",
        "PowBackward0 -> SubBackward0",
        "SubBackward0 -> AddBackward0: prediction float32[6,2]",
        "AddBackward0: prediction float32[6,2] -> MmBackward0 #1",
        "AddBackward0: prediction float32[6,2] -> AccumulateGrad b2: float32[2]",
        "MmBackward0 #1 -> AddBackward0: hidden float32[6,4]",
        "MmBackward0 #1 -> AccumulateGrad W2: float32[4,2]",
        "AddBackward0: hidden float32[6,4] -> MmBackward0 #2",
        "AddBackward0: hidden float32[6,4] -> AccumulateGrad b1: float32[4]",
        "MmBackward0 #2 -> AccumulateGrad W1: float32[3,4]",
    ],
}


def inputs(seed=0):
    random = np.random.default_rng(seed)
    shapes = {"x": (6, 3), "y": (6, 2), "W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
    return {name: random.uniform(-1, 1, shape).astype("f") for name, shape in shapes.items()}


def loss_of(parameters, x, y):
    hidden = x @ parameters["W1"] + parameters["b1"]
    prediction = hidden @ parameters["W2"] + parameters["b2"]
    return jnp.mean((prediction - y) ** 2)


@jax.jit
def jax_style(x, y, W1, b1, W2, b2):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    loss, gradients = jax.value_and_grad(loss_of)(parameters, x, y)

    hidden = x @ W1 + b1
    prediction = hidden @ W2 + b2
    prediction_gradient = 2 * (prediction - y) / y.size
    hidden_gradient = prediction_gradient @ W2.T
    by_hand = {
        "W1": x.T @ hidden_gradient,
        "b1": hidden_gradient.sum(0),
        "W2": hidden.T @ prediction_gradient,
        "b2": prediction_gradient.sum(0),
    }

    differences = jax.tree.map(lambda ours, theirs: abs(ours - theirs).max(), by_hand, gradients)
    return {
        "loss": loss,
        "hidden_gradient": hidden_gradient,
        "largest_difference": jnp.stack(jax.tree.leaves(differences)).max(),
        **{f"{name}_gradient": gradient for name, gradient in gradients.items()},
    }


def pytorch_style(torch, x, y, W1, b1, W2, b2):
    x, y = torch.tensor(x), torch.tensor(y)
    W1, b1, W2, b2 = (torch.tensor(value, requires_grad=True) for value in (W1, b1, W2, b2))

    hidden = x @ W1 + b1
    prediction = hidden @ W2 + b2
    loss = ((prediction - y) ** 2).mean()
    loss.backward()

    with torch.no_grad():
        prediction_gradient = 2 * (prediction - y) / y.numel()
        hidden_gradient = prediction_gradient @ W2.T
        by_hand = {
            W1: x.T @ hidden_gradient,
            b1: hidden_gradient.sum(0),
            W2: hidden.T @ prediction_gradient,
            b2: prediction_gradient.sum(0),
        }
        differences = [(ours - tensor.grad).abs().max() for tensor, ours in by_hand.items()]

    names = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    names |= {"hidden": hidden, "prediction": prediction, "loss": loss}
    return {
        "loss": loss,
        "hidden_gradient": hidden_gradient,
        "largest_difference": torch.stack(differences).max(),
        "W1_gradient": W1.grad,
        "b1_gradient": b1.grad,
        "W2_gradient": W2.grad,
        "b2_gradient": b2.grad,
        "graph": fg.graphs.tape(loss, names).lines(),
    }


def figures(results):
    drawn = {"bias": bias_figure(results["hidden_gradient"], results["b1_gradient"])}
    if "graph" in results:  # JAX leaves no graph behind
        graph = fg.graphs.Graph.from_lines(results["graph"])
        drawn["graph"] = graph.figure(title="The graph of two layers with biases")
    return drawn


def bias_figure(hidden_gradient, b1_gradient):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.8, 4.4), layout="constrained")
    rows, total = figure.subplots(2, 1, height_ratios=(len(hidden_gradient), 1))
    bound = max(abs(hidden_gradient).max(), abs(b1_gradient).max())
    for axes, values in ((rows, hidden_gradient), (total, b1_gradient[None])):
        image = axes.imshow(values, cmap="PuOr", vmin=-bound, vmax=bound, aspect="auto")
        for (row, column), value in np.ndenumerate(values):
            color = "white" if abs(value) > 0.6 * bound else "black"
            axes.text(column, row, f"{value:.3f}", ha="center", va="center", color=color)
        axes.set_xticks(range(values.shape[1]))
    rows.set(title="Gradient of the hidden layer", ylabel="row of the batch")
    total.set(title="Gradient of b₁: the sum of those rows", xlabel="hidden unit", yticks=[])
    figure.set_label(
        "The six rows of the hidden layer's gradient; below, their sum: b₁'s gradient."
    )
    figure.colorbar(image, ax=(rows, total), label="gradient")
    return figure
