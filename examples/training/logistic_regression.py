"""Two clouds parted by a line, and what happens when gradients are never cleared.

Logistic regression, SGD with momentum, a test every 20 iterations, stop above 99 % accuracy. The
document's loop never calls `zero_grad()`: gradients of all iterations pile up, the parameters swing
wildly, and the loop stops sooner by luck. Both loops, on clouds that a line can part to 99 % (seed
2) and on clouds that it cannot (seed 0).
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax

import funcgrad as fg

SOURCE = "D1"
NOTE = (
    "Both start from `torch.manual_seed`; `fg.streams` draws PyTorch's numbers for JAX. "
    "On the tape gradients pile up unless they are cleared; in JAX piling up must be written out, "
    "`fg.accumulate` into a carry of its own. Uncleared, the logits reach thousands, where the "
    "sigmoid is 0 or 1 exactly; `BCELoss` clamps its logarithm and its gradient there, so the JAX "
    "style says the same in a `custom_jvp`. In code of your own give the logits to "
    "`optax.sigmoid_binary_cross_entropy` (`BCEWithLogitsLoss`), which needs no clamp."
)
EXPECTED = {
    "stopped_at_uncleared": [320, -1],
    "stopped_at_cleared": [740, -1],
    "accuracy_uncleared": [0.995, 0.985],
    "accuracy_cleared": [0.995, 0.985],
}
RATE, MOMENTUM, ITERATIONS, EVERY = 0.01, 0.9, 1000, 20


def draw(seed):
    """What PyTorch draws after `torch.manual_seed(seed)`: both clouds, then the layer's start."""
    stream = fg.streams.Generator(seed)
    clouds = [stream.randn(100, 2) + np.float32(mean) + 1 for mean in (1.6, -1.6)]
    bound = 1 / np.sqrt(2)  # nn.Linear starts within ±1/√inputs
    weight, bias = (stream.uniform(-bound, bound, size) for size in ((1, 2), (1,)))
    return np.concatenate(clouds), weight, bias


def inputs(seed=2):
    x, weight, bias = (np.stack(pair) for pair in zip(draw(seed), draw(0), strict=True))
    y = np.repeat(np.float32([0, 1]), 100)
    return {"seed": seed, "x": x, "y": y, "weight": weight, "bias": bias}


@jax.custom_jvp
def binary_cross_entropy(p, y):
    """PyTorch's BCELoss without the mean: −y log p − (1 − y) log(1 − p), logarithms ≥ −100."""
    return -y * jnp.maximum(jnp.log(p), -100) - (1 - y) * jnp.maximum(jnp.log1p(-p), -100)


@binary_cross_entropy.defjvp
def _(primals, tangents):
    p, y = primals  # y is a label, a constant: its tangent is not used
    slope = (p - y) / jnp.maximum(p * (1 - p), 1e-12)
    return binary_cross_entropy(p, y), slope * tangents[0]


@jax.jit
def jax_style(x, y, weight, bias):
    optimizer = optax.sgd(RATE, momentum=MOMENTUM)

    def train(x, weight, bias, clear):
        def loss_and_hits(parameters):
            weight, bias = parameters
            p = jax.nn.sigmoid(x @ weight[0] + bias)
            hits = jnp.sum((p >= 0.5) == (y == 1))
            return jnp.mean(binary_cross_entropy(p, y)), hits

        def unfinished(state):
            i, *_, history = state
            tested = (i - 1) % EVERY == 0
            return (i < ITERATIONS) & ~(tested & (history["hits"][i - 1] > 0.99 * len(y)))

        def iterate(state):
            i, parameters, memory, kept, history = state
            objective = jax.value_and_grad(loss_and_hits, has_aux=True)
            (loss, hits), gradients = objective(parameters)
            kept = gradients if clear else fg.accumulate(kept, gradients)
            updates, memory = optimizer.update(kept, memory)
            parameters = optax.apply_updates(parameters, updates)
            line = jnp.concatenate([parameters[0][0], parameters[1]])
            seen = {"loss": loss, "hits": hits, "line": line}
            history = jax.tree.map(lambda old, new: old.at[i].set(new), history, seen)
            return i + 1, parameters, memory, kept, history

        start = (weight, bias)
        history = {
            "loss": jnp.zeros(ITERATIONS),
            "hits": jnp.zeros(ITERATIONS, int),
            "line": jnp.zeros((ITERATIONS, 3)),
        }
        state = (0, start, optimizer.init(start), fg.zero_gradients(start), history)
        i, *_, history = jax.lax.while_loop(unfinished, iterate, state)
        tests = jax.tree.map(lambda values: values[::EVERY], history)
        last = (i - 1) // EVERY
        return {
            "stopped_at": jnp.where(i < ITERATIONS, i - 1, -1),
            "accuracy": tests["hits"][last] / len(y),
            "losses": tests["loss"],
            "lines": tests["line"],
        }

    results = {"x": x, "y": y}
    for name, clear in [("uncleared", False), ("cleared", True)]:
        both = jax.vmap(lambda x, w, b, clear=clear: train(x, w, b, clear))(x, weight, bias)
        results |= {f"{key}_{name}": value for key, value in both.items()}
    return results


