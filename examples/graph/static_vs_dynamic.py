"""Two kinds of graph: recorded by running, or traced before.

y = (w + x)(w + 1), a branch and a loop whose course depends on the data. PyTorch runs the lines and
records what happened, so `if` and `while` are Python's own and the tape holds the road taken.
JAX traces the function once into a program with both roads in it: `lax.cond`, `lax.while_loop`.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

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
    "rising_tape": ["PowBackward0", "AccumulateGrad"],
    "falling_tape": ["NegBackward0", "AccumulateGrad"],
    "doubled_tape": ["MulBackward0"] * 6 + ["AccumulateGrad"],
    "graph": [
        "MulBackward0 #1 -> AddBackward0 #2",
        "MulBackward0 #1 -> AddBackward0 #3",
        "AddBackward0 #2 -> AccumulateGrad w",
        "AddBackward0 #2 -> AccumulateGrad x",
        "AddBackward0 #3 -> AccumulateGrad w",
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

    def square_or_negate(start):
        start = start.detach().requires_grad_()
        result = start**2 if start > 0 else -start
        result.backward()
        return torch.stack([result.detach(), start.grad]), tape(result.grad_fn)

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
        "doubled_tape": tape(doubled.grad_fn),
        "graph": graph_edges(y.grad_fn, {w: "w", x: "x"}),
    }


def tape(node):
    """Name the nodes of a graph without branches, from its result to its leaf."""
    names = []
    while node:
        names.append(node.name().split("::")[-1])
        node = node.next_functions[0][0] if node.next_functions else None
    return names


def graph_edges(result, leaves):
    """List the graph's edges as "A -> B", breadth first from the result towards its leaves."""
    nodes, labels, edges = [result], {result: f"{result.name()} #1"}, []
    for node in nodes:  # grows while it is read
        for source, _ in node.next_functions:
            if source is None:  # an operand that asks for no gradient
                continue
            leaf = leaves.get(getattr(source, "variable", None))
            if leaf:
                labels[source] = f"AccumulateGrad {leaf}"
            elif source not in labels:
                nodes.append(source)
                labels[source] = f"{source.name()} #{len(nodes)}"
            edges.append(f"{labels[node]} -> {labels[source]}")
    return edges


def figures(results):
    from funcgrad.compare.figures import graph_figure

    program = jax.make_jaxpr(product_of_sums)(**inputs())
    title = "Traced: the program of y = (w + x)(w + 1)"
    drawn = {"program": graph_figure(program_edges(program.jaxpr), title)}
    if "graph" in results:  # JAX leaves no graph behind
        title = "Recorded: the tape of y = (w + x)(w + 1)"
        drawn["tape"] = graph_figure(results["graph"], title)
        drawn["printed"] = printed_side_by_side(results)
    return drawn


def program_edges(jaxpr):
    """List which equation of a traced program reads the result of which, as "A -> B"."""
    made_by, edges = dict(zip(jaxpr.invars, "wx", strict=True)), []
    for number, equation in enumerate(jaxpr.eqns, start=1):
        label = f"{equation.primitive.name} #{number}"
        for operand in equation.invars:
            source = (
                operand.val if hasattr(operand, "val") else made_by[operand]
            )  # a literal, or not
            edges.append(f"{label} -> {source}")
        made_by |= dict.fromkeys(equation.outvars, label)
    return edges


def printed_side_by_side(results):
    from matplotlib.figure import Figure

    x = inputs()["x"]
    tapes = {
        "y = (w + x)(w + 1)": results["graph"],
        "if, at x = 3": [" -> ".join(results["rising_tape"])],
        "if, at x = −3": [" -> ".join(results["falling_tape"])],
        "while": results["doubled_tape"],
    }
    programs = {
        "y = (w + x)(w + 1)": jax.make_jaxpr(product_of_sums)(**inputs()),
        "lax.cond": jax.make_jaxpr(square_or_negate)(x),
        "lax.while_loop": jax.make_jaxpr(double_to_hundred)(x),
    }
    columns = {
        "Recorded: the road taken": {name: "\n".join(lines) for name, lines in tapes.items()},
        "Traced: every road": {name: str(program) for name, program in programs.items()},
    }

    figure = Figure(figsize=(11, 4.6), layout="constrained")
    for axes, (title, texts) in zip(figure.subplots(1, 2), columns.items(), strict=True):
        text = "\n\n".join(f"# {name}\n{printed}" for name, printed in texts.items())
        axes.text(0, 1, text, va="top", family="monospace", fontsize=8, transform=axes.transAxes)
        axes.set_title(title, loc="left")
        axes.axis("off")
    return figure
