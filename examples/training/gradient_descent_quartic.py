"""Gradient descent that stops in the wrong place, and two ways out.

f = 2x⁴ − 3x² + 2x − 20 has the derivative 2(x + 1)(2x − 1)²: a minimum at −1, where f = −23, and an
inflection at 0.5, where the slope vanishes though f still falls beyond it. From 5, descent creeps
towards 0.5 and never gets past. Momentum carries it through; a start to the left avoids the trap.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax

SOURCE = "D0"
NOTE = (
    "15 000 steps are one `lax.scan`: one program, one dispatch, where the tape is built and "
    "walked 15 000 times. Momentum is an optimizer in both, `optax.sgd` and `torch.optim.SGD`. "
    "Near 0.5 the steps are so small that float32 rounds them: float64 gets nearer."
)
# The start decides the dtype: the same descent runs in float32 and in float64.
PRECISION = "float64"
EXPECTED = {
    "second_point": 4.028,
    "end_float32": 0.505444,
    "end_float64": 0.505439,
    "end_with_momentum": -1.0,
    "end_from_zero": -1.0,
    "height_with_momentum": -23.0,
    "height_from_zero": -23.0,
}
# Six places, so that the two dtypes' ends, 5e-6 apart, are told from each other; that near -1 is
# how far a thousand steps from 0 come.
TOLERANCE = {"end_float32": 1e-6, "end_float64": 1e-6, "end_from_zero": 1e-6}
QUICK = {"steps": 300}
EXPECTED_IN_FULL = {"end_float32", "end_float64"}
RATE, MOMENTUM, EVERY, ESCAPE_STEPS = 0.001, 0.8, 100, 1000


def inputs(seed=0):
    return {"start32": np.float32(5.0), "start64": np.float64(5.0)}


def f(x):
    return 2 * x**4 - 3 * x**2 + 2 * x - 20


@jax.jit(static_argnames="steps")
def jax_style(start32, start64, steps=15_000):
    # plain descent
    def descend(start, steps):
        def step(x, _):
            return x - RATE * jax.grad(f)(x), x

        _, path = jax.lax.scan(step, start, length=steps + 1)
        return path

    # with momentum
    def roll(start, steps):
        optimizer = optax.sgd(RATE, momentum=MOMENTUM)

        def step(state, _):
            x, memory = state
            update, memory = optimizer.update(jax.grad(f)(x), memory)
            return (optax.apply_updates(x, update), memory), x

        _, path = jax.lax.scan(step, (start, optimizer.init(start)), length=steps + 1)
        return path

    # from three starts
    path32, path64 = descend(start32, steps), descend(start64, steps)
    with_momentum = roll(start64, ESCAPE_STEPS)
    from_zero = descend(jnp.zeros_like(start64), ESCAPE_STEPS)
    return {
        "second_point": path64[1],
        "path_float32": path32[::EVERY],
        "path_float64": path64[::EVERY],
        "path_from_five": path64[: ESCAPE_STEPS + 1],
        "path_with_momentum": with_momentum,
        "path_from_zero": from_zero,
        "end_float32": path32[-1],
        "end_float64": path64[-1],
        "end_with_momentum": with_momentum[-1],
        "end_from_zero": from_zero[-1],
        "height_with_momentum": f(with_momentum[-1]),
        "height_from_zero": f(from_zero[-1]),
    }


def pytorch_style(torch, start32, start64, steps=15_000):
    # plain descent
    def descend(start, steps):
        x = start.clone().requires_grad_()
        path = [start]
        for _ in range(steps):
            f(x).backward()
            with torch.no_grad():
                x -= RATE * x.grad
            x.grad.zero_()
            path.append(x.detach().clone())
        return torch.stack(path)

    # with momentum
    def roll(start, steps):
        x = start.clone().requires_grad_()
        optimizer = torch.optim.SGD([x], lr=RATE, momentum=MOMENTUM)
        path = [start]
        for _ in range(steps):
            optimizer.zero_grad()
            f(x).backward()
            optimizer.step()
            path.append(x.detach().clone())
        return torch.stack(path)

    # from three starts
    start32, start64 = torch.tensor(start32), torch.tensor(start64)
    path32, path64 = descend(start32, steps), descend(start64, steps)
    with_momentum = roll(start64, ESCAPE_STEPS)
    from_zero = descend(torch.zeros_like(start64), ESCAPE_STEPS)
    return {
        "second_point": path64[1],
        "path_float32": path32[::EVERY],
        "path_float64": path64[::EVERY],
        "path_from_five": path64[: ESCAPE_STEPS + 1],
        "path_with_momentum": with_momentum,
        "path_from_zero": from_zero,
        "end_float32": path32[-1],
        "end_float64": path64[-1],
        "end_with_momentum": with_momentum[-1],
        "end_from_zero": from_zero[-1],
        "height_with_momentum": f(with_momentum[-1]),
        "height_from_zero": f(from_zero[-1]),
    }


def step_style(torch, scan, start32, start64, steps=15_000):
    # plain descent
    def descend(start, steps):
        x = start.clone().requires_grad_()

        def step():
            before = x.detach().clone()
            f(x).backward()
            with torch.no_grad():
                x.sub_(RATE * x.grad)
            x.grad.zero_()
            return before

        return scan(step, length=steps + 1)

    # with momentum
    def roll(start, steps):
        x = start.clone().requires_grad_()
        optimizer = torch.optim.SGD([x], lr=RATE, momentum=MOMENTUM)

        def step():
            before = x.detach().clone()
            optimizer.zero_grad()
            f(x).backward()
            optimizer.step()
            return before

        return scan(step, length=steps + 1)

    # from three starts
    start32, start64 = torch.tensor(start32), torch.tensor(start64)
    path32, path64 = descend(start32, steps), descend(start64, steps)
    with_momentum = roll(start64, ESCAPE_STEPS)
    from_zero = descend(torch.zeros_like(start64), ESCAPE_STEPS)
    return {
        "second_point": path64[1],
        "path_float32": path32[::EVERY],
        "path_float64": path64[::EVERY],
        "path_from_five": path64[: ESCAPE_STEPS + 1],
        "path_with_momentum": with_momentum,
        "path_from_zero": from_zero,
        "end_float32": path32[-1],
        "end_float64": path64[-1],
        "end_with_momentum": with_momentum[-1],
        "end_from_zero": from_zero[-1],
        "height_with_momentum": f(with_momentum[-1]),
        "height_from_zero": f(from_zero[-1]),
    }


def figures(results):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    curve, time = figure.subplots(1, 2)
    x = np.linspace(-2.3, 2.3, 300)
    curve.plot(x, f(x), color="0.6")
    time.axhline(0.5, color="0.6", linestyle=":")
    time.axhline(-1, color="0.6", linestyle=":")
    runs = [
        ("plain, from 5", "path_from_five", "end_float64", "#0072B2", "o"),
        ("momentum 0.8, from 5", "path_with_momentum", "end_with_momentum", "#D55E00", "s"),
        ("plain, from 0", "path_from_zero", "end_from_zero", "#009E73", "^"),
    ]
    for label, path, end, color, marker in runs:
        x = results[end]
        curve.plot(x, f(x), marker, color=color, label=f"{label}: {x:.4f}")
        time.plot(results[path][:401], color=color, label=label)
    curve.set(xlabel="x", ylabel="f(x)", title="Where each descent ends")
    time.set(xlabel="step", ylabel="x", title="The first 400 steps: 0.5 traps, −1 is the minimum")
    curve.legend()
    time.legend()
    return {"descents": figure}
