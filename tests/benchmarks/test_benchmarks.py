"""All engines train every task to the same parameters, and what they took can be shown."""

import dataclasses
import io

import pytest
from rich.console import Console

from . import picture, table
from .__main__ import tables
from .budgets import STEPS, Line
from .scales import SCALES
from .tasks import TASKS, TRAINING, named
from .turns import Times, measure

ENGINES = ["torch", "eager", "compiled", "scanned", "jit", "lax.scan"]


@pytest.mark.parametrize("name", TASKS)
def test_all_engines_agree(name):
    times = measure(TASKS[name], ENGINES, rounds=1)
    assert set(times.turns) == set(times.first) == set(ENGINES)


@pytest.mark.parametrize("name", ["depth_10", "depth_100", "width_16", "width_256"])
def test_what_grows_agrees_on_all_engines_that_are_not_left_out(name):
    task = named(name)
    assert task.name == name
    times = measure(task, ENGINES, rounds=1)
    assert set(times.turns) == set(ENGINES) - set(task.skip)


def test_who_ends_elsewhere_is_found():
    task, other = named("depth_10"), SCALES["depth"][100]
    with pytest.raises(AssertionError, match="depth_10: jit and torch"):
        measure(dataclasses.replace(task, jax=other.jax), ["torch", "jit"], rounds=1)


def shown(*tables):
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(*tables)
    return console.export_text()


def test_scales_are_shown_with_what_was_left_out_and_why():
    engines = {10: ["torch", "jit"], 10_000: ["torch"]}
    depth = {
        f"depth_{size}": [dataclasses.asdict(Times(
            f"depth_{size}", 1, dict.fromkeys(ran, 1.0), {engine: [size * 2e-6] for engine in ran}
        ))]
        for size, ran in engines.items()
    }  # fmt: skip
    found = {"steps": {}, "depth": depth, "width": {}, "memory": [], "start": []}
    scale, compiling = map(shown, tables(found))
    assert scale.count("2.00 µs") == 3  # an operation
    assert "–: XLA compiles a chain of 10 000 operations" in " ".join(scale.split())
    assert "one step is what it is in a loop" not in scale  # of engines that were not asked for
    assert "980 ms" in compiling and "1000 ms" not in compiling
    (axes,) = picture.draw(found).axes
    assert [line.get_ydata().tolist() for line in axes.lines] == [
        [pytest.approx(2), pytest.approx(2)], [pytest.approx(2)]
    ]  # fmt: skip


def test_times_are_shown():
    runs = [
        dataclasses.asdict(Times("line", 10, {"torch": 1.0, "jit": 2.0}, turns))
        for turns in ({"torch": [1.0, 3.0], "jit": [2.0, 2.0]}, {"torch": [4.0], "jit": [1.0]})
    ]
    assert Times(**runs[0]).ratio("torch", "jit") == 1
    line = Line(STEPS[0], {"line": 1.4, "mlp": 2.0})
    assert (line.typical, line.worst, line.holds) == (pytest.approx(1.7), 2, "no")
    text = shown(
        table.steps({"line": runs}),
        table.compiling({"line": runs}),
        table.budgets([line, Line(STEPS[0], {"line": 1.4})]),
    )
    assert "300 ms" in text and "must" in text
    figure = picture.draw({"steps": {"line": runs}})
    assert figure.axes[0].get_yticklabels()[0].get_text() == "line"


def test_the_budgets_are_of_tasks_that_are_there():
    assert set(TRAINING) < set(TASKS)
    assert all(set(budget.tasks) <= set(TASKS) for budget in STEPS)
