"""What an exception, or a batch that differs from its rows, says of a rule."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from funcgrad.testing.report import Counterexample

# By the names of JAX's exceptions, some of which are not public.
_BY_NAME = {
    "TracerBoolConversionError": (
        "It branches on a value (`if`, `while`, `and`, `or`) that has none while it is traced: "
        "`jnp.where` or `jax.lax.cond` would serve"
    ),
    "TracerIntegerConversionError": "It uses a traced value as a Python index or length",
    "TracerArrayConversionError": (
        "It hands a traced value to NumPy, which needs its numbers: `jnp` or `jax.pure_callback` "
        "would serve"
    ),
    "ConcretizationTypeError": (
        "It needs the value of something that has none while it is traced (`float()`, `int()`, "
        "`.item()`, a shape)"
    ),
    "NonConcreteBooleanIndexError": "It selects by a mask, so that the shape depends on the values",
    "UnexpectedTracerError": (
        "It keeps a traced value from one call for another (in a global, an attribute, a default "
        "argument)"
    ),
    "ZeroDivisionError": "It divides by a length that is zero here",
}
_BY_WORDS = {
    r"[Bb]atching rule for '?([\w.\-]+)'? not implemented": (
        "It uses `{0}`, which has no rule for `vmap`"
    ),
    r"[Dd]ifferentiation rule for '?([\w.\-]+)'? not implemented": (
        "It uses `{0}`, which has no derivative"
    ),
    r"zero-size array to reduction operation (\w+)": (
        "It takes the {0} of an array without entries, which has none"
    ),
    r"[Cc]ustom VJP.*?must produce": (
        "Its backward rule returns what has not the structure, shapes or dtypes of the arguments"
    ),
    r"[Cc]ustom JVP.*?must produce": (
        "Its JVP rule returns a tangent of another structure, shape or dtype than the output"
    ),
    r"forward-mode.*custom_vjp": (
        "It has a reverse rule only: `jax.custom_vjp` takes forward mode away"
    ),
    r"assignment destination is read-only": "It writes into its argument",
}


def of_exception(exception: BaseException) -> str:
    """What an exception tells, or ""."""
    message = str(exception)
    for kind in type(exception).__mro__:
        if kind.__name__ in _BY_NAME:
            return f"{_BY_NAME[kind.__name__]} ({type(exception).__name__})."
    for pattern, words in _BY_WORDS.items():
        if match := re.search(pattern, message, re.DOTALL):
            return f"{words.format(*match.groups())} ({type(exception).__name__})."
    return ""


def of_batch(found: Counterexample) -> str:
    """What the rows of a batch have in common that they should not have."""
    expected, got = _array(found.expected), _array(found.got)
    if expected is None or got is None or expected.shape != got.shape or expected.ndim == 0:
        return ""
    rows = len(expected)

    def same(other: Any) -> bool:
        return bool(np.allclose(got, other, rtol=1e-4, atol=1e-7, equal_nan=True))

    if rows < 2 or same(expected):
        return ""
    rest = f"so say the {rows} rows of the batch"
    if same(np.broadcast_to(expected[:1], expected.shape)):
        return f"Every row gets what belongs to the first: it is not batched; {rest}."
    if same(np.broadcast_to(expected.sum(0), expected.shape)):
        return f"Every row gets the sum of all: something is summed over the batch; {rest}."
    if same(np.broadcast_to(expected.mean(0), expected.shape)):
        return f"Every row gets the mean of all: something is averaged over the batch; {rest}."
    if same(expected / rows):
        return f"Each row is 1/{rows} of its own: a mean takes the batch with it; {rest}."
    if same(expected * rows):
        return f"Each row is {rows} times its own: a sum takes the batch with it; {rest}."
    if same(expected[::-1]):
        return f"The rows come in reversed order; {rest}."
    return ""


def _array(value: Any) -> np.ndarray[Any, Any] | None:
    """A value as an array of numbers, or None."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        return None
    return array if np.issubdtype(array.dtype, np.number) else None
