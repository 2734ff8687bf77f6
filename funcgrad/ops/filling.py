"""Choosing between values by a mask, and filling."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .promotion import COMPLEX, FLOAT, INT, broadcast_shapes, kind
from .row import row


def _bool_condition(condition, input, other):
    if condition.dtype != bool:
        name = condition.dtype.name
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {name}"
        )


@row("where", "~condition input other", "common", check=_bool_condition)
def where(condition, input, other):
    return jnp.where(condition != 0, input, other)


def _value(name, input, value):
    if value.ndim:
        raise RuntimeError(
            f"{name} only supports a 0-dimensional value tensor, but got tensor with {value.ndim} "
            "dimension(s)."
        )
    if kind(value.dtype) == COMPLEX > kind(input.dtype):
        raise RuntimeError(f"value cannot be converted to type {input.dtype.name} without overflow")
    return value.astype(input.dtype)


@row("masked_fill", "input mask value", bind="torch method inplace", overload=lambda: 1,
     scalar={"value": "MaskedFillBackward0"})  # fmt: skip
def masked_fill(input, mask, value):
    if mask.dtype != bool:
        raise RuntimeError(
            f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype.name}"
        )
    broadcast_shapes([mask.shape, input.shape])
    return jnp.where(mask, _value("masked_fill_", input, value), input)


def check_number(value: Any, dtype: np.dtype) -> None:
    """Raise PyTorch's error where a number does not fit into the dtype that it is to fill."""
    number = np.asarray(value)
    if kind(number.dtype) == COMPLEX:
        fits = kind(dtype) == COMPLEX or not number.imag.any()
        number = number.real
    elif kind(dtype) == INT:
        most = np.iinfo(dtype).max
        # -1 becomes the largest of an unsigned dtype.
        least = -most if dtype.kind == "u" else np.iinfo(dtype).min
        fits = bool((least <= number).all() and (number <= most).all())
    else:
        fits = True
    if kind(number.dtype) == FLOAT and dtype == np.float32:
        fits = fits and not (np.isfinite(number) & (abs(number) > np.finfo(np.float32).max)).any()
    if not fits:
        name = "float" if kind(dtype) == FLOAT else f"{dtype.name}_t"
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")


def _check_fill(input: Any, value: Any, **_: Any) -> None:
    if not np.ndim(value):
        check_number(value, input.dtype)


# The names are those of `fill_`, which is what is used; PyTorch numbers `torch.fill` 0 and 1.
@row("fill", "input value", bind="torch inplace", overload=lambda: 3, check=_check_fill,
     scalar={"value": "FillBackward2"})  # fmt: skip
def fill(input, value):
    return jnp.broadcast_to(_value("fill_", input, value), input.shape)


@row("zero", bind="inplace")
def zero(input):
    return jnp.zeros_like(input)
