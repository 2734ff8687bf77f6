"""What a run used of `torch`, what it asked for in vain, and what it compiled."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter
from traceback import walk_tb
from types import FrameType, ModuleType
from typing import Any

from funcgrad._version import __version__
from funcgrad.run.hook import FACE
from funcgrad.run.names import names_of_torch

_COMPILED = "/jax/core/compile/backend_compile_duration"
_BEFORE = ("/jax/core/compile/jaxpr_trace_duration",
           "/jax/core/compile/jaxpr_to_mlir_module_duration")  # fmt: skip
_CACHED = "/jax/compilation_cache/cache_hits"


@dataclass(frozen=True)
class Missing:
    """A name that was asked for and is not there, and where it was asked for first."""

    name: str
    file: str
    line: int


@dataclass(frozen=True)
class Facts:
    """What the report tells; plain data, for JSON."""

    funcgrad: str
    program: str
    status: Any
    error: str | None
    seconds: float
    seconds_importing: float
    seconds_compiling: float
    programs: int
    programs_from_cache: int
    names: dict[str, int]
    operations: dict[str, int]
    missing: list[Missing]


class Usage:
    """Listens while a script runs."""

    def __init__(self) -> None:
        self._begin = perf_counter()
        self._importing = self._compiling = 0.0
        self._programs = self._cached = 0
        self._missing: dict[str, Missing] = {}

    def start(self) -> None:
        """Import the face, and listen to it and to JAX from now on."""
        import jax

        before = perf_counter()
        import_module(FACE)
        self._importing = perf_counter() - before
        import_module(f"{FACE}._missing").listeners.append(self.missing)
        jax.monitoring.register_event_duration_secs_listener(self._lasted)
        jax.monitoring.register_event_listener(self._happened)

    def missing(self, name: str) -> None:
        """Note a name that is not there, and who asks for it."""
        if name.rpartition(".")[2].startswith("__"):
            return  # Python itself asks, for `__wrapped__` say
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and not _is_the_users(frame):
            frame = frame.f_back
        if frame is not None:
            self._note(name, frame, frame.f_lineno)

    def _note(self, name: str, frame: FrameType, line: int) -> None:
        self._missing.setdefault(name, Missing(name, frame.f_code.co_filename, line))

    def _note_attribute(self, error: BaseException | None) -> None:
        """Note what a tensor or another object of ours has not, where that ended the script."""
        if not isinstance(error, AttributeError) or error.__traceback__ is None:
            return
        owner = type(error.obj)
        if owner.__module__.startswith("funcgrad.") and owner is not ModuleType:
            for frame, line in walk_tb(error.__traceback__):
                if _is_the_users(frame):
                    last = frame, line
            self._note(f"torch.{owner.__name__}.{error.name}", *last)

    def facts(self, status: Any, error: BaseException | None) -> Facts:
        """Return what was found out."""
        self._note_attribute(error)
        names: Counter[str] = Counter()
        for path in _sources():
            names.update(names_of_torch(path.read_bytes()))
        return Facts(
            funcgrad=__version__,
            program=sys.argv[0],
            status=status if status is None or isinstance(status, int) else str(status),
            error=None if error is None else f"{type(error).__name__}: {error}",
            seconds=perf_counter() - self._begin,
            seconds_importing=self._importing,
            seconds_compiling=self._compiling,
            programs=self._programs,
            programs_from_cache=self._cached,
            names=dict(names.most_common()),
            operations=dict(_operations().most_common()),
            missing=[*self._missing.values()],
        )

    def _lasted(self, event: str, duration_secs: float, **_: Any) -> None:
        self._programs += event == _COMPILED
        if event == _COMPILED or event in _BEFORE:
            self._compiling += duration_secs

    def _happened(self, event: str, **_: Any) -> None:
        self._cached += event == _CACHED


def _is_the_users(frame: FrameType) -> bool:
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    return package not in {"funcgrad", "importlib"}


def _sources() -> Iterator[Path]:
    """The files of the script, and of the modules beside it and below."""
    main = getattr(sys.modules["__main__"], "__file__", None)
    if main is None:  # from stdin
        return
    folder = Path(main).parent
    for name, module in {**sys.modules}.items():
        path = Path(getattr(module, "__file__", None) or "")
        beside = path.suffix == ".py" and path.is_relative_to(folder) and path.exists()
        if beside and name[:8] != "funcgrad" and "site-packages" not in path.parts:
            yield path


def _operations() -> Counter[str]:
    """The operations that ran, and on how many kinds of operands each."""
    from funcgrad.tape.plans import plans

    return Counter(signature[0].name for signature in plans)
