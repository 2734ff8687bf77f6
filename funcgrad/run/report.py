"""The report of a run, as text on standard error."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from funcgrad.run.usage import Facts


def report(facts: Facts) -> None:
    """Print what the script used, what it missed, and what it took."""
    console = Console(stderr=True, highlight=False)
    console.rule(f"funcgrad {facts.funcgrad} ran {facts.program}", align="left")
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for title, text in _lines(facts):
        table.add_row(Text(title), Text(text))
    console.print(table)


def _lines(facts: Facts) -> Iterator[tuple[str, str]]:
    importing, compiling = facts.seconds_importing, facts.seconds_compiling
    yield "time", f"{facts.seconds:.2f} s: importing {importing:.2f} s, compiling {compiling:.2f} s"
    yield "programs", f"{facts.programs}, of them {facts.programs_from_cache} from the cache"
    if facts.names:
        yield "names", _counted(facts.names)
    if facts.operations:
        yield "operations", f"{_counted(facts.operations)} (by kinds of operands)"
    missing = [f"{found.name}  {found.file}:{found.line}" for found in facts.missing]
    yield "missing", "\n".join(missing) or "nothing"
    if facts.error is not None:
        yield "ended by", facts.error


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" if count > 1 else name for name, count in counts.items())
