"""`funcgrad check`: what happens between its arguments and its exit status.

0: no property failed. 1: one did. 2: the request cannot be met. 130: interrupted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funcgrad.errors import FuncgradError, MissingExtraError
from funcgrad.testing.command.arguments import strategy
from funcgrad.testing.command.errors import UsageError
from funcgrad.testing.command.target import find
from funcgrad.testing.report import PROPERTIES

if TYPE_CHECKING:
    from funcgrad.testing.report import Report

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class Options:
    """The arguments of the command; `given` are `check_gradients`' own, where they were said."""

    target: str
    shapes: Sequence[str] = ()
    dtype: str = "float32"
    arguments: str | None = None
    json: Path | None = None
    markdown: Path | None = None
    given: dict[str, Any] = field(default_factory=dict)


def check(options: Options) -> int:
    """Run the command and return its exit status."""
    try:
        for package in ("hypothesis", "rich"):
            if find_spec(package) is None:
                raise MissingExtraError(package, "testing")
        for path in (options.json, options.markdown):
            if path is not None and not path.absolute().parent.is_dir():
                raise UsageError(f"cannot write {path}: there is no folder {path.parent}")
        report = _check(options)
        _print(report)
        if options.json is not None:
            text = json.dumps(report.to_json(), indent=2, allow_nan=False) + "\n"
            options.json.write_text(text, encoding="utf-8")
        if options.markdown is not None:
            options.markdown.write_text(report.markdown(), encoding="utf-8")
    except (FuncgradError, OSError) as error:
        return _refuse(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    return OK if report.ok else FAILED


def _check(options: Options) -> Report:
    for name in (*options.given.get("properties", ()), *options.given.get("skip", ())):
        if name not in PROPERTIES:
            raise UsageError(f"a property is one of {', '.join(PROPERTIES)}, and not {name!r}")
    function = find(options.target)
    if not callable(function):
        raise UsageError(f"{options.target} is no function, but of type {type(function).__name__}")
    arguments = _arguments(options)
    # Only here: they load JAX and Hypothesis.
    from funcgrad.testing.check import check_gradients
    from funcgrad.testing.report import GradientError

    try:
        report: Report = check_gradients(function, *arguments, **options.given)
        return report
    except GradientError as error:
        return error.report
    except FuncgradError:
        raise
    except Exception as error:  # the function's own, whatever it is
        told = " ".join(str(error).split())
        raise UsageError(
            f"{options.target} fails with these arguments: {type(error).__name__}: {told[:300]}"
        ) from error


def _arguments(options: Options) -> tuple[Any, ...]:
    """The examples or strategies to call the function with."""
    if options.arguments is None:
        if not options.shapes:
            raise UsageError(
                "say what to call the function with: --shape 3,4 for each argument, "
                "or --arguments NAME"
            )
        return tuple(strategy(shape, options.dtype) for shape in options.shapes)
    if options.shapes:
        raise UsageError("give --shape or --arguments, not both")
    name = options.arguments
    if ":" not in name:
        name = f"{options.target.rpartition(':')[0]}:{name}"
    found = find(name)
    if callable(found):
        found = found()
    return found if isinstance(found, tuple) else (found,)


def _print(report: Report) -> None:
    from rich.console import Console

    from funcgrad.testing.telling.table import table

    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(table(report))
    for line in captured.get().splitlines():
        print(line.rstrip())
    print(f"\n{report}")


def _refuse(error: Exception) -> int:
    print(f"funcgrad check: {error}", file=sys.stderr)
    return USAGE
