"""The words for one equation of a program: its names, its values, the line it comes from."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import jax
import numpy as np
from jax.extend import core

# Frames from these folders are machinery: who reads wants the line that they wrote.
_JAX = tuple(str(Path(jax.__path__[0]).with_name(name)) + "/" for name in ("jax", "jaxlib"))
_OURS = str(Path(__file__).parents[2]) + "/"
_STANDARD = sysconfig.get_path("stdlib") + "/"

_BY_ENTRIES = frozenset(
    """abs acos acosh add asin asinh atan atan2 atanh cbrt clamp convert_element_type cos cosh
    digamma div erf erf_inv erfc exp exp2 expm1 integer_pow is_finite lgamma log log1p logistic max
    min mul neg nextafter pow rem rsqrt select_n sign sin sinh sqrt square sub tan tanh""".split()
)


def names(jaxpr: core.Jaxpr) -> dict[Any, str]:
    """A name for each variable of a program, in JAX's order: a, b, …, z, ba, bb, …"""
    outputs = (variable for equation in jaxpr.eqns for variable in equation.outvars)
    variables = [*jaxpr.constvars, *jaxpr.invars, *outputs]
    named = [variable for variable in variables if not isinstance(variable, core.DropVar)]
    return {variable: _letters(number) for number, variable in enumerate(dict.fromkeys(named))}


def _letters(number: int) -> str:
    letters = ""
    while True:
        number, last = divmod(number, 26)
        letters = ascii_lowercase[last] + letters
        if not number:
            return letters


def text(equation: core.JaxprEqn, named: dict[Any, str]) -> str:
    """The equation: "c = div a b"."""

    def word(variable: Any) -> str:
        if isinstance(variable, core.Literal):
            return shown(variable.val)
        return named.get(variable, "_")

    left = " ".join(map(word, equation.outvars))
    right = " ".join(map(word, equation.invars))
    return f"{left} = {equation.primitive.name} {right}".rstrip()


def operands(
    equation: core.JaxprEqn, inputs: list[Any], shape: tuple[int, ...], entry: tuple[int, ...]
) -> tuple[str, ...]:
    """The inputs, shortened; those of the one entry in question where it works by entries."""
    if equation.primitive.name not in _BY_ENTRIES:
        shape, entry = (), ()
    return tuple(shown(each, shape, entry) for each in inputs)


def shown(value: Any, shape: tuple[int, ...] = (), entry: tuple[int, ...] = ()) -> str:
    """A value, shortened; its one entry where it has the shape of the output in question."""
    if not hasattr(value, "dtype") and not isinstance(value, (bool, int, float, complex)):
        return type(value).__name__
    if jax.dtypes.issubdtype(getattr(value, "dtype", float), jax.dtypes.prng_key):
        return "a key"
    array = np.asarray(value)
    if array.shape == () or (array.shape == shape and len(entry) == len(shape)):
        return _number(array[entry] if array.shape else array[()])
    flat = array.reshape(-1)
    few = ", ".join(_number(each) for each in flat[:3])
    more = ", …" if flat.size > 3 else ""
    return f"[{few}{more}] of shape {array.shape}"


def _number(value: Any) -> str:
    if np.issubdtype(np.asarray(value).dtype, np.bool_) or isinstance(value, bool):
        return str(bool(value))
    if np.issubdtype(np.asarray(value).dtype, np.integer):
        return str(int(value))
    if np.iscomplexobj(value):
        return f"{complex(value):.6g}"
    words = f"{float(value):.6g}"
    return words if any(mark in words for mark in ".enai") else f"{words}.0"


def line(equation: core.JaxprEqn) -> str:
    """The line of the user's code behind an equation: "losses.py:12 in safe_log", or ""."""
    traceback = equation.source_info.traceback
    frames: Any = () if traceback is None else traceback.frames
    for frame in frames:
        name = frame.file_name
        standard = name.startswith(_STANDARD) and "site-packages" not in name
        if name.startswith((*_JAX, _OURS, "<frozen")) or standard:
            continue
        function = frame.function_name.split("<locals>.")[-1]
        return f"{Path(name).name}:{frame.line_num} in {function}"
    return ""
