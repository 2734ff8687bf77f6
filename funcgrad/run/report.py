"""The report of a run, as text on standard error."""

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from funcgrad.run.usage import Facts


def report(facts: Facts) -> None:
    """Print what the script used, what it missed, and what it took."""
    console = Console(stderr=True, highlight=False)

    def say(title: str, text: str) -> None:
        console.print(Text.assemble((title, "bold"), "  ", text))

    console.rule(f"funcgrad {facts.funcgrad} ran {facts.program}", align="left")
    say(
        "time",
        f"{facts.seconds:.2f} s: importing {facts.seconds_importing:.2f} s, compiling "
        f"{facts.seconds_compiling:.2f} s, {facts.programs} programs, {facts.programs_from_cache} "
        "of them from the cache",
    )
    if facts.names:
        say("names in the source", _counted(facts.names))
    if facts.operations:
        say(
            "operations, and the kinds of operands each was compiled for",
            _counted(facts.operations),
        )
    say("asked for and not there", "" if facts.missing else "nothing")
    for missing in facts.missing:
        console.print(Text(f"  {missing.name}  {missing.file}:{missing.line}"), soft_wrap=True)
    if facts.error is not None:
        say("ended by", facts.error)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" if count > 1 else name for name, count in counts.items())
