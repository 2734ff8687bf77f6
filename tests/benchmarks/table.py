"""What was measured, as tables of the terminal."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from rich.table import Table

from funcgrad.compare.timing import human

from .budgets import Line
from .tasks import named
from .turns import Times

COLORS = {"aim": "green", "must": "yellow", "no": "red"}


def typical(runs: Sequence[Mapping[str, Any]], engine: str) -> float:
    """Seconds of a step: the median of the runs."""
    return median(Times(**run).step(engine) for run in runs)


Runs = Mapping[str, Sequence[Mapping[str, Any]]]


def steps(found: Runs) -> Table:
    """A step of each task on each engine."""
    return _table("One step", found, typical)


def compiling(found: Runs) -> Table:
    """What the first turn of each task on each engine took beyond a later one: it compiles."""
    return _table(
        "Compiling: the first turn, less a later one",
        found,
        lambda runs, engine: max(median(Times(**run).compiling(engine) for run in runs), 0),
    )


def scale(name: str, found: Runs) -> Table:
    """Steps of a scale's tasks; of a chain, an operation and its way back."""
    title = "A network three layers deep: one step, by width"
    if name == "depth":
        title = "A chain: forward and backward, by length, for each operation"
    table = _table(title, found, lambda runs, engine: per(name, runs, engine))
    skipped = {
        reason: None
        for runs in found.values()
        for engine, reason in named(runs[0]["task"]).skip.items()
        if engine in engines_of(found)
    }
    table.caption = "; ".join(f"–: {reason}" for reason in skipped)
    return table


def per(name: str, runs: Sequence[Mapping[str, Any]], engine: str) -> float:
    """Seconds of a step; of a chain, of each of its operations."""
    return typical(runs, engine) / (size_of(runs[0]["task"]) if name == "depth" else 1)


def size_of(task: str) -> int:
    """How long a chain is, or how wide a network: of "depth_100", 100."""
    return int(task.rpartition("_")[2])


def engines_of(found: Runs) -> list[str]:
    """All engines that ran any of the tasks."""
    return list(dict.fromkeys(engine for runs in found.values() for engine in runs[0]["turns"]))


def _table(title: str, found: Runs, seconds: Callable[[Any, str], float]) -> Table:
    table, engines = Table(title=title), engines_of(found)
    table.add_column("task", no_wrap=True)
    for engine in engines:
        table.add_column(engine, justify="right", no_wrap=True)
    for name, runs in found.items():
        ran = runs[0]["turns"]
        cells = (human(seconds(runs, engine)) if engine in ran else "–" for engine in engines)
        table.add_row(name, *cells)
    return table


def budgets(lines: Sequence[Line]) -> Table:
    """Each budget with what was found."""
    table = Table(title="Budgets: ratios, medians of all runs")
    for name in ("what", "against", "median", "worst", "in", "must", "aim", "holds"):
        table.add_column(name, justify="left" if name in ("what", "against", "in") else "right")
    for line in lines:
        color, worst = COLORS[line.holds], max(line.ratios, key=line.ratios.__getitem__)
        found = f"{line.typical:.2f}", f"{line.worst:.2f}", worst if len(line.ratios) > 1 else ""
        bounds = f"≤ {line.budget.must:g}", f"≤ {line.budget.aim:g}", f"[{color}]{line.holds}[/]"
        table.add_row(line.budget.what, line.budget.against, *found, *bounds)
    return table