def pytorch_style(torch, seed):
    nn, where = torch.nn, torch.get_default_device()

    def start(seed):
        torch.manual_seed(seed)
        with torch.device("cpu"):  # a GPU's generator would draw other numbers
            ones = torch.ones(100, 2)
            x0 = torch.normal(1.6 * ones, 1) + 1
            x1 = torch.normal(-1.6 * ones, 1) + 1
            model = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
        return torch.cat([x0, x1]).to(where), model.to(where)

    y = torch.cat([torch.zeros(100), torch.ones(100)])

    def train(seed, clear):
        x, model = start(seed)
        bce = nn.BCELoss()
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM)
        losses, lines = torch.zeros(ITERATIONS // EVERY), torch.zeros(ITERATIONS // EVERY, 3)
        stopped_at = -1
        for i in range(ITERATIONS):
            p = model(x).squeeze()
            loss = bce(p, y)
            if clear:
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if i % EVERY == 0:
                hits = ((p >= 0.5) == (y == 1)).sum()
                losses[i // EVERY] = loss.item()
                with torch.no_grad():
                    lines[i // EVERY] = torch.cat([model[0].weight[0], model[0].bias])
                if hits > 0.99 * len(y):
                    stopped_at = i
                    break
        return {
            "stopped_at": torch.tensor(stopped_at),
            "accuracy": hits / len(y),
            "losses": losses,
            "lines": lines,
        }

    results = {"x": torch.stack([start(seed)[0], start(0)[0]]), "y": y}
    for name, clear in [("uncleared", False), ("cleared", True)]:
        first, second = train(seed, clear), train(0, clear)
        results |= {f"{k}_{name}": torch.stack([first[k], second[k]]) for k in first}
    return results


def step_style(torch, scan, seed):
    nn, where = torch.nn, torch.get_default_device()

    def start(seed):
        torch.manual_seed(seed)
        with torch.device("cpu"):
            ones = torch.ones(100, 2)
            x0 = torch.normal(1.6 * ones, 1) + 1
            x1 = torch.normal(-1.6 * ones, 1) + 1
            model = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
        return torch.cat([x0, x1]).to(where), model.to(where)

    y = torch.cat([torch.zeros(100), torch.ones(100)])

    def train(seed, clear):
        x, model = start(seed)
        bce = nn.BCELoss()
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM)

        def step():
            p = model(x).squeeze()
            loss = bce(p, y)
            if clear:
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            hits = ((p >= 0.5) == (y == 1)).sum()
            line = torch.cat([model[0].weight[0], model[0].bias])
            return loss.detach(), hits, line.detach()

        losses, lines = torch.zeros(ITERATIONS // EVERY), torch.zeros(ITERATIONS // EVERY, 3)
        stopped_at = -1
        tested = scan(step, length=1)
        for i in range(ITERATIONS // EVERY):  # whether to stop is asked between two scans
            losses[i], hits, lines[i] = (history[-1] for history in tested)
            if hits > 0.99 * len(y):
                stopped_at = i * EVERY
                break
            tested = scan(step, length=EVERY)
        return {
            "stopped_at": torch.tensor(stopped_at),
            "accuracy": hits / len(y),
            "losses": losses,
            "lines": lines,
        }

    results = {"x": torch.stack([start(seed)[0], start(0)[0]]), "y": y}
    for name, clear in [("uncleared", False), ("cleared", True)]:
        first, second = train(seed, clear), train(0, clear)
        results |= {f"{k}_{name}": torch.stack([first[k], second[k]]) for k in first}
    return results


def figures(results):
    from matplotlib.figure import Figure

    def frames(name):
        """The decision line w·x + b = 0 at nine tests, from the first to the last."""
        figure = Figure(figsize=(9, 9), layout="constrained")
        grid = figure.subplots(3, 3, sharex=True, sharey=True)
        x, across = results["x"][0], np.array([-5.0, 7.0])
        stop = int(results[f"stopped_at_{name}"][0])
        last = stop // EVERY if stop >= 0 else ITERATIONS // EVERY - 1
        for axes, test in zip(grid.flat, np.linspace(0, last, 9).round().astype(int), strict=True):
            w1, w2, b = results[f"lines_{name}"][0, test]
            loss = results[f"losses_{name}"][0, test]
            axes.plot(*x[:100].T, "o", markersize=3, color="#0072B2", label="class 0")
            axes.plot(*x[100:].T, "^", markersize=3, color="#E69F00", label="class 1")
            axes.plot(across, -(w1 * across + b) / w2, color="black")
            axes.set(xlim=(-5, 7), ylim=(-5, 7), title=f"iteration {test * EVERY}, loss {loss:.3g}")
        grid[0, 0].legend()
        figure.supxlabel("x1")
        figure.supylabel("x2")
        figure.suptitle(f"Decision line, gradients {name}")
        return figure

    losses = Figure(figsize=(6, 4), layout="constrained")
    axes = losses.subplots()
    for name, color, style in [("uncleared", "#D55E00", "--"), ("cleared", "#0072B2", "-")]:
        values = results[f"losses_{name}"][0]
        at = np.flatnonzero(np.any(results[f"lines_{name}"][0] != 0, axis=1))
        axes.semilogy(at * EVERY, values[at], style, color=color, label=f"gradients {name}")
    axes.set(xlabel="iteration", ylabel="binary cross entropy", title="Loss until the stop")
    axes.legend()
    return {"cleared": frames("cleared"), "uncleared": frames("uncleared"), "loss": losses}
