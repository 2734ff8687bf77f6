"""A failure as a short program in plain JAX, to be pasted into a file, an issue or a prompt."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from funcgrad.testing.counterexample.definitions import Definitions, unwrapped
from funcgrad.testing.counterexample.literals import tree
from funcgrad.testing.counterexample.point import FUNCTION, Point
from funcgrad.testing.counterexample.programs import NAMES, statements
from funcgrad.testing.counterexample.tensors import source_of_tensors
from funcgrad.testing.counterexample.wrapping import compiles, wrapped
from funcgrad.testing.report import Counterexample

LINES = 12

_MODULES = {
    "jax.": "jax",
    "jnp.": "jax.numpy as jnp",
    "np.": "numpy as np",
    "zlib.": "zlib",
    "base64.": "base64",
}
_SWITCH = 'jax.config.update("jax_enable_x64", True)'


def source(
    function: Callable[..., Any], counterexample: Counterexample, *, dtype64: bool = True
) -> str:
    """Write the program that shows a counterexample.

    The program needs JAX and the function, nothing of funcgrad. It prints what came out beside
    what should have, and ends in an `AssertionError`, or in the exception that the check met.
    The function is imported, or its source is put in; where neither can be, the program begins
    with a comment that says what to paste there.

    Args:
        function: what was checked.
        counterexample: where it fails. Its `direction` is a pytree like the arguments, or like a
            tuple of those that `facts["argnums"]` names; its `cotangent` is one like the outputs.
            Facts that are read: "argnums"; "mode" ("jvp" where forward mode is wrong); "step" (of
            the differences); "across" (the second direction of a second derivative); "scale", or
            "scales" and "ratio" (of the cotangent); "told" (the value beside the derivative is
            wrong); "within" (the property that breaks in another shape); "exception"; "seed";
            "tensors" (see `source_of_tensors`).
        dtype64: whether the differences of a function of float32 are taken in float64.

    Returns:
        The program, of at most 12 lines of at most 100 characters; where the arguments do not fit
        into it, a call of `check_gradients` that finds the failure again.

    Example:
        >>> import jax
        >>> import numpy as np
        >>> from funcgrad.testing.counterexample.reproducer import source
        >>> from funcgrad.testing.report import Counterexample
        >>> point = (np.float32(0.0),)
        >>> print(source(jax.numpy.sqrt, Counterexample("finite", "", point, np.float32(1.0))))
        import jax, jax.numpy as jnp
        from jax.numpy import sqrt
        x = jnp.float32(0.0)
        slopes = jax.value_and_grad(lambda x: sqrt(x))
        automatic = slopes(x)[1]
        print("value", sqrt(x), "gradient", automatic)
        assert all(jnp.isfinite(a).all() for a in jax.tree.leaves(automatic))
        <BLANKLINE>
    """
    if "tensors" in counterexample.facts:
        return source_of_tensors(function, counterexample)
    own = getattr(unwrapped(function), "__name__", "")
    try:
        point = Point(counterexample, own, dtype64=dtype64)
        tail = statements(point)
        layouts = [point.data(tail, compact=compact) for compact in (False, True)]
    except ValueError:  # a value that has no literal
        return "\n".join(_again(function, counterexample)) + "\n"
    programs = [_program(function, point, [*data, *tail]) for data in layouts]
    fitting = [program for program in programs if program and len(program[0]) <= LINES]
    # One that runs as it is, before one that is more pleasant to read.
    for lines, _ in sorted(fitting, key=lambda program: not program[1]):
        return "\n".join(lines) + "\n"
    return "\n".join(_again(function, counterexample)) + "\n"


def _program(
    function: Callable[..., Any], point: Point, given: list[str]
) -> tuple[list[str], bool] | None:
    """The lines, and whether they run as they are; None where they will not fit a page."""
    x64 = [_SWITCH] if point.needs_x64 else []
    fixed = wrapped([*filter(None, [point.wrapper]), *given])
    if fixed is None:
        return None
    defined = Definitions(function, NAMES, LINES - 1 - len(x64) - len(fixed))
    if point.wrapper:
        given = [point.wrapper.replace(FUNCTION, defined.name), *given]
    else:  # a function that takes arrays alone is called by its own name
        given = [re.sub(r"\bcall\b", defined.name, line) for line in given]
    body = wrapped(given)
    if body is None:
        return None
    first = _imports([*x64, *defined.lines, *body], {*defined.imports.values(), *point.modules})
    lines = _ordered(defined, [*first, *x64], body)
    return (lines, defined.complete) if compiles(lines) else None


def _ordered(defined: Definitions, head: list[str], body: list[str]) -> list[str]:
    """What to paste is said first, so that nobody overlooks it."""
    if defined.complete:
        return [*head, *defined.lines, *body]
    return [*defined.lines, *head, *body]


def _imports(lines: list[str], more: set[str]) -> list[str]:
    """The import statement that some lines need."""
    text = "\n".join(lines)
    used = {words for start, words in _MODULES.items() if re.search(rf"\b{re.escape(start)}", text)}
    modules = sorted(used | more)
    return [f"import {', '.join(modules)}"] if modules else []


def _again(function: Callable[..., Any], found: Counterexample) -> list[str]:
    """A call of the check itself, for arguments that are too large to write down."""
    defined = Definitions(function, frozenset({"jax", "jnp", "np", "gt"}), LINES - 5)
    shapes = jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct(np.shape(leaf), jnp.result_type(leaf)), found.arguments
    )
    note = []
    try:
        words = ", ".join(tree(each, _struct) for each in shapes)
    except ValueError:
        kinds = ", ".join(type(each).__name__ for each in found.arguments)
        note, words = [f"# put the arguments in the place of the dots: {kinds}"], "..."
    call = f"gt.check_gradients({defined.name}, {words}, seed={found.facts.get('seed', 0)!r})"
    body = [*note, *(wrapped([call]) or [call])]
    x64 = [_SWITCH] if re.search(r'"(float64|complex128|u?int64)"', words) else []
    first = _imports([*x64, *defined.lines, *body], set(defined.imports.values()))
    return _ordered(defined, [*first, "from funcgrad import testing as gt", *x64], body)


def _struct(value: Any) -> str:
    return f'jax.ShapeDtypeStruct({value.shape}, "{value.dtype}")'
