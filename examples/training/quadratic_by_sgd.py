"""A parabola fitted to a line, with a learning rate for each parameter.

y = w1 x² + w2 x + b on four points of y = 2x, one sample at a time, 200 epochs. The learning rates
are 0.001, 0.05 and 0.001: x² and x pull with very different strength. The last ten epochs
are PyTorch's printed float32 digits, to the last one.
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D2"
NOTE = (
    "Parameters with rates of their own are three tensors to edit on the tape; in JAX one pytree, "
    "updated by `tree.map` over parameters, rates and gradients. Eager mode rounds after every "
    "operation and prints the document's digits; the compiled loop agrees to a millionth."
)
EXPECTED = {
    "before": 8.8,
    "after": 10.005765914916992,
    "after_printed": "10.005765914916992",
    "last_epochs_printed": [
        "190 0.006666435860097408 1.955682396888733 0.06071145832538605 7.891614950494841e-05",
        "191 0.0066641089506447315 1.9556971788406372 0.06069079786539078 7.888226537033916e-05",
        "192 0.006661855150014162 1.955712914466858 0.0606701523065567 7.879758777562529e-05",
        "193 0.006659569218754768 1.9557280540466309 0.060649510473012924 7.874680159147829e-05",
        "194 0.006657279096543789 1.9557431936264038 0.060628872364759445 7.869602995924652e-05",
        "195 0.0066549829207360744 1.9557582139968872 0.060608237981796265 7.864528015488759e-05",
        "196 0.006652716547250748 1.9557735919952393 0.06058761477470398 7.857763557694852e-05",
        "197 0.006650409195572138 1.955788254737854 0.06056699529290199 7.854382420191541e-05",
        "198 0.006648148410022259 1.955803632736206 0.0605463907122612 7.847622327972203e-05",
        "199 0.006645866669714451 1.955818772315979 0.060525789856910706 7.842553895898163e-05",
    ],
}
RATES, EPOCHS = (0.001, 0.05, 0.001), 200


def inputs(seed=0):
    return {
        "x": np.array([1.0, 2.0, 3.0, 4.0], np.float32),
        "y": np.array([2.0, 4.0, 6.0, 8.0], np.float32),
        "w1": np.float32(0.05),
        "w2": np.float32(1.5),
        "b": np.float32(0.05),
    }


def predict(parameters, x):
    w1, w2, b = parameters
    return w1 * x**2 + w2 * x + b


def loss(parameters, x, y):
    return (predict(parameters, x) - y) ** 2


@jax.jit
def jax_style(x, y, w1, w2, b):
    def step(parameters, sample):
        value, gradients = jax.value_and_grad(loss)(parameters, *sample)
        parameters = jax.tree.map(lambda p, r, g: p - r * g, parameters, RATES, gradients)
        return parameters, value

    def epoch(parameters, _):
        parameters, losses = jax.lax.scan(step, parameters, (x, y))
        return parameters, (jnp.stack(parameters), losses[-1])

    start = (w1, w2, b)
    trained, (parameters, losses) = jax.lax.scan(epoch, start, length=EPOCHS)
    return {
        "before": predict(start, 5),
        "after": predict(trained, 5),
        "parameters": parameters,
        "loss": losses,
    }


def pytorch_style(torch, x, y, w1, w2, b):
    samples = list(zip(torch.tensor(x), torch.tensor(y), strict=True))
    parameters = [torch.tensor(start, requires_grad=True) for start in (w1, w2, b)]
    before = predict(parameters, 5)

    history, losses = [], []
    for _ in range(EPOCHS):
        for sample in samples:
            value = loss(parameters, *sample)
            value.backward()
            with torch.no_grad():
                for parameter, rate in zip(parameters, RATES, strict=True):
                    parameter.sub_(rate * parameter.grad)
                    parameter.grad.zero_()
        history.append([parameter.item() for parameter in parameters])
        losses.append(value.item())

    after = predict(parameters, 5)
    printed = [
        " ".join(str(number) for number in (epoch, *history[epoch], losses[epoch]))
        for epoch in range(EPOCHS - 10, EPOCHS)
    ]
    return {
        "before": before,
        "after": after,
        "parameters": torch.tensor(history),
        "loss": torch.tensor(losses),
        "after_printed": str(after.item()),
        "last_epochs_printed": printed,
    }


def step_style(torch, scan, x, y, w1, w2, b):
    samples = torch.tensor(x).repeat(EPOCHS), torch.tensor(y).repeat(EPOCHS)
    parameters = [torch.tensor(start, requires_grad=True) for start in (w1, w2, b)]
    before = predict(parameters, 5).detach()

    def step(x, y):
        value = loss(parameters, x, y)
        value.backward()
        with torch.no_grad():
            for parameter, rate in zip(parameters, RATES, strict=True):
                parameter.sub_(rate * parameter.grad)
                parameter.grad.zero_()
        return value.detach(), torch.stack(parameters).detach()

    losses, history = scan(step, samples)
    return {
        "before": before,
        "after": predict(parameters, 5),
        "parameters": history[3::4],  # after each epoch
        "loss": losses[3::4],
    }


def figures(results):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    values, loss = figure.subplots(1, 2)
    epochs = np.arange(EPOCHS)
    for column, (name, color) in enumerate(
        [("w1", "#0072B2"), ("w2", "#D55E00"), ("b", "#009E73")]
    ):
        values.plot(epochs, results["parameters"][:, column], color=color, label=name)
    values.set(xlabel="epoch", ylabel="value", title="Parameters: w2 near 2, the others near 0")
    values.legend()
    loss.semilogy(epochs, results["loss"], color="#0072B2")
    loss.set(xlabel="epoch", ylabel="loss", title="Loss of the last sample")
    return {"training": figure}
