"""Networks: the gallery's two, and a wide one, and one with convolutions."""

import itertools
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .task import Arrays, Pure, Stateful, Task


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def classes(*shape: int, of: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, of, shape)


def starts(shapes: Sequence[Sequence[int]]) -> list[np.ndarray]:
    """Weights of a spread of 1/√inputs; biases are zero."""
    return [
        drawn(*shape, seed=i) / np.sqrt(np.prod(shape[1:]), dtype=np.float32)
        if len(shape) > 1 else np.zeros(shape, np.float32)
        for i, shape in enumerate(shapes)
    ]  # fmt: skip


def in_torch(
    build: Callable[[ModuleType], Any],
    loss: Callable[[ModuleType], Any],
    optimizer: Callable[[ModuleType, Any], Any],
) -> Callable[[ModuleType], Stateful]:
    """A step that trains a module."""

    def make(torch: ModuleType) -> Stateful:
        model, criterion = build(torch), loss(torch)
        parameters = list(model.parameters())
        with torch.no_grad():
            for parameter, start in zip(
                parameters, starts([tuple(p.shape) for p in parameters]), strict=True
            ):
                parameter.copy_(torch.tensor(start))
        rule = optimizer(torch, parameters)

        def step(x: Any, y: Any) -> Any:
            rule.zero_grad()
            value = criterion(model(x), y)
            value.backward()
            rule.step()
            return value

        return Stateful(step, lambda: parameters)

    return make


def in_jax(
    predict: Callable[..., Any], loss: Callable[..., Any], rule: Any, shapes: Any
) -> Callable[[], Pure]:
    """The same in JAX."""

    def make() -> Pure:
        start = tuple(map(jnp.asarray, starts(shapes)))

        def step(state: Any, x: Any, y: Any) -> Any:
            parameters, memory = state
            value, slopes = jax.value_and_grad(lambda p: loss(predict(p, x), y))(parameters)
            updates, memory = rule.update(slopes, memory, parameters)
            return (optax.apply_updates(parameters, updates), memory), value

        return Pure(step, (start, rule.init(start)), lambda state: list(state[0]))

    return make


def cross_entropy(logits: Any, labels: Any) -> Any:
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


def squares(prediction: Any, y: Any) -> Any:
    return jnp.mean((prediction - y) ** 2)


def dense(parameters: Any, x: Any) -> Any:
    """Layers with ReLU between them."""
    for i in range(0, len(parameters), 2):
        x = x @ parameters[i].T + parameters[i + 1]
        if i + 2 < len(parameters):
            x = jax.nn.relu(x)
    return x


def layers(torch: ModuleType, *widths: int) -> Any:
    nn = torch.nn
    parts = []
    for inputs, outputs in itertools.pairwise(widths):
        parts += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def sizes(*widths: int) -> list[tuple[int, ...]]:
    pairs = itertools.pairwise(widths)
    return [shape for i, o in pairs for shape in ((o, i), (o,))]


def regression_data() -> Arrays:
    x = drawn(100, 1)
    y = 2 * x + 1 + np.float32(0.1) * drawn(100, 1, seed=1)
    return np.stack([x] * 400), np.stack([y] * 400)


def disc_data() -> Arrays:
    x = np.random.default_rng(0).uniform(-2, 2, (400, 16, 2)).astype(np.float32)
    return x, (np.hypot(x[..., 0], x[..., 1]) < 1.5).astype(np.int64)


WIDE = (784, 512, 512, 10)


def convnet(torch: ModuleType) -> Any:
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(784, 10),
    )  # fmt: skip


CONVNET = [(8, 1, 3, 3), (8,), (16, 8, 3, 3), (16,), (10, 784), (10,)]


def convolved(parameters: Any, x: Any) -> Any:
    for weight, bias in (parameters[:2], parameters[2:4]):
        x = jax.lax.conv_general_dilated(x, weight, (1, 1), "SAME") + bias[:, None, None]
        x = jax.nn.relu(x)
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
    return x.reshape(len(x), -1) @ parameters[4].T + parameters[5]


TASKS = [
    Task(
        "mlp_regression", 400, regression_data,
        in_torch(lambda t: layers(t, 1, 10, 1), lambda t: t.nn.MSELoss(),
                 lambda t, p: t.optim.SGD(p, lr=0.01)),
        in_jax(dense, squares, optax.sgd(0.01), sizes(1, 10, 1)), loops=25,
    ),
    Task(
        "batches_and_device", 400, disc_data,
        in_torch(lambda t: layers(t, 2, 64, 2), lambda t: t.nn.CrossEntropyLoss(),
                 lambda t, p: t.optim.Adam(p, lr=1e-4)),
        in_jax(dense, cross_entropy, optax.adam(1e-4), sizes(2, 64, 2)), loops=10,
    ),
    Task(
        "mlp", 10, lambda: (drawn(10, 128, 784), classes(10, 128, of=10)),
        in_torch(lambda t: layers(t, *WIDE), lambda t: t.nn.CrossEntropyLoss(),
                 lambda t, p: t.optim.Adam(p, lr=1e-4)),
        in_jax(dense, cross_entropy, optax.adam(1e-4), sizes(*WIDE)), loops=5,
    ),
    Task(
        "convnet", 10, lambda: (drawn(10, 32, 1, 28, 28), classes(10, 32, of=10)),
        in_torch(convnet, lambda t: t.nn.CrossEntropyLoss(), lambda t, p: t.optim.SGD(p, lr=0.01)),
        in_jax(convolved, cross_entropy, optax.sgd(0.01), CONVNET),
    ),
]  # fmt: skip
