"""Functions made of lines of code that are written while a program runs."""

import linecache
from collections.abc import Callable, Iterable, Mapping
from typing import Any

# How the names of their files begin.
WRITTEN = "<funcgrad"


def written(
    name: str, parameters: str, lines: Iterable[str], space: Mapping[str, Any], about: str = ""
) -> Callable[..., Any]:
    """A function; tracebacks show its lines.

    Args:
        name: of the function.
        parameters: as they stand between the brackets.
        lines: its body.
        space: what its names stand for.
        about: for the name of its file.

    Example:
        >>> written("twice", "x", ["return two * x"], {"two": 2})(21)
        42
    """
    source = f"def {name}({parameters}):\n" + "".join(f"    {line}\n" for line in lines)
    names = dict(space)
    file = f"{WRITTEN} {name}{about}, {id(names)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), names)
    function: Callable[..., Any] = names[name]
    return function
