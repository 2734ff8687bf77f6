"""A small network trained by hand-written updates.

Ten ReLU units learn y = 2x + 1 from 100 noisy points: mean squared error, learning rate 0.01, 100
epochs of the whole data, every parameter moved against its gradient without an optimizer.
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D4"
NOTE = (
    "The update is an in-place edit that `no_grad` keeps off the tape, and `zero_grad` before the "
    "next epoch; in JAX one `tree.map` from parameters and gradients to new parameters. ReLU at 0 "
    "has the derivative 0 in both."
)
EXPECTED = {"below_a_tenth": True}
RATE, EPOCHS, EVERY = 0.01, 100, 10


def inputs(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((100, 1))
    y = 2 * x + 1 + 0.1 * rng.standard_normal((100, 1))
    arrays = {
        "x": x,
        "y": y,
        # nn.Linear starts within ±1/√(inputs).
        "weight1": rng.uniform(-1, 1, (10, 1)),
        "bias1": rng.uniform(-1, 1, 10),
        "weight2": rng.uniform(-1, 1, (1, 10)) / np.sqrt(10),
        "bias2": rng.uniform(-1, 1, 1) / np.sqrt(10),
    }
    return {name: array.astype(np.float32) for name, array in arrays.items()}


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


def pytorch_style(torch, x, y, weight1, bias1, weight2, bias2):
    x, y = torch.tensor(x), torch.tensor(y)
    nn = torch.nn
    model = nn.Sequential(nn.Linear(1, 10), nn.ReLU(), nn.Linear(10, 1))
    start = (weight1, bias1, weight2, bias2)
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), start, strict=True):
            parameter.copy_(torch.tensor(value))

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
