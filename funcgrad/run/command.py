"""`funcgrad run`: what happens between its arguments and its exit status.

The status is the script's own; 1 after an exception, 130 when interrupted. 2: there is no such
script, or the request cannot be met.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from funcgrad.errors import FuncgradError, MissingExtraError
from funcgrad.run import program, traceback
from funcgrad.run.hook import ignore
from funcgrad.run.usage import Facts, Usage
from funcgrad.run.world import World

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
Status = str | int | None  # what `sys.exit` takes


@dataclass(frozen=True)
class Options:
    """The arguments of the command."""

    script: str | None = None
    module: str | None = None
    arguments: Sequence[str] = ()
    device: str | None = None
    compile_cache: str | None = None
    report: bool = False
    json: Path | None = None
    full_traceback: bool = False


def run(options: Options) -> Status:
    """Run a program on funcgrad.torch and return what to exit with."""
    usage = Usage() if options.report or options.json else None
    cache = options.compile_cache
    if cache not in (None, "off"):  # the script may change its folder
        cache = str(Path(cache).absolute())
    world = World(options.device, cache)
    try:
        if options.report and find_spec("rich") is None:
            raise MissingExtraError("rich", "compare")
        world.enter(ignore if usage is None else usage.missing)
    except FuncgradError as refused:
        return _refuse(refused, USAGE)
    if usage is not None:
        usage.start()
    status, error = _run(options)
    if usage is not None:
        _report(usage.facts(status, error), options)
    return status


def _run(options: Options) -> tuple[Status, BaseException | None]:
    """Run the program; return its status, and the exception that ended it."""
    try:
        if options.module is not None:
            found = program.from_module(options.module, options.arguments)
        else:
            found = program.from_file(str(options.script), options.arguments)
        program.run(found)
    except program.NotFoundError as absent:
        return _refuse(absent, absent.status), None
    except SystemExit as exit:
        return exit.code, None
    except BaseException as error:  # noqa: BLE001 (whatever it is, here Python would end)
        traceback.show(error, options.full_traceback)
        return (INTERRUPTED if isinstance(error, KeyboardInterrupt) else FAILED), error
    return OK, None


def _report(facts: Facts, options: Options) -> None:
    if options.report:
        from funcgrad.run.report import report  # rich, only where it is asked for

        report(facts)
    if options.json is not None:
        try:
            text = json.dumps(asdict(facts), indent=2) + "\n"
            options.json.write_text(text, encoding="utf-8")
        except OSError as error:
            print(f"funcgrad run: cannot write {options.json}: {error.strerror}", file=sys.stderr)


def _refuse(error: Exception, status: int) -> int:
    print(f"funcgrad run: {error}", file=sys.stderr)
    return status
