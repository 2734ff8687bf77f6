"""Gradient descent on a parabola.

x² from 5 in 15 steps of learning rate 0.3: each step goes against the slope, x ← x − 0.3 · 2x, and
so leaves 0.4 of the distance. Once with the derivative by hand, once with autograd.
"""

import jax
import numpy as np

SOURCE = "D0"
NOTE = (
    "PyTorch moves one x in place, off the tape, and clears `x.grad` for the next step. In JAX a "
    "step is a function from x to the next x, `lax.scan` repeats it, and the path is what the "
    "scan returns."
)
EXPECTED = {
    "by_hand": [5, 2, 0.8, 0.32, 0.13, 0.05, 0.02, 0.01] + 8 * [0],
    "by_autograd": [5, 2, 0.8, 0.32, 0.13, 0.05, 0.02, 0.01] + 8 * [0],
}
# The document prints two decimal places.
TOLERANCE = {"by_hand": 0.0051, "by_autograd": 0.0051}
RATE, STEPS = 0.3, 15


def inputs(seed=0):
    return {"start": np.float32(5.0)}


def f(x):
    return x**2


def slope(x):
    return 2 * x


@jax.jit
def jax_style(start):
    def descend(derivative):
        def step(x, _):
            return x - RATE * derivative(x), x

        _, path = jax.lax.scan(step, start, length=STEPS + 1)
        return path

    path = descend(jax.grad(f))
    return {"by_hand": descend(slope), "by_autograd": path, "height": f(path)}


def pytorch_style(torch, start):
    x = torch.tensor(start)
    by_hand = [x]
    for _ in range(STEPS):
        x = x - RATE * slope(x)
        by_hand.append(x)

    x = torch.tensor(start, requires_grad=True)
    by_autograd = [x.detach().clone()]
    for _ in range(STEPS):
        f(x).backward()
        with torch.no_grad():
            x -= RATE * x.grad
        x.grad.zero_()
        by_autograd.append(x.detach().clone())

    path = torch.stack(by_autograd)
    return {"by_hand": torch.stack(by_hand), "by_autograd": path, "height": f(path)}


def step_style(torch, scan, start):
    y = torch.tensor(start)
    x = torch.tensor(start, requires_grad=True)

    def step_by_hand():
        before = y.clone()
        y.sub_(RATE * slope(y))
        return before

    def step():
        before = x.detach().clone()
        f(x).backward()
        with torch.no_grad():
            x.sub_(RATE * x.grad)
        x.grad.zero_()
        return before

    by_hand, path = (scan(each, length=STEPS + 1) for each in (step_by_hand, step))
    return {"by_hand": by_hand, "by_autograd": path, "height": f(path)}


def figures(results):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    x = np.linspace(-5.5, 5.5, 200)
    axes.plot(x, f(x), color="0.6", label="x²")
    axes.plot(
        results["by_autograd"], results["height"], "o-", color="#0072B2", label="15 steps from 5"
    )
    axes.set(xlabel="x", ylabel="f(x)", title="Descent on the parabola, learning rate 0.3")
    axes.legend()
    return {"path": figure}
