"""An argument's description on the command line: `3,4`, `n,2:float64`, `5:int32:0..9`, `3,3:spd`.

Nothing in it means anything to a shell, so it needs no quotes.
"""

from __future__ import annotations

import re
from typing import Any

from funcgrad.testing.command.errors import UsageError

FORMS = (
    "sizes joined by commas (a letter is one size from 1 to 4 wherever it stands), or 'scalar'; "
    "then, each after a colon and in any order, a dtype, a range lo..hi (either side may be left "
    "out) and one of symmetric, spd, orthogonal, simplex, sorted, permutation, ties"
)
STRUCTURES = ("symmetric", "spd", "orthogonal", "simplex", "sorted", "permutation", "ties")
_RANGE = re.compile(r"(?P<lo>.*?)\.\.(?P<hi>.*)")


def strategy(description: str, dtype: str = "float32") -> Any:
    """The strategy of Hypothesis that a description stands for.

    Args:
        description: see above.
        dtype: for a description without one.

    Returns:
        What `funcgrad.testing.arrays` makes.

    Raises:
        UsageError: it cannot be read, or its parts do not go together.

    Example:
        >>> strategy("n,2:float64:0..1")
        arrays((dims('n', 1, 4), 2), 'float64', lo=0.0, hi=1.0)
        >>> strategy("scalar"), strategy("3,3:spd")
        (arrays((), 'float32'), arrays((3, 3), 'float32', spd=True))
        >>> strategy("5:int32")
        Traceback (most recent call last):
        funcgrad.testing.command.errors.UsageError: integers need a range, such as 5:int32:0..9
    """
    from hypothesis.errors import InvalidArgument

    from funcgrad.testing.strategies import arrays

    sizes, *others = description.split(":")
    options: dict[str, Any] = {"dtype": dtype}
    said: set[str] = set()
    for part in others:
        kind, found = _part(part, description)
        if kind in said:
            raise UsageError(f"{description!r} has two parts of one kind, {part!r} the second")
        said.add(kind)
        options |= found
    shape = tuple(
        _size(size, description) for size in sizes.split(",") if sizes not in ("", "scalar")
    )
    integral = re.match(r"u?int", options["dtype"]) and not options.get("permutation")
    if integral and not {"lo", "hi"} <= options.keys():
        raise UsageError(f"integers need a range, such as {sizes}:{options['dtype']}:0..9")
    if integral:
        options |= {bound: int(options[bound]) for bound in ("lo", "hi")}
    try:
        return arrays(shape, **options)
    except InvalidArgument as error:
        raise UsageError(f"{description!r}: {error}") from None


def _part(part: str, description: str) -> tuple[str, dict[str, Any]]:
    """The kind of a part behind a colon, and the options of `arrays` that it stands for."""
    if part in STRUCTURES:
        return "structure", {part: True}
    bounds = _RANGE.fullmatch(part)
    if bounds:
        try:
            found = {name: float(text) for name, text in bounds.groupdict().items() if text}
        except ValueError:
            found = {}
        if not found:
            raise UsageError(f"a range is lo..hi, such as 0..1 or 0.., and not {part!r}")
        return "range", found
    if re.fullmatch(r"[a-z]+[0-9]\w*|bool", part):  # float32, bfloat16, float8_e4m3fn
        return "dtype", {"dtype": part}
    raise UsageError(
        f"{description!r} has {part or 'nothing'!r} behind a colon. It is read as {FORMS}"
    )


def _size(size: str, description: str) -> Any:
    from funcgrad.testing.strategies import dims

    if re.fullmatch(r"[0-9]+", size):
        return int(size)
    if re.fullmatch(r"[A-Za-z]\w*", size):
        return dims(size, 1, 4)
    raise UsageError(f"{description!r} has {size!r} for a size. It is read as {FORMS}")
