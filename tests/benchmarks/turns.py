"""Turns: all engines make the same steps, agree, and then run by turns."""

import gc
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

import numpy as np

from .engines import ENGINES, LOOPS, Runner
from .task import Task


@dataclass
class Times:
    """Seconds of a task.

    Attributes:
        first: the first turn of each engine, which compiles.
        turns: each further turn of each engine, in the order of rounds.
        steps: of a turn.
        loops: how many times these a timed turn of an engine makes, where that is not once.
    """

    task: str
    steps: int
    first: dict[str, float] = field(default_factory=dict)
    turns: dict[str, list[float]] = field(default_factory=dict)
    loops: dict[str, int] = field(default_factory=dict)

    def step(self, engine: str) -> float:
        """Seconds of one step."""
        return median(self.turns[engine]) / (self.steps * self.loops.get(engine, 1))

    def compiling(self, engine: str) -> float:
        """Seconds of the first turn beyond those of a later one."""
        return self.first[engine] - self.steps * self.step(engine)

    def ratio(self, engine: str, against: str) -> float:
        """How long a step of one takes as a multiple of another: the median over the rounds."""
        pairs = zip(self.turns[engine], self.turns[against], strict=True)
        more = self.loops.get(against, 1) / self.loops.get(engine, 1)
        return more * median(one / other for one, other in pairs)


def timed(runner: Runner) -> float:
    """Seconds of a turn, after one that is not timed.

    What another engine leaves behind is memory in small pieces: the next large array is a third of
    a loop's time slower, whoever makes it.
    """
    runner.timed()
    begin = perf_counter()
    runner.timed()
    return perf_counter() - begin


def measure(task: Task, engines: Iterable[str], rounds: int) -> Times:
    """Run a task on some engines.

    Raises:
        AssertionError: they do not end at the same parameters.
    """
    times, runners = Times(task.name, task.steps), {}
    for name in (name for name in engines if name not in task.skip):
        begin = perf_counter()
        runners[name] = ENGINES[name](task)
        runners[name].turn()
        times.first[name] = perf_counter() - begin
    agree(task, runners)
    gc.collect()
    gc.freeze()
    times.loops = {name: task.loops for name in LOOPS if name in runners}
    times.turns = {name: [] for name in runners}
    for _ in range(rounds):
        for name, runner in runners.items():
            times.turns[name].append(timed(runner))
    gc.unfreeze()
    return times


def agree(task: Task, runners: dict[str, Runner]) -> None:
    """Check that all engines are at the same parameters."""
    (first, reference), *others = runners.items()
    expected = reference.parameters()
    for name, runner in others:
        for one, other in zip(expected, runner.parameters(), strict=True):
            np.testing.assert_allclose(
                other, one, rtol=task.rtol, atol=task.rtol * max(np.abs(one).max(), 0.1),
                err_msg=f"{task.name}: {name} and {first}",
            )  # fmt: skip
