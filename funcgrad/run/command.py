"""`funcgrad run`: what happens between its arguments and its exit status."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from funcgrad.run import program
from funcgrad.run.hook import Hook

FAILED, INTERRUPTED = 1, 130


@dataclass(frozen=True)
class Options:
    """The arguments of the command."""

    script: str | None = None
    module: str | None = None
    arguments: Sequence[str] = ()


def run(options: Options) -> int:
    """Run a program on funcgrad.torch and return its exit status."""
    Hook().install()
    try:
        if options.module is not None:
            found = program.from_module(options.module, options.arguments)
        else:
            found = program.from_file(options.script or "-", options.arguments)
        program.run(found)
    except program.NotFoundError as error:
        print(f"funcgrad run: {error}", file=sys.stderr)
        return error.status
    return 0
