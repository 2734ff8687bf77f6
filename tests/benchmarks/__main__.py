"""Measure, and print the table of budgets; see the package."""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from . import picture, processes, table
from .budgets import PROCESSES, STEPS, Budget, Line
from .scales import SCALES
from .tasks import TASKS
from .turns import Times

NAMES = [*TASKS, *SCALES]
ENGINES = ["torch", "eager", "compiled", "scanned", "jit", "lax.scan"]


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tasks", nargs="*", help=f"of {', '.join(NAMES)}; all by default")
    parser.add_argument("--runs", type=int, default=5, help="processes for each task")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each engine in a run")
    parser.add_argument(
        "--engines", nargs="+", default=ENGINES, choices=[*ENGINES, "torch.compile"]
    )
    parser.add_argument("--steps-only", action="store_true", help="no memory, no new processes")
    parser.add_argument("--json", type=Path, help="write all times here")
    parser.add_argument("--figure", type=Path, help="draw the steps and scales here")
    asked = parser.parse_args()
    unknown = [name for name in asked.tasks if name not in NAMES]
    if unknown:
        parser.error(f"no task is called {unknown[0]}; there are {', '.join(NAMES)}")
    return asked


def measure(asked: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """All times: of steps by task, a list of runs, those of a scale by themselves; of processes and
    memory, lists of runs.
    """
    tasks = [
        (kind, name)
        for asked_for in asked.tasks or NAMES
        for kind, name in (
            [(asked_for, f"{asked_for}_{size}") for size in SCALES[asked_for]]
            if asked_for in SCALES else [("steps", asked_for)]
        )
    ]  # fmt: skip
    todo = progress.add_task("measuring", total=asked.runs * (len(tasks) + 2))
    found: dict[str, Any] = {kind: defaultdict(list) for kind in ("steps", *SCALES)}
    found |= {"memory": [], "start": []}
    given = ("--rounds", str(asked.rounds), "--engines", *asked.engines)
    for _ in range(asked.runs):
        for kind, name in tasks:
            progress.update(todo, description=name)
            found[kind][name].append(json.loads(processes.worker("step", name, *given)))
            progress.advance(todo)
        if not asked.steps_only:
            found["memory"].append({
                engine: json.loads(processes.worker("memory", engine))["bytes"]
                for engine in ("torch", "eager")
            })  # fmt: skip
            found["start"].append(processes.starts())
        progress.advance(todo, 2)
    return found


def lines(found: dict[str, Any]) -> list[Line]:
    """The budgets for which there are times."""
    made = []
    for budget in STEPS:
        ratios = {
            name: median(Times(**run).ratio(budget.engine, budget.against) for run in runs)
            for name, runs in found["steps"].items()
            if name in budget.tasks and {budget.engine, budget.against} <= set(runs[0]["turns"])
        }
        made += [Line(budget, ratios)] if ratios else []
    return made + [whole(budget, found) for budget in PROCESSES if found[budget.tasks[0]]]


def tables(found: dict[str, Any]) -> list[Table]:
    """Steps, compile times, scales and budgets, as far as there are any."""
    kept = {kind: runs for kind, runs in found.items() if runs}
    made = [table.steps(found["steps"])] if "steps" in kept else []
    made += [table.scale(name, kept[name]) for name in SCALES if name in kept]
    every = {name: runs for kind in ("steps", *SCALES) for name, runs in found[kind].items()}
    made += [table.compiling(every)] if every else []
    found_lines = lines(found)
    return made + ([table.budgets(found_lines)] if found_lines else [])


def whole(budget: Budget, found: dict[str, Any]) -> Line:
    """A budget of whole processes."""
    runs = found[budget.tasks[0]]
    ratio = median(run[budget.engine] / run[budget.against] for run in runs)
    return Line(budget, {budget.tasks[0]: ratio})


def main() -> None:
    """Measure, print, write and draw."""
    asked, console = options(), Console()
    console.width = max(console.width, 100)
    with Progress(console=console, transient=True) as progress:
        found = measure(asked, progress)
    for made in tables(found):
        console.print(made)
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if asked.figure:
        picture.draw(found).savefig(asked.figure)


if __name__ == "__main__":
    main()
