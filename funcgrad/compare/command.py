"""`funcgrad compare`: what happens between its arguments and its exit status.

0: all agree. 1: something disagrees or failed. 2: the request cannot be met. 130: interrupted.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from funcgrad.compare.errors import UsageError
from funcgrad.compare.extras import require_extra
from funcgrad.compare.files import check_writable
from funcgrad.compare.finished import Finished
from funcgrad.compare.gallery import choose
from funcgrad.compare.python import taking_part
from funcgrad.compare.skeleton import Example
from funcgrad.errors import MissingExtraError

# Whether the device is there only an engine can tell; whether it is one's name shows at once.
DEVICE = re.compile(r"[a-z_]+(:\d+)?")
OK, DISAGREEMENT, USAGE, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class Options:
    """The arguments of the command."""

    names: Sequence[str] = ()
    device: str = "cpu"
    seed: int | None = None
    pytorch: bool = True
    quick: bool = False
    json: Path | None = None
    output: Path = Path("report.html")
    line: str = "funcgrad compare"  # as it was typed


def list_examples(names: Sequence[str]) -> int:
    """Print the examples by section, a line each."""
    try:
        examples = choose(names)
    except UsageError as error:
        return _refuse(error)
    section = ""
    for example in examples:
        if example.section != section:
            section = example.section
            print(section)
        print(f"  {example.id:<25} {example.title}")
    return OK


def compare(options: Options) -> int:
    """Run the command and return its exit status."""
    try:
        examples = choose(options.names)
        for path in (options.output, options.json):
            if path is not None:
                check_writable(path)
        if not DEVICE.fullmatch(options.device):
            raise UsageError(
                f"{options.device!r} is no device's name: a name is a platform and perhaps an "
                "index, such as 'cpu', 'gpu' or 'cuda:1'"
            )
        require_extra()
        return _run(examples, options)
    except (UsageError, MissingExtraError) as error:
        return _refuse(error)
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(examples: Sequence[Example], options: Options) -> int:
    # Only here: these need the packages of the extra.
    from rich.console import Console

    from funcgrad.compare.environment import environment
    from funcgrad.compare.row import Row
    from funcgrad.compare.run import Comparison, Settings
    from funcgrad.compare.terminal import Terminal

    begin = perf_counter()
    engines = taking_part(examples, options.pytorch)
    settings = Settings(engines, options.device, options.seed, options.quick)
    terminal = Terminal(Console(highlight=False), examples, engines)
    rows: list[Row] = []
    facts: dict[str, str] = {}
    interrupted = False
    try:
        with terminal, Comparison(examples, settings) as comparison:
            if options.pytorch and engines == taking_part(examples, pytorch=False):
                *others, last = (engine.label for engine in engines)
                terminal.say(
                    f"PyTorch is not installed: {', '.join(others)} and {last} are compared."
                )
            if options.seed is not None:
                terminal.say(
                    f"Seed {options.seed}: the expected numbers hold for the default one, "
                    "and are not checked."
                )
            hellos = comparison.hellos()
            facts = environment(settings, hellos, options.line)
            terminal.header(hellos)
            for example in examples:
                rows.append(comparison.run(example, terminal.working))
                terminal.row(rows[-1])
    except KeyboardInterrupt:
        interrupted = True
        terminal.say("\nInterrupted.")

    finished = Finished(rows, len(examples), engines, facts, perf_counter() - begin)
    terminal.summary(rows, finished.chosen, finished.seconds)
    if facts:
        if options.json is not None:
            options.json.write_text(finished.json(), encoding="utf-8")
        options.output.write_text(finished.html(), encoding="utf-8")
        terminal.say(f"Report: {options.output}")
    if interrupted:
        return INTERRUPTED
    return OK if finished.agree else DISAGREEMENT


def _refuse(error: Exception) -> int:
    print(f"funcgrad compare: {error}", file=sys.stderr)
    return USAGE
