"""Comparisons, and questions about single values."""

import jax.numpy as jnp

from . import kinds
from .promotion import BOOL, COMPLEX, FLOAT, INT, kind, scalar_name
from .row import row


# A comparison is bool and has no node; only the in-place form, which PyTorch numbers 1, has.
def _inplace():
    return 1


@row("eq", "input other", "comparison", "torch method inplace", overload=_inplace, dunder="__eq__")
def eq(input, other):
    return input == other


@row("ne", "input other", "comparison", "torch method inplace", overload=_inplace,
     alias="not_equal", dunder="__ne__")  # fmt: skip
def ne(input, other):
    return input != other


@row(
    "lt",
    "input other",
    "comparison",
    "torch method inplace",
    overload=_inplace,
    alias="less",
    dunder="__lt__",
)
def lt(input, other):
    kinds.only("lt_cpu", input, BOOL, INT, FLOAT)
    return input < other


@row("le", "input other", "comparison", "torch method inplace", overload=_inplace,
     alias="less_equal", dunder="__le__")  # fmt: skip
def le(input, other):
    kinds.only("le_cpu", input, BOOL, INT, FLOAT)
    return input <= other


@row("gt", "input other", "comparison", "torch method inplace", overload=_inplace, alias="greater",
     dunder="__gt__")  # fmt: skip
def gt(input, other):
    kinds.only("gt_cpu", input, BOOL, INT, FLOAT)
    return input > other


@row("ge", "input other", "comparison", "torch method inplace", overload=_inplace,
     alias="greater_equal", dunder="__ge__")  # fmt: skip
def ge(input, other):
    kinds.only("ge_cpu", input, BOOL, INT, FLOAT)
    return input >= other


def _one_dtype(input, other, rtol, atol, equal_nan):
    if input.dtype != other.dtype:
        names = (scalar_name(array.dtype) for array in (input, other))
        raise RuntimeError("{} did not match {}".format(*names))
    for name, value in (("rtol", rtol), ("atol", atol)):
        if value < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value}")


@row("isclose", "input other", "comparison", check=_one_dtype)
def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether `|input - other| <= atol + rtol * |other|`, or both are the same infinity."""
    close = input == other
    if kind(input.dtype) != BOOL:
        wide = input.dtype if kind(input.dtype) >= FLOAT else jnp.float32
        allowed = atol + jnp.abs(rtol * other.astype(wide))
        error = jnp.abs(input - other)
        close |= jnp.isfinite(error) & (error <= allowed)
    if equal_nan and kind(input.dtype) >= FLOAT:
        close |= jnp.isnan(input) & jnp.isnan(other)
    return close


@row("isnan", promote="comparison")
def isnan(input):
    return input != input


@row("isinf", promote="comparison")
def isinf(input):
    return jnp.isinf(input)


@row("isfinite", promote="comparison")
def isfinite(input):
    return jnp.isfinite(input)


def _real_only(name, input):
    if kind(input.dtype) == COMPLEX:
        raise RuntimeError(f"{name} does not support complex inputs.")


@row("isposinf", promote="comparison")
def isposinf(input):
    _real_only("isposinf", input)
    return jnp.isinf(input) & (input > 0)


@row("isneginf", promote="comparison")
def isneginf(input):
    _real_only("isneginf", input)
    return jnp.isinf(input) & (input < 0)


@row("isreal", promote="comparison")
def isreal(input):
    return jnp.isreal(input)


@row("signbit", promote="comparison")
def signbit(input):
    if kind(input.dtype) == COMPLEX:
        raise NotImplementedError("signbit is not implemented for complex tensors.")
    return jnp.signbit(input) if kind(input.dtype) == FLOAT else input < 0
