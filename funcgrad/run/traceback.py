"""The traceback of an uncaught exception as the script's author wants it: without our frames.

PyTorch's engine is compiled and shows no frames; ours is Python, and would show many between the
author's line and the error.
"""

import sys
from collections.abc import Iterator
from types import TracebackType

# Libraries whose frames belong to the engine where the engine called them.
_CALLED = frozenset({"jax", "jaxlib", "optax", "numpy", "contextlib", "functools"})

_JAX_NOTE = "JAX has removed its internal frames"


def show(error: BaseException, full: bool = False) -> None:
    """Show an uncaught exception as Python does, through `sys.excepthook`.

    Args:
        error: the exception.
        full: with the engine's own frames.
    """
    if not full:
        for each in _related(error, set()):
            each.__traceback__ = _without_engine(each.__traceback__)
            notes = getattr(each, "__notes__", [])
            notes[:] = [note for note in notes if _JAX_NOTE not in note]
    sys.excepthook(type(error), error, error.__traceback__)


def _related(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    """The exception and those that it came from, or that it groups."""
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for other in (error.__cause__, error.__context__, *members):
        yield from _related(other, seen)


def _without_engine(traceback: TracebackType | None) -> TracebackType | None:
    while traceback is not None and _package(traceback) == "funcgrad":  # what ran the script
        traceback = traceback.tb_next
    kept: list[TracebackType] = []
    inside = cut = False
    while traceback is not None:
        package = _package(traceback)
        inside = package == "funcgrad" or (inside and package in _CALLED)
        cut |= inside
        if not inside:
            kept.append(traceback)
        traceback = traceback.tb_next
    rest = None
    for each in reversed(kept):
        # Python leaves its import machinery out only where nothing else stood below it.
        if not (cut and _package(each) == "importlib"):
            rest = TracebackType(rest, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return rest


def _package(traceback: TracebackType) -> str:
    return str(traceback.tb_frame.f_globals.get("__name__")).partition(".")[0]
