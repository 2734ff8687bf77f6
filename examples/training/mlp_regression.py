"""A small network trained by hand-written updates.

Ten ReLU units learn y = 2x + 1 from 100 noisy points: mean squared error, learning rate 0.01, 100
epochs of the whole data, every parameter moved against its gradient without an optimizer.
"""

import jax
import jax.numpy as jnp
import numpy as np

import funcgrad as fg

SOURCE = "D4"
NOTE = (
    "Both start from `torch.manual_seed`; `fg.streams` draws PyTorch's numbers for JAX. "
    "The update is an in-place edit that `no_grad` keeps off the tape, and `zero_grad` before the "
    "next epoch; in JAX one `tree.map` from parameters and gradients to new parameters. ReLU at 0 "
    "has the derivative 0 in both."
)
EXPECTED = {"below_a_tenth": True}
RATE, EPOCHS, EVERY = 0.01, 100, 10


def inputs(seed=0):
    """What PyTorch draws after `torch.manual_seed(seed)`: the points, then each layer's start."""
    stream = fg.streams.Generator(seed)
    x = stream.randn(100, 1)
    y = 2 * x + 1 + np.float32(0.1) * stream.randn(100, 1)
    bound = 1 / np.sqrt(10)  # nn.Linear starts within ±1/√inputs
    return {
        "seed": seed,
        "x": x,
        "y": y,
        "weight1": stream.uniform(-1, 1, (10, 1)),
        "bias1": stream.uniform(-1, 1, 10),
        "weight2": stream.uniform(-bound, bound, (1, 10)),
        "bias2": stream.uniform(-bound, bound, 1),
    }


def predict(parameters, x):
    weight1, bias1, weight2, bias2 = parameters
    hidden = jax.nn.relu(x @ weight1.T + bias1)
    return hidden @ weight2.T + bias2


@jax.jit
def jax_style(x, y, weight1, bias1, weight2, bias2):
    def loss(parameters):
        return jnp.mean((predict(parameters, x) - y) ** 2)

    def epoch(parameters, _):
        value, gradients = jax.value_and_grad(loss)(parameters)
        return jax.tree.map(lambda p, g: p - RATE * g, parameters, gradients), value

    start = (weight1, bias1, weight2, bias2)
    trained, losses = jax.lax.scan(epoch, start, length=EPOCHS)
    return {
        "x": x,
        "y": y,
        "losses": losses[::EVERY],
        "last_loss": losses[-1],
        "below_a_tenth": losses[-1] < 0.1 * losses[0],
        "prediction": predict(trained, x),
    }


def pytorch_style(torch, seed):
    nn, where = torch.nn, torch.get_default_device()
    torch.manual_seed(seed)
    with torch.device("cpu"):  # a GPU's generator would draw other numbers
        x = torch.randn(100, 1)
        y = 2 * x + 1 + 0.1 * torch.randn(100, 1)
        model = nn.Sequential(nn.Linear(1, 10), nn.ReLU(), nn.Linear(10, 1))
    x, y, model = x.to(where), y.to(where), model.to(where)

    criterion = nn.MSELoss()
    losses = []
    for _ in range(EPOCHS):
        loss = criterion(model(x), y)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.sub_(RATE * parameter.grad)
        losses.append(loss.item())

    return {
        "x": x,
        "y": y,
        "losses": torch.tensor(losses[::EVERY]),
        "last_loss": torch.tensor(losses[-1]),
        "below_a_tenth": torch.tensor(losses[-1] < 0.1 * losses[0]),
        "prediction": model(x),
    }


def step_style(torch, scan, seed):
    nn, where = torch.nn, torch.get_default_device()
    torch.manual_seed(seed)
    with torch.device("cpu"):
        x = torch.randn(100, 1)
        y = 2 * x + 1 + 0.1 * torch.randn(100, 1)
        model = nn.Sequential(nn.Linear(1, 10), nn.ReLU(), nn.Linear(10, 1))
    x, y, model = x.to(where), y.to(where), model.to(where)
    criterion = nn.MSELoss()

    def step():
        loss = criterion(model(x), y)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.sub_(RATE * parameter.grad)
        return loss.detach()

    losses = scan(step, length=EPOCHS)
    return {
        "x": x,
        "y": y,
        "losses": losses[::EVERY],
        "last_loss": losses[-1],
        "below_a_tenth": losses[-1] < 0.1 * losses[0],
        "prediction": model(x),
    }


def figures(results):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    fit, loss = figure.subplots(1, 2)
    x, y, prediction = (results[name][:, 0] for name in ("x", "y", "prediction"))
    order = np.argsort(x)
    fit.plot(x, y, "o", color="0.7", markersize=4, label="2x + 1 and noise")
    fit.plot(x[order], prediction[order], color="#D55E00", label="network, 100 epochs")
    fit.set(xlabel="x", ylabel="y", title="What ten ReLU units make of the points")
    fit.legend()
    epochs = [*range(0, EPOCHS, EVERY), EPOCHS - 1]
    loss.semilogy(epochs, [*results["losses"], results["last_loss"]], "o-", color="#0072B2")
    loss.set(xlabel="epoch", ylabel="mean squared error", title="Loss every ten epochs")
    return {"training": figure}
