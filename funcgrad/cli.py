"""The command `funcgrad`: argument parsing, and nothing else."""

import argparse
import contextlib
import io
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from funcgrad._version import __version__
from funcgrad.compare.command import Options, compare, list_examples
from funcgrad.run.command import Options as Run
from funcgrad.run.command import Status, run


def main(argv: Sequence[str] | None = None) -> Status:
    """Run the command and return what to exit with."""
    line = list(sys.argv[1:] if argv is None else argv)
    with _forgiving_streams():
        parser = _parser()
        arguments = parser.parse_args(line)
        if arguments.command is None:
            parser.print_help(sys.stderr)
            return 2
        if arguments.command == "compare":
            return _compare(arguments, line)
        if arguments.script is None and not arguments.module:
            parser.error("run needs a script, - for standard input, or -m and a module")
    return _run(arguments)


def _compare(arguments: argparse.Namespace, line: Sequence[str]) -> int:
    if arguments.list:
        return list_examples(arguments.names)
    return compare(
        Options(
            names=arguments.names,
            device=arguments.device,
            seed=arguments.seed,
            pytorch=arguments.pytorch,
            quick=arguments.quick,
            json=arguments.json,
            output=arguments.output,
            line=shlex.join(["funcgrad", *line]),
        )
    )


def _run(arguments: argparse.Namespace) -> Status:
    module, *rest = arguments.module or [None, *arguments.arguments]
    return run(
        Run(
            script=arguments.script,
            module=module,
            arguments=rest,
            device=arguments.device,
            compile_cache=arguments.compile_cache,
            report=arguments.report,
            json=arguments.json,
            full_traceback=arguments.full_traceback,
        )
    )


@contextlib.contextmanager
def _forgiving_streams() -> Iterator[None]:
    """Show "?" where a stream cannot write "µ" or "²", instead of failing."""
    before: list[tuple[io.TextIOWrapper, str | None]] = []
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(io.UnsupportedOperation):
                before.append((stream, stream.errors))
                stream.reconfigure(errors="replace")
    try:
        yield
    finally:
        for stream, errors in before:
            stream.reconfigure(errors=errors)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="funcgrad",
        description="PyTorch's automatic differentiation carried over to JAX.",
    )
    parser.add_argument("--version", action="version", version=f"funcgrad {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command")

    sub = commands.add_parser(
        "compare",
        help="run examples in both styles, check that they agree, time them, write a report",
        description="Run each example in JAX style, in PyTorch style on funcgrad.torch, and on "
        "PyTorch where it is installed; check that they agree with each other and with the "
        "expected numbers; time them; write a report. Exits with 0 if all agree, 1 if not.",
    )
    sub.add_argument(
        "names",
        nargs="*",
        metavar="example",
        help="an example, a section, or a file of your own with the same skeleton; default: all",
    )
    sub.add_argument("--list", action="store_true", help="list the examples and end")
    sub.add_argument("--device", default="cpu", metavar="NAME", help="cpu (default), gpu, cuda:1 …")
    sub.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="for the inputs; the expected numbers hold for the default and are then not checked",
    )
    sub.add_argument(
        "--no-pytorch", dest="pytorch", action="store_false", help="leave real PyTorch out"
    )
    sub.add_argument(
        "--quick", action="store_true", help="fewer steps where an example allows, fewer repeats"
    )
    sub.add_argument("--json", type=Path, metavar="FILE", help="write the results as JSON, too")
    sub.add_argument(
        "--output",
        type=Path,
        default=Path("report.html"),
        metavar="FILE",
        help="the report (default: report.html)",
    )

    sub = commands.add_parser(
        "run",
        help="run an unmodified PyTorch script on JAX",
        description="Run a PyTorch script with funcgrad.torch in PyTorch's place, even where "
        "PyTorch is installed. All that stands after the script belongs to the script. Exits as "
        "the script does.",
    )
    sub.add_argument(
        "--device", metavar="NAME", help="where tensors are made: cpu (default), gpu, cuda:1 …"
    )
    sub.add_argument(
        "--compile-cache",
        type=Path,
        metavar="DIR",
        help="keep compiled programs there, for the next run",
    )
    sub.add_argument(
        "--report",
        action="store_true",
        help="at the end, tell on standard error what of torch was used, what was missing and "
        "where, and how long importing and compiling took",
    )
    sub.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    sub.add_argument(
        "--full-traceback", action="store_true", help="show funcgrad's own frames in an error, too"
    )
    sub.add_argument(
        "-m",
        dest="module",
        nargs=argparse.REMAINDER,
        metavar="module",
        help="run a module by its name, as python -m does; what follows is the module's",
    )
    sub.add_argument(
        "script", nargs="?", help="a file, a folder or zip archive with __main__.py, or - for stdin"
    )
    sub.add_argument(
        "arguments", nargs=argparse.REMAINDER, metavar="...", help="the script's own arguments"
    )
    return parser
