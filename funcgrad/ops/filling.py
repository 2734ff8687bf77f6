"""Choosing between values by a mask, and filling."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .promotion import BOOL, COMPLEX, FLOAT, INT, broadcast_shapes, kind
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


_C_NAMES = {
    "float32": "float", "int64": "int64_t", "int32": "int", "int16": "int16_t", "int8": "int8_t",
    "uint8": "uint8_t", "complex64": "c10::complex<float>",
}  # fmt: skip


def check_number(value: Any, dtype: np.dtype) -> None:
    """Raise PyTorch's error where a number does not fit into the dtype that it is to fill.

    Bools take any number, and halves too, as infinities; an unsigned dtype takes -1 for its
    largest.
    """
    number, fits = np.asarray(value), True
    if kind(number.dtype) == COMPLEX > kind(dtype):
        fits, number = kind(dtype) == BOOL or not number.imag.any(), number.real
    if kind(dtype) == INT and kind(number.dtype) != BOOL:
        wraps = dtype.kind == "u" and kind(number.dtype) == INT
        most = np.iinfo(dtype).max
        least = -most if wraps else np.iinfo(dtype).min
        fits = fits and bool(((least <= number) & (number <= most)).all())
    elif dtype in (np.float32, np.complex64) and kind(number.dtype) >= FLOAT:
        parts = abs(np.stack([number.real, number.imag]))
        fits = fits and not (np.isfinite(parts) & (parts > np.finfo(np.float32).max)).any()
    if not fits:
        raise RuntimeError(
            f"value cannot be converted to type {_C_NAMES.get(dtype.name, 'double')} without "
            f"overflow: {value!r} is no value of torch.{dtype.name}"
        )


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
