"""The gallery's training examples, one step of each."""

from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .task import Arrays, Pure, Stateful, Task

FOUR = np.array([1.0, 2.0, 3.0, 4.0], np.float32)


def nothing() -> Arrays:
    return ()


def samples() -> Arrays:
    return np.tile(FOUR, 100), np.tile(2 * FOUR, 100)


# --- descent along a curve ------------------------------------------------------------------------


def descent(torch: ModuleType) -> Stateful:
    x = torch.tensor(5.0, requires_grad=True)

    def step() -> Any:
        y = x**2 - 4 * x
        y.backward()
        with torch.no_grad():
            x.sub_(0.01 * x.grad)
        x.grad.zero_()
        return y

    return Stateful(step, lambda: [x])


def descent_in_jax() -> Pure:
    def step(x: Any) -> Any:
        y, slope = jax.value_and_grad(lambda x: x**2 - 4 * x)(x)
        return x - 0.01 * slope, y

    return Pure(step, jnp.float32(5.0), lambda x: [x])


def rolling(torch: ModuleType) -> Stateful:
    x = torch.tensor(5.0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.001, momentum=0.8)

    def step() -> Any:
        optimizer.zero_grad()
        y = x**4 - 3 * x**3 + 2
        y.backward()
        optimizer.step()
        return y

    return Stateful(step, lambda: [x])


def rolling_in_jax() -> Pure:
    optimizer = optax.sgd(0.001, momentum=0.8)

    def step(state: Any) -> Any:
        x, memory = state
        y, slope = jax.value_and_grad(lambda x: x**4 - 3 * x**3 + 2)(x)
        update, memory = optimizer.update(slope, memory)
        return (optax.apply_updates(x, update), memory), y

    start = jnp.asarray(5.0, jnp.float64)
    return Pure(step, (start, optimizer.init(start)), lambda state: [state[0]])


# --- lines and parabolas, a sample at a time ------------------------------------------------------


def line(torch: ModuleType) -> Stateful:
    w = torch.tensor(1.0, requires_grad=True)

    def step(x: Any, y: Any) -> Any:
        loss = (w * x - y) ** 2
        loss.backward()
        with torch.no_grad():
            w.sub_(0.01 * w.grad)
        w.grad.zero_()
        return loss

    return Stateful(step, lambda: [w])


def line_in_jax() -> Pure:
    def step(w: Any, x: Any, y: Any) -> Any:
        loss, slope = jax.value_and_grad(lambda w: (w * x - y) ** 2)(w)
        return w - 0.01 * slope, loss

    return Pure(step, jnp.float32(1.0), lambda w: [w])


RATES = (0.001, 0.05, 0.001)


def quadratic(torch: ModuleType) -> Stateful:
    parameters = [torch.tensor(start, requires_grad=True) for start in (0.05, 1.5, 0.05)]

    def step(x: Any, y: Any) -> Any:
        w1, w2, b = parameters
        loss = (w1 * x**2 + w2 * x + b - y) ** 2
        loss.backward()
        with torch.no_grad():
            for parameter, rate in zip(parameters, RATES, strict=True):
                parameter.sub_(rate * parameter.grad)
                parameter.grad.zero_()
        return loss

    return Stateful(step, lambda: parameters)


def quadratic_in_jax() -> Pure:
    def step(parameters: Any, x: Any, y: Any) -> Any:
        def loss(parameters: Any) -> Any:
            w1, w2, b = parameters
            return (w1 * x**2 + w2 * x + b - y) ** 2

        value, slopes = jax.value_and_grad(loss)(parameters)
        return jax.tree.map(lambda p, r, g: p - r * g, parameters, RATES, slopes), value

    return Pure(step, tuple(map(jnp.float32, (0.05, 1.5, 0.05))), list)


# --- regressions on all points --------------------------------------------------------------------


def points() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(6)
    x = np.linspace(0, 50, 100) + rng.uniform(-10, 10, 100)
    return x, np.linspace(0, 50, 100) + rng.uniform(-10, 10, 100)


def linear(torch: ModuleType) -> Stateful:
    x, y = map(torch.tensor, points())
    w, b = (torch.tensor([start], requires_grad=True) for start in (0.5, -0.5))
    mse = torch.nn.MSELoss()

    def step() -> Any:
        loss = mse(w * x + b, y)
        loss.backward()
        with torch.no_grad():
            w.sub_(0.0001 * w.grad)
            b.sub_(0.0001 * b.grad)
        w.grad.zero_()
        b.grad.zero_()
        return loss

    return Stateful(step, lambda: [w, b])


def linear_in_jax() -> Pure:
    x, y = map(jnp.asarray, points())

    def step(parameters: Any) -> Any:
        value, slopes = jax.value_and_grad(lambda p: jnp.mean((p[0] * x + p[1] - y) ** 2))(
            parameters
        )
        return jax.tree.map(lambda p, g: p - 0.0001 * g, parameters, slopes), value

    return Pure(step, (jnp.array([0.5], jnp.float32), jnp.array([-0.5], jnp.float32)), list)


def clouds() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((200, 2), np.float32) + np.repeat(np.float32([2.6, -0.6]), 100)[:, None]
    return x, np.repeat(np.float32([0, 1]), 100)


def logistic(torch: ModuleType) -> Stateful:
    nn = torch.nn
    x, y = map(torch.tensor, clouds())
    model = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([[0.3, -0.2]]))
        model[0].bias.zero_()
    bce = nn.BCELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step() -> Any:
        loss = bce(model(x).squeeze(), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return Stateful(step, lambda: list(model.parameters()))


def logistic_in_jax() -> Pure:
    x, y = map(jnp.asarray, clouds())
    optimizer = optax.sgd(0.01, momentum=0.9)

    def step(state: Any) -> Any:
        def loss(parameters: Any) -> Any:
            weight, bias = parameters
            p = jax.nn.sigmoid(x @ weight[0] + bias)
            return -jnp.mean(
                y * jnp.maximum(jnp.log(p), -100) + (1 - y) * jnp.maximum(jnp.log1p(-p), -100)
            )

        parameters, memory = state
        value, slopes = jax.value_and_grad(loss)(parameters)
        updates, memory = optimizer.update(slopes, memory)
        return (optax.apply_updates(parameters, updates), memory), value

    start = (jnp.array([[0.3, -0.2]]), jnp.zeros(1))
    return Pure(step, (start, optimizer.init(start)), lambda state: list(state[0]))


TASKS = [
    Task("gradient_descent", 400, nothing, descent, descent_in_jax, loops=1000),
    Task("gradient_descent_quartic", 400, nothing, rolling, rolling_in_jax, double=True, loops=250),
    Task("line_by_sgd", 400, samples, line, line_in_jax, loops=1000),
    Task("quadratic_by_sgd", 400, samples, quadratic, quadratic_in_jax, loops=1000),
    Task("linear_regression", 400, nothing, linear, linear_in_jax, double=True, loops=250),
    Task("logistic_regression", 400, nothing, logistic, logistic_in_jax, loops=25),
]
