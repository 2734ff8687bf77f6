"""A program, found and run as `python` itself would: a file, a folder, a module, or stdin."""

import builtins
import importlib.util
import pkgutil
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple


class NotFoundError(Exception):
    """There is no such program; `status` is what `python` would exit with."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Program(NamedTuple):
    """What to run, and the names that `__main__` has before its first line."""

    code: CodeType
    names: dict[str, Any]


def from_file(name: str, arguments: Sequence[str]) -> Program:
    """Find a script; or, in a folder or a zip archive, its `__main__`."""
    sys.argv = [name, *arguments]
    if name == "-":
        _search_first("")
        names: dict[str, Any] = {"__spec__": None, "__loader__": None, "__package__": None}
        return Program(compile(_read_stdin(), "<stdin>", "exec", dont_inherit=True), names)
    path = Path(name).absolute()
    importer = pkgutil.get_importer(str(path))
    if importer is not None:
        _search_first(str(path))
        spec = importer.find_spec("__main__")
        if spec is None:
            raise NotFoundError(f"can't find '__main__' module in {str(path)!r}", 1)
        return _of_spec(spec)
    try:
        source = path.read_bytes()
    except OSError as error:
        reason = f"[Errno {error.errno}] {error.strerror}"
        raise NotFoundError(f"can't open file {str(path)!r}: {reason}", 2) from None
    _search_first(str(path.resolve().parent))
    names = {
        "__file__": str(path),
        "__cached__": None,
        "__spec__": None,
        "__loader__": SourceFileLoader("__main__", str(path)),
        "__package__": None,
    }
    return Program(compile(source, str(path), "exec", dont_inherit=True), names)


def from_module(name: str, arguments: Sequence[str]) -> Program:
    """Find a module by its name, as `python -m` does; of a package, its `__main__`."""
    sys.argv = ["-m", *arguments]
    _search_first(str(Path.cwd()))
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
            if spec is None:
                raise NotFoundError(f"No module named {name}.__main__; {name!r} is a package", 1)
    except ImportError as error:
        reason = f"Error while finding module specification for {name!r} ({error})"
        raise NotFoundError(reason, 1) from None
    if spec is None:
        raise NotFoundError(f"No module named {name}", 1)
    program = _of_spec(spec)
    sys.argv[0] = str(spec.origin)
    return program


def run(program: Program) -> None:
    """Run it as `__main__`, which it stays until the process ends."""
    main = ModuleType("__main__")
    vars(main).update(program.names, __builtins__=builtins)
    sys.modules["__main__"] = main
    exec(program.code, vars(main))


def _of_spec(spec: ModuleSpec) -> Program:
    read = getattr(spec.loader, "get_code", None)
    code = read(spec.name) if read is not None else None
    if code is None:
        raise NotFoundError(f"No code object available for {spec.name}", 1)
    names = {
        "__file__": spec.origin,
        "__cached__": spec.cached,
        "__spec__": spec,
        "__loader__": spec.loader,
        "__package__": spec.parent,
    }
    return Program(code, names)


def _read_stdin() -> str | bytes:
    """A source says itself how it is encoded; a stream put in stdin's place may know text only."""
    stream = getattr(sys.stdin, "buffer", sys.stdin)
    return stream.read()


def _search_first(folder: str) -> None:
    """Put a folder where `python` puts it: in place of what it put there for us."""
    if not sys.flags.safe_path:
        sys.path[0] = folder
