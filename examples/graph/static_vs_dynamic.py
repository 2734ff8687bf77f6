"""Two kinds of graph: recorded by running, or traced before.

y = (w + x)(w + 1), a branch and a loop whose course depends on the data. PyTorch runs the lines and
records what happened, so `if` and `while` are Python's own and the tape holds the road taken.
JAX traces the function once into a program with both roads in it: `lax.cond`, `lax.while_loop`.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import funcgrad as fg

SOURCE = "D1"
NOTE = (
    "Nobody knows beforehand how often a `lax.while_loop` turns, so there is no room to save what "
    "a backward pass would read: its derivative is carried forwards, by `jax.jvp`. The tape grows "
    "with every turn, and `backward()` walks it."
)
EXPECTED = {
    "y": 8.0,
    "w_gradient": 6.0,
    "rising": [9.0, 6.0],
    "falling": [3.0, -1.0],
    "doubled": [192.0, 64.0],
    "rising_tape": [
        "output: float32[] -> PowBackward0",
        "PowBackward0 -> AccumulateGrad x: float32[]",
    ],
    "falling_tape": [
        "output: float32[] -> NegBackward0",
        "NegBackward0 -> AccumulateGrad x: float32[]",
    ],
    "doubled_tape": [
        "output: float32[] -> MulBackward0 #1",
        *(f"MulBackward0 #{turn} -> MulBackward0 #{turn + 1}" for turn in range(1, 6)),
        "MulBackward0 #6 -> AccumulateGrad x: float32[]",
    ],
    "graph": [
        "output y: float32[] -> MulBackward0",
        "MulBackward0 -> AddBackward0 #1",
        "MulBackward0 -> AddBackward0 #2",
        "AddBackward0 #1 -> AccumulateGrad w: float32[]",
        "AddBackward0 #1 -> AccumulateGrad x: float32[]",
        "AddBackward0 #2 -> AccumulateGrad w: float32[]",
    ],
}


def inputs(seed=0):
    return {"w": np.float32(1.0), "x": np.float32(3.0)}


def product_of_sums(w, x):
    return (w + x) * (w + 1)


def square_or_negate(x):
    return lax.cond(x > 0, lambda x: x**2, lambda x: -x, x)


def double_to_hundred(x):
    return lax.while_loop(lambda x: x < 100, lambda x: 2 * x, x)


@jax.jit
def jax_style(w, x):
    y, w_gradient = jax.value_and_grad(product_of_sums)(w, x)
    return {
        "y": y,
        "w_gradient": w_gradient,
        "rising": jnp.stack(jax.value_and_grad(square_or_negate)(x)),
        "falling": jnp.stack(jax.value_and_grad(square_or_negate)(-x)),
        "doubled": jnp.stack(jax.jvp(double_to_hundred, (x,), (jnp.ones_like(x),))),
    }


def pytorch_style(torch, w, x):
    w = torch.tensor(w, requires_grad=True)
    x = torch.tensor(x, requires_grad=True)
    y = (w + x) * (w + 1)
    y.backward()

    def tape(result, start):
        return fg.graphs.tape(result, names={"x": start}).lines()

    def square_or_negate(start):
        start = start.detach().requires_grad_()
        result = start**2 if start > 0 else -start
        result.backward()
        return torch.stack([result.detach(), start.grad]), tape(result, start)

    rising, rising_tape = square_or_negate(x)
    falling, falling_tape = square_or_negate(-x)

    start = x.detach().requires_grad_()
    doubled = start
    while doubled < 100:
        doubled = 2 * doubled
    doubled.backward()

    return {
        "y": y,
        "w_gradient": w.grad,
        "rising": rising,
        "falling": falling,
        "doubled": torch.stack([doubled.detach(), start.grad]),
        "rising_tape": rising_tape,
        "falling_tape": falling_tape,
        "doubled_tape": tape(doubled, start),
        "graph": fg.graphs.tape(y, names={"w": w, "x": x, "y": y}).lines(),
    }


def figures(results):
    w, x = inputs().values()
    programs = {
        "product": fg.graphs.jaxpr(product_of_sums, w, x),
        "branch": fg.graphs.jaxpr(square_or_negate, x),
        "loop": fg.graphs.jaxpr(double_to_hundred, x),
    }
    if "graph" not in results:  # JAX leaves no graph behind
        return {name: program.figure() for name, program in programs.items()}
    tapes = {"product": "graph", "branch": "rising_tape", "loop": "doubled_tape"}
    drawn = {
        name: fg.graphs.side_by_side(fg.graphs.Graph.from_lines(results[tapes[name]]), program)
        for name, program in programs.items()
    }
    return drawn | {"printed": printed(results)}


def printed(results):
    from matplotlib.figure import Figure

    x = inputs()["x"]
    tapes = {
        "y = (w + x)(w + 1)": results["graph"],
        "if, at x = 3": results["rising_tape"],
        "if, at x = −3": results["falling_tape"],
        "while": results["doubled_tape"],
    }
    programs = {
        "y = (w + x)(w + 1)": jax.make_jaxpr(product_of_sums)(**inputs()),
        "lax.cond": jax.make_jaxpr(square_or_negate)(x),
        "lax.while_loop": jax.make_jaxpr(double_to_hundred)(x),
    }
    parts = {
        "Recorded: the road taken": {name: "\n".join(lines) for name, lines in tapes.items()},
        "Traced: every road": {name: str(program) for name, program in programs.items()},
    }

    texts = {
        title: "\n\n".join(f"# {name}\n{text}" for name, text in part.items())
        for title, part in parts.items()
    }
    heights = [text.count("\n") + 1 for text in texts.values()]
    figure = Figure(figsize=(5.6, sum(heights) / 7 + 1), layout="constrained")
    figure.set_label("The tapes and the programs as text: the tape of the loop has six products.")
    rows = figure.subplots(2, 1, height_ratios=heights)
    for axes, (title, text) in zip(rows, texts.items(), strict=True):
        axes.text(0, 1, text, va="top", family="monospace", fontsize=8, transform=axes.transAxes)
        axes.set_title(title, loc="left")
        axes.axis("off")
    return figure
