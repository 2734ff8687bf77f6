"""A function by its name on the command line: `package.module:function` or `path/file.py:function`.

The current folder is where modules are looked for first, as with `python -m`; for a file it is the
file's own folder, as with `python file.py`.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from funcgrad.testing.command.errors import UsageError


def find(name: str) -> Any:
    """What `module:attribute` or `file.py:attribute` names.

    Raises:
        UsageError: there is no such module or attribute, or importing the module fails.
    """
    place, colon, path = name.rpartition(":")
    if not colon or not place or not path:
        raise UsageError(f"a function is named module:function or file.py:function, not {name!r}")
    found: Any = _module(place)
    for attribute in path.split("."):
        try:
            found = getattr(found, attribute)
        except AttributeError:
            public = [other for other in dir(found) if not other.startswith("_")]
            near = difflib.get_close_matches(attribute, public)
            close = f"; close names: {', '.join(near)}" if near else ""
            raise UsageError(f"{place} has no {path}{close}") from None
    return found


def _module(place: str) -> ModuleType:
    is_file = place.endswith(".py")
    if is_file and not Path(place).is_file():
        raise UsageError(f"there is no file {place}")
    folder = str(Path(place).resolve().parent if is_file else Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return _from_file(Path(place).resolve()) if is_file else importlib.import_module(place)
    except ModuleNotFoundError as error:
        if not is_file and error.name is not None and f"{place}.".startswith(f"{error.name}."):
            raise UsageError(f"there is no module {error.name}") from None
        raise _broken(place, error) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a module may end with sys.exit
        raise _broken(place, error) from error


def _from_file(path: Path) -> ModuleType:
    # Under the name that its folder gives it, so that a program that shows a failure can import it.
    known = sys.modules.get(path.stem)
    if known is not None and getattr(known, "__file__", None) == str(path):
        return known
    name = path.stem if known is None and path.stem.isidentifier() else f"{path.stem} (a file)"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # the name ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _broken(place: str, error: BaseException) -> UsageError:
    """In one line: what was raised, and where, if that is a file of the user's."""
    if isinstance(error, SyntaxError):
        return UsageError(f"importing {place} fails: {error.msg} ({error.filename}:{error.lineno})")
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = "" if last.filename.startswith("<") else f" ({last.filename}:{last.lineno})"
    return UsageError(f"importing {place} fails: {type(error).__name__}: {error}{where}")
