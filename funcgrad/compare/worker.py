"""The process of one engine: it runs examples on request.

The parent asks through a pipe, one request at a time, and gets one answer to each. Whatever an
example prints goes to the worker's log, so that the parent's table stays whole.
"""

import faulthandler
import os
import sys
import threading
import traceback
from importlib.util import module_from_spec, spec_from_file_location
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

from funcgrad.compare import engines
from funcgrad.compare.arguments import arguments
from funcgrad.compare.engines import Engine
from funcgrad.compare.errors import SpoiltWorkerError, UsageError
from funcgrad.compare.messages import Draw, Drawing, Hello, Outcome, Promises, Run, Setup
from funcgrad.compare.timing import FULL, QUICK, timed, times_after
from funcgrad.compare.values import plain_results, plain_value

# What an example may raise without ending its worker; it may well call `sys.exit`.
FAILURES = (Exception, SystemExit)


def serve(connection: Connection, engine: type[Engine], setup: Setup, log: Path) -> None:
    """Answer the parent's requests until it closes the pipe."""
    _print_into(log)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        running = engine(setup)
    except UsageError as error:
        connection.send(Hello(usage=str(error)))
        return
    except FAILURES as error:
        connection.send(Hello(error=_traceback(error, Path(engines.__file__))))
        return
    connection.send(running.hello)

    while True:
        try:
            request = connection.recv()
        except EOFError:
            return
        connection.send(_run(running, request) if isinstance(request, Run) else _draw(request))


def _run(engine: Engine, request: Run) -> Outcome:
    try:
        module = load(request.path)
        call = engine.bind(module, *arguments(module, engine.style, request.seed, request.quick))
        first, results = timed(call)
        plain = plain_results(results)  # before a further call could touch what they share
        engine.check(results)
        budget = QUICK if request.quick else FULL
        times = times_after(first, call, budget, engine.compiles)
        return Outcome(plain, _promises(module), times, warning=engine.warning(module))
    except SpoiltWorkerError as error:
        return Outcome(error=str(error), spoilt=True)
    except FAILURES as error:
        return Outcome(error=_traceback(error, request.path))


def _draw(request: Draw) -> Drawing:
    from funcgrad.compare.figures import render  # matplotlib, only where something is drawn

    try:
        figures = load(request.path).figures(dict(request.results))
        return Drawing(tuple(render(name, figure) for name, figure in figures.items()))
    except FAILURES as error:
        return Drawing(error=_traceback(error, request.path))


def load(path: Path) -> ModuleType:
    """Import an example by its path, once."""
    name = f"funcgrad_example_{path.stem}_{abs(hash(path))}"
    if name not in sys.modules:
        spec = spec_from_file_location(name, path)
        assert spec is not None  # the parent has parsed the file
        assert spec.loader is not None
        sys.modules[name] = module_from_spec(spec)
        try:
            spec.loader.exec_module(sys.modules[name])
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


def _promises(module: ModuleType) -> Promises:
    return Promises(
        expected=plain_results(getattr(module, "EXPECTED", {})),
        tolerance={
            str(name): float(plain_value(value, name))
            for name, value in getattr(module, "TOLERANCE", {}).items()
        },
        in_full=tuple(getattr(module, "EXPECTED_IN_FULL", ())),
    )


def _traceback(error: BaseException, path: Path) -> str:
    """Format a traceback from `path` on: our own frames above it explain nothing."""
    report = traceback.TracebackException.from_exception(error)
    inside = [i for i, frame in enumerate(report.stack) if frame.filename == str(path)]
    report.stack[:] = [
        frame
        for frame in report.stack[inside[0] if inside else 0 :]
        if not frame.filename.startswith("<frozen")  # Python's import machinery
    ]
    return "".join(report.format()).rstrip()


def _end_with_parent() -> None:
    """End this process with its parent, even one that was killed, and even in mid-example."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _print_into(log: Path) -> None:
    """Send the process's output, and a crash's last words, to a file."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)
    faulthandler.enable(file=2)
