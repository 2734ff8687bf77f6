"""A line through the origin, learnt one sample at a time.

y = wx on (1, 2), (2, 4), (3, 6), (4, 8) from w = 1, learning rate 0.01. Every sample gives a
gradient and moves w at once; a hundred epochs take w to 2 and the prediction at 5 from 5 to 10.
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D2"
NOTE = (
    "The loop over samples inside the loop over epochs is a scan inside a scan, and what the tape "
    "prints on the way is what the scans return. The last gradients are rounding: eager mode "
    "rounds wx before it subtracts y, where a compiled loop may fuse the two and round once. So "
    "the losses are compared, and the gradients while they mean something."
)
EXPECTED = {
    "before": 5.0,
    "after": 9.999999,
    "first_gradients": [-2.0, -7.84, -16.228802, -23.657982],
    "w_after_epochs_1_2_11": [1.49726784, 1.74726033, 1.99948156],
    "w_printed": ["1.49726784", "1.74726033", "1.99948156"],
    "gradients_printed": [
        "-2.0",
        "-7.840000152587891",
        "-16.228801727294922",
        "-23.657981872558594",
    ],
    "last_loss_printed": "2.2737367544323206e-13",
}
RATE, EPOCHS = 0.01, 100
SHOWN = [0, 1, 10]  # epochs 1, 2 and 11


def inputs(seed=0):
    return {
        "x": np.array([1.0, 2.0, 3.0, 4.0], np.float32),
        "y": np.array([2.0, 4.0, 6.0, 8.0], np.float32),
        "w": np.float32(1.0),
    }


def loss(w, x, y):
    return (w * x - y) ** 2


@jax.jit
def jax_style(x, y, w):
    def step(w, sample):
        value, gradient = jax.value_and_grad(loss)(w, *sample)
        return w - RATE * gradient, (value, gradient)

    def epoch(w, _):
        w, (losses, gradients) = jax.lax.scan(step, w, (x, y))
        return w, (w, losses, gradients)

    trained, (ws, losses, gradients) = jax.lax.scan(epoch, w, length=EPOCHS)
    return {
        "before": w * 5,
        "after": trained * 5,
        "first_gradients": gradients[0],
        "w": ws,
        "w_after_epochs_1_2_11": ws[jnp.array(SHOWN)],
        "losses": losses,
    }


def pytorch_style(torch, x, y, w):
    samples = list(zip(torch.tensor(x), torch.tensor(y), strict=True))
    w = torch.tensor(w, requires_grad=True)
    before = (w * 5).detach()

    ws, losses, gradients = [], [], []
    for _ in range(EPOCHS):
        for sample in samples:
            value = loss(w, *sample)
            value.backward()
            losses.append(value.item())
            gradients.append(w.grad.item())
            with torch.no_grad():
                w -= RATE * w.grad
            w.grad.zero_()
        ws.append(w.item())

    return {
        "before": before,
        "after": w * 5,
        "first_gradients": torch.tensor(gradients[:4]),
        "w": torch.tensor(ws),
        "w_after_epochs_1_2_11": torch.tensor([ws[epoch] for epoch in SHOWN]),
        "losses": torch.tensor(losses).reshape(EPOCHS, 4),
        "gradients_printed": [str(gradient) for gradient in gradients[:4]],
        "w_printed": [f"{ws[epoch]:.8f}" for epoch in SHOWN],
        "last_loss_printed": str(losses[-1]),
    }


def step_style(torch, scan, x, y, w):
    samples = torch.tensor(x).repeat(EPOCHS), torch.tensor(y).repeat(EPOCHS)
    w = torch.tensor(w, requires_grad=True)
    before = (w * 5).detach()

    def step(x, y):
        value = loss(w, x, y)
        value.backward()
        gradient = w.grad.clone()
        with torch.no_grad():
            w.sub_(RATE * w.grad)
        w.grad.zero_()
        return value.detach(), gradient, w.detach().clone()

    losses, gradients, ws = scan(step, samples)
    ws = ws[3::4]  # after each epoch
    return {
        "before": before,
        "after": w * 5,
        "first_gradients": gradients[:4],
        "w": ws,
        "w_after_epochs_1_2_11": ws[SHOWN],
        "losses": losses.reshape(EPOCHS, 4),
    }


def figures(results):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    weight, loss = figure.subplots(1, 2)
    epochs = np.arange(1, EPOCHS + 1)
    weight.semilogy(epochs, np.abs(results["w"] - 2) + np.finfo(np.float32).tiny, color="#0072B2")
    weight.set(xlabel="epoch", ylabel="|w − 2|", title="Distance of w from 2")
    for sample, color in enumerate(["#56B4E9", "#0072B2", "#E69F00", "#D55E00"]):
        loss.semilogy(epochs, results["losses"][:, sample], color=color, label=f"x = {sample + 1}")
    loss.set(xlabel="epoch", ylabel="loss", title="Loss of each sample, down to rounding")
    loss.legend()
    return {"training": figure}
