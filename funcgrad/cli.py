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
from funcgrad.testing.command import Options as Check
from funcgrad.testing.command import check
from funcgrad.testing.command.arguments import FORMS


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
        if arguments.command == "check":
            return _check(arguments)
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


def _check(arguments: argparse.Namespace) -> int:
    # What was not said is `check_gradients`' own affair.
    names = ("argnums", "order", "properties", "skip", "profile", "max_examples", "seed")
    given = {name: getattr(arguments, name) for name in names}
    return check(
        Check(
            target=arguments.function,
            shapes=arguments.shape,
            dtype=arguments.dtype,
            arguments=arguments.arguments,
            json=arguments.json,
            markdown=arguments.markdown,
            given={name: value for name, value in given.items() if value is not None},
        )
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


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
        "check",
        help="test that the gradients of a function are right",
        description="Check the gradients of a function: against differences, forward against "
        "reverse mode, under jit and vmap, at kinks and at many points, which are drawn. Print a "
        "verdict for each property and, where one fails, the simplest failing arguments and a "
        "program that shows it. Exits with 0 if none fails, 1 if one does, 2 on wrong usage.",
        epilog="SHAPE is " + FORMS + ". Examples: --shape scalar, --shape 3,4, "
        "--shape n,2:float64:0..1 --shape n:int32:0..9, --shape 3,3:spd",
    )
    sub.add_argument(
        "function", help="module:function, with the current folder on the path, or file.py:function"
    )
    sub.add_argument(
        "--shape",
        action="append",
        default=[],
        metavar="SHAPE",
        help="an array for the next argument; once for each",
    )
    sub.add_argument(
        "--dtype", default="float32", help="where a shape names none (default: float32)"
    )
    sub.add_argument(
        "--arguments",
        metavar="NAME",
        help="instead of shapes, a tuple in the same module (or module:name), or a function that "
        "returns one: example arguments, trees and strategies of Hypothesis among them",
    )
    sub.add_argument(
        "--argnums", type=_numbers, metavar="N,M", help="the arguments to differentiate"
    )
    sub.add_argument("--order", type=int, choices=(1, 2), help="of the derivatives (default: 2)")
    sub.add_argument(
        "--properties", type=_words, metavar="A,B", help="only these: value, vmap, finite …"
    )
    sub.add_argument("--skip", type=_words, metavar="A,B", help="all but these")
    sub.add_argument("--profile", choices=("fast", "default", "thorough"), help="how much is tried")
    sub.add_argument("--max-examples", type=int, metavar="N", help="how many points are tried")
    sub.add_argument("--seed", type=int, metavar="N", help="makes the same examples again")
    sub.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON, too")
    sub.add_argument("--markdown", type=Path, metavar="FILE", help="write it as Markdown, too")

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
        metavar="DIR",
        help="keep compiled programs there instead of in the user's cache folder, or nowhere: off",
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
