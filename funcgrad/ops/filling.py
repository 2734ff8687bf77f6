"""Choosing between values by a mask, and filling."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .casting import cast
from .names import cast_name
from .promotion import BOOL, COMPLEX, HALF, INT, broadcast_shapes, kind
from .row import row


def _bool_condition(condition, input, other):
    if condition.dtype != bool:
        name = condition.dtype.name
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {name}"
        )


@row("where", "~condition input other", "common", check=_bool_condition,
     holds="~input ~other")  # fmt: skip
def where(condition, input, other):
    return jnp.where(condition != 0, input, other)


def _value(name, input, value):
    if value.ndim:
        raise RuntimeError(
            f"{name} only supports a 0-dimensional value tensor, but got tensor with {value.ndim} "
            "dimension(s)."
        )
    if kind(value.dtype) == COMPLEX > kind(input.dtype):
        name = cast_name(input.dtype)
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")
    return cast(value, input.dtype)


@row("masked_fill", "input mask value", bind="torch method inplace", overload=lambda: 1,
     scalar={"value": "MaskedFillBackward0"})  # fmt: skip
def masked_fill(input, mask, value):
    if mask.dtype != bool:
        raise RuntimeError(
            f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype.name}"
        )
    broadcast_shapes([mask.shape, input.shape])
    return jnp.where(mask, _value("masked_fill_", input, value), input)


def within(numbers: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Where real numbers lie within the bounds of a dtype.

    An unsigned dtype takes negative integers too, as far down as they go up: -1 is its largest.
    """
    if kind(dtype) == INT:
        most = np.iinfo(dtype).max
        wraps = dtype.kind == "u" and numbers.dtype.kind in "iu"
        least = -most if wraps else np.iinfo(dtype).min
        return (least <= numbers) & (numbers <= most)  # a NaN does not
    size = abs(numbers.astype(np.float64))
    return ~(np.isfinite(size) & (size > jnp.finfo(dtype).max))


def check_width(value: Any) -> None:
    """Raise PyTorch's error, OverflowError, for an integer of more than 64 bits."""
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        words = "int too big to convert" if value > 0 else "can't convert negative int to unsigned"
        raise OverflowError(f"{words}: {value} has more than 64 bits")


def check_number(value: Any, dtype: np.dtype) -> None:
    """Raise PyTorch's error where a dtype does not hold a number; bools hold any.

    Raises:
        OverflowError: for an integer of more than 64 bits.
        RuntimeError: for what lies beyond the bounds, and for what is not real where it must be.
    """
    check_width(value)
    number = np.asarray(value)
    fits = kind(dtype) == BOOL or bool(within(number.real, dtype).all())
    if kind(dtype) == COMPLEX:
        fits = fits and bool(within(number.imag, dtype).all())
    elif kind(dtype) != BOOL:
        fits = fits and not number.imag.any()
    if not fits:
        raise RuntimeError(
            f"value cannot be converted to type {cast_name(dtype)} without overflow: {value!r} is "
            f"no value of torch.{dtype.name}"
        )


def number_as(value: Any, dtype: np.dtype) -> np.ndarray:
    """A number that `check_number` let pass, in the dtype: without what that leaves of it."""
    number = np.asarray(value)
    if kind(number.dtype) == COMPLEX > kind(dtype):
        number = number != 0 if kind(dtype) == BOOL else number.real
    with np.errstate(all="ignore"):
        # PyTorch rounds a number twice on its way into a half type.
        return (number.astype(np.float32) if dtype in HALF else number).astype(dtype)


# The names are those of `fill_`, which is what is used; PyTorch numbers `torch.fill` 0 and 1.
@row("fill", "input value", bind="torch inplace", overload=lambda: 3,
     scalar={"value": "FillBackward2"})  # fmt: skip
def fill(input, value):
    return jnp.broadcast_to(_value("fill_", input, value), input.shape)


@row("zero", bind="inplace")
def zero(input):
    return jnp.zeros_like(input)
