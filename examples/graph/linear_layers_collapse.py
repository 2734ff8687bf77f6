"""Two linear layers are one; a sigmoid between them makes two.

W₂(W₁x + b₁) + b₂ = (W₂W₁)x + (W₂b₁ + b₂): without something bent in between, depth adds nothing. A
linear layer of one number draws a straight line, so it equals the chord between its own two ends;
how far a network leaves its chord says how far it is from every linear layer.
"""

import jax
import numpy as np

SOURCE = "D2"
NOTE = (
    "Both styles are the same few matrix products: where there is no gradient there is little to "
    "tell them apart. A JAX layer is an expression; PyTorch's is a function of `torch.nn`."
)
EXPECTED = {"difference": 0.0, "sigmoid_bends": True}


def inputs(seed=0):
    random = np.random.default_rng(seed)
    shapes = {"W1": (8, 1), "b1": (8,), "W2": (1, 8), "b2": (1,)}
    weights = {name: random.uniform(-1, 1, shape).astype("f") for name, shape in shapes.items()}
    return {"x": np.linspace(-6, 6, 121, dtype=np.float32)[:, None], **weights}


@jax.jit
def jax_style(x, W1, b1, W2, b2):
    hidden = x @ W1.T + b1
    two_layers = hidden @ W2.T + b2
    one_layer = x @ (W2 @ W1).T + (W2 @ b1 + b2)

    with_sigmoid = jax.nn.sigmoid(hidden) @ W2.T + b2
    along = (x - x[0]) / (x[-1] - x[0])
    chord = with_sigmoid[0] + along * (with_sigmoid[-1] - with_sigmoid[0])
    bend = abs(with_sigmoid - chord).max()
    return {
        "two_layers": two_layers,
        "one_layer": one_layer,
        "difference": abs(two_layers - one_layer).max() / abs(two_layers).max(),
        "with_sigmoid": with_sigmoid,
        "chord": chord,
        "bend": bend,
        "sigmoid_bends": bend > 0.01,
    }


def pytorch_style(torch, x, W1, b1, W2, b2):
    x, W1, b1, W2, b2 = (torch.tensor(value) for value in (x, W1, b1, W2, b2))
    linear = torch.nn.functional.linear

    hidden = linear(x, W1, b1)
    two_layers = linear(hidden, W2, b2)
    one_layer = linear(x, W2 @ W1, W2 @ b1 + b2)

    with_sigmoid = linear(torch.sigmoid(hidden), W2, b2)
    along = (x - x[0]) / (x[-1] - x[0])
    chord = with_sigmoid[0] + along * (with_sigmoid[-1] - with_sigmoid[0])
    bend = (with_sigmoid - chord).abs().max()
    return {
        "two_layers": two_layers,
        "one_layer": one_layer,
        "difference": (two_layers - one_layer).abs().max() / two_layers.abs().max(),
        "with_sigmoid": with_sigmoid,
        "chord": chord,
        "bend": bend,
        "sigmoid_bends": bend > 0.01,
    }


def figures(results):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.8, 6.4), layout="constrained")
    collapsed, bent = figure.subplots(2, 1)
    x = inputs()["x"][:, 0]

    collapsed.plot(x, results["two_layers"], color="#56B4E9", linewidth=6, label="two layers")
    collapsed.plot(x, results["one_layer"], "k--", label="the one layer they equal")
    collapsed.set(title=f"Two linear layers: off by {results['difference']:.0e} of the range")

    bent.plot(x, results["with_sigmoid"], color="#D55E00", linewidth=2, label="a sigmoid between")
    bent.plot(x, results["chord"], "k--", label="its chord")
    bent.fill_between(x, results["with_sigmoid"][:, 0], results["chord"][:, 0], color="#D55E0033")
    bent.set(title=f"With a sigmoid: off the straight line by {results['bend']:.2f}")

    figure.set_label(
        "Two linear layers and the one they equal lie on one straight line; with a sigmoid between "
        "them the output leaves its chord in an S."
    )
    for axes in (collapsed, bent):
        axes.set(xlabel="input", ylabel="output")
        axes.legend()
    return {"collapse": figure}
