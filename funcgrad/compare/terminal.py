"""What the command prints: a table row by row, a progress bar below it, and what disagreed.

On a terminal the bar shows what is under way; elsewhere only plain lines are written.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from funcgrad.compare.agree import EXPECTED, Check
from funcgrad.compare.engines import Engine
from funcgrad.compare.messages import Hello, Outcome
from funcgrad.compare.row import AGREE, DIFFER, FAILED, Row, verdict_line
from funcgrad.compare.skeleton import Example
from funcgrad.compare.timing import human

TIME = 7  # "12.3 µs", "1234 ms" never happens
VERDICT = 6
BAR = 14
STYLES = {AGREE: "green", DIFFER: "bold red", FAILED: "bold red"}
SHOWN = 5  # disagreements of one example; the report has them all


class Terminal:
    """The command's output, while it runs and at its end."""

    def __init__(
        self, console: Console, examples: Sequence[Example], engines: Sequence[type[Engine]]
    ) -> None:
        self._console = console
        self._engines = engines
        self._unstarted: set[str] = set()
        self._labels = {engine.name: engine.label for engine in engines} | {EXPECTED: EXPECTED}
        cells = len(engines) * 2 * (TIME + 1) + VERDICT
        # A narrow terminal has no room for the first calls; the report has them.
        self._firsts = console.width >= 16 + 1 + cells
        if not self._firsts:
            cells -= len(engines) * (TIME + 1)
        longest = max(len(example.id) for example in examples)
        self._name = max(8, min(max(longest, len("example")), console.width - cells - 1))
        doing = max(8, min(42, console.width - BAR - 2 * TIME - 3))
        self._progress = Progress(
            TextColumn("{task.description}", table_column=Column(width=doing, no_wrap=True)),
            BarColumn(bar_width=BAR),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
            refresh_per_second=4,  # a bar that is drawn more often takes time from what is timed
        )
        labels = ", ".join(engine.label for engine in engines)
        self._task = self._progress.add_task(f"starting {labels}", total=len(examples))

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def say(self, text: str, indent: int = 0) -> None:
        """Print prose; a terminal wraps it between words, a file gets it on one line."""
        if self._console.is_terminal:
            self._console.print(Padding(Text(text), (0, 0, 0, indent), expand=False))
        else:
            self._console.print(Text(" " * indent + text), soft_wrap=True)

    def working(self, example: Example, what: str) -> None:
        """Show what is under way."""
        self._progress.update(self._task, description=f"{example.id}: {what}")

    def header(self, hellos: Mapping[str, Hello]) -> None:
        """Print why an engine could not be started, then the head of the table."""
        for name, hello in hellos.items():
            if hello.error:
                self._unstarted.add(name)
                self.say(f"{self._labels[name]} could not be started:")
                self._indented(hello.error)
        width = (2 * TIME + 1) if self._firsts else TIME
        labels = "".join(f"{engine.label[:width]:>{width}} " for engine in self._engines)
        self._console.print(
            Text(f"{'':{self._name}} {labels}".rstrip()), style="bold", no_wrap=True
        )
        times = ["first", "steady"] if self._firsts else ["steady"]
        self._line("example", times * len(self._engines))

    def row(self, row: Row) -> None:
        """Print one example's row, and the tracebacks of what failed in it."""
        times: list[str] = []
        for outcome in row.outcomes.values():
            times += self._cells(outcome)
        verdict = row.verdict.upper() if row.errors else row.verdict
        self._line(row.example.id, times, verdict, STYLES[row.verdict])
        for name, error in row.errors.items():
            if name not in self._unstarted:  # what stops an engine is said once
                self._indented(f"{self._labels.get(name, name)}: {error}")
        for name, warning in row.warnings.items():
            self.say(f"{self._labels[name]}: {warning}", indent=4)
        self._progress.advance(self._task)

    def summary(self, rows: Sequence[Row], chosen: int, seconds: float) -> None:
        """Print what disagreed and where, the verdict and the total time."""
        differing = [row for row in rows if row.disagreements]
        if differing:
            self.say("\nDisagreements")
        for row in differing:
            self.say(row.example.id, indent=2)
            for line in describe_all(row.disagreements[:SHOWN], self._labels):
                self.say(line, indent=4)
            if len(row.disagreements) > SHOWN:
                rest = len(row.disagreements) - SHOWN
                self.say(f"and {rest} more; the report has them all", indent=4)
        self.say(f"\n{verdict_line(rows, chosen)}, in {human(seconds)}")

    def _cells(self, outcome: Outcome) -> list[str]:
        if outcome.times is None:
            instead = outcome.absent or "failed"
            return ["", instead] if self._firsts else [instead]
        times = [human(outcome.times.steady)]
        return [human(outcome.times.first), *times] if self._firsts else times

    def _line(self, name: str, times: Iterable[str], verdict: str = "", style: str = "") -> None:
        cells = list(times)
        columns = [
            Column(width=self._name, no_wrap=True, overflow="ellipsis"),
            *(Column(width=TIME, no_wrap=True, justify="right") for _ in cells),
            *([Column(no_wrap=True)] if verdict else []),
        ]
        table = Table(*columns, box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
        table.add_row(name, *cells, *([Text(verdict, style)] if verdict else []))
        self._console.print(table)

    def _indented(self, text: str) -> None:
        """Print a traceback: as it is, so that it can be searched and copied."""
        for line in text.splitlines():
            self._console.print(Text(f"    {line}"), soft_wrap=True)


def describe_all(checks: Iterable[Check], labels: Mapping[str, str]) -> list[str]:
    """Return one line a check: the name, the two sides, what they gave, what is allowed."""
    lines = []
    for check in checks:
        found = check.found
        line = f"{check.name}, {labels[check.left]} and {labels[check.right]}: {found.reason}"
        if found.tolerance is not None:
            line += f" (allowed: {found.tolerance})"
        lines.append(line)
    return lines
