"""Rounding, and keeping to one side of bounds."""

import jax.numpy as jnp
from jax import lax

from . import kinds
from .filling import number_as
from .names import scalar_name
from .promotion import FLOAT, kind
from .row import row


@row("floor", promote="common", bind="torch method inplace")
def floor(input):
    kinds.not_complex("floor", input)
    kinds.numeric("floor_vml_cpu", input)
    return lax.floor(input) if kind(input.dtype) == FLOAT else input


@row("ceil", promote="common", bind="torch method inplace")
def ceil(input):
    kinds.not_complex("ceil", input)
    kinds.numeric("ceil_vml_cpu", input)
    return lax.ceil(input) if kind(input.dtype) == FLOAT else input


@row("trunc", promote="common", bind="torch method inplace", alias="fix")
def trunc(input):
    kinds.not_complex("trunc", input)
    kinds.numeric("trunc_vml_cpu", input)
    return jnp.trunc(input)


@row("round", promote="common", bind="torch method inplace special",
     overload=lambda decimals: 1 if decimals else 0)  # fmt: skip
def round(input, decimals=0):
    """The nearest integer, the even one of two; or the nearest multiple of `10**-decimals`."""
    kinds.real("round_cpu" if decimals else "round_vml_cpu", input)
    if kind(input.dtype) != FLOAT:
        if decimals:
            kinds.floating("round_cpu", input)
        return input
    factor = 10.0 ** max(decimals, -decimals)
    if decimals < 0:
        return jnp.round(input / factor) * factor
    return jnp.round(input * factor) / factor if decimals else jnp.round(input)


@row("frac", promote="common", bind="torch method inplace")
def frac(input):
    kinds.floating("frac_cpu", input)
    return input - jnp.trunc(input)


# A tie belongs to the operand, and the gradient of nan to neither.
def at_least(input, bound):
    """The larger one, or nan."""
    if kind(input.dtype) < FLOAT:
        return jnp.maximum(input, bound)
    return jnp.where(input >= bound, input, jnp.where(input < bound, bound, jnp.nan))


def at_most(input, bound):
    """The smaller one, or nan."""
    if kind(input.dtype) < FLOAT:
        return jnp.minimum(input, bound)
    return jnp.where(input <= bound, input, jnp.where(input > bound, bound, jnp.nan))


def _real(input, name=None):
    if kinds.is_complex(input):
        message = "clamp is not supported for complex types"
        if name is not None:  # what PyTorch says where the bound is a tensor
            message += f": \"{name}_cpu\" not implemented for '{scalar_name(input.dtype)}'"
        raise NotImplementedError(message)


@row("clamp", "input min max", "common", "torch method inplace", holds="min max", alias="clip",
     scalar={"min": "ClampBackward1", "max": "ClampBackward1"})  # fmt: skip
def clamp(input, min=None, max=None):
    """Between the bounds, each a number or a tensor; the upper one wins where they cross."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    _real(input)
    if min is None or max is None or kind(input.dtype) < FLOAT:
        input = input if min is None else at_least(input, min)
        return input if max is None else at_most(input, max)
    inside = (min <= input) & (input <= max)
    # Of equal bounds neither has a gradient where the operand is below them.
    below = jnp.where(min < max, min, lax.stop_gradient(max))
    bounded = jnp.where((input > max) | (max < min), max, jnp.where(input < min, below, jnp.nan))
    return jnp.where(inside, input, jnp.where(jnp.isnan(min) | jnp.isnan(max), jnp.nan, bounded))


@row("clamp_min", "input min", "common", "torch method inplace", holds="min", overload=lambda: 1,
     scalar={"min": "ClampMinBackward0"})  # fmt: skip
def clamp_min(input, min):
    _real(input, "maximum")
    return at_least(input, min)


@row("clamp_max", "input max", "common", "torch method inplace", holds="max", overload=lambda: 1,
     scalar={"max": "ClampMaxBackward0"})  # fmt: skip
def clamp_max(input, max):
    _real(input, "minimum")
    return at_most(input, max)


@row("threshold", bind="torch functional", holds="~threshold value")
def threshold(input, threshold, value):
    """The element where it is above a threshold, else a value."""
    kinds.real("threshold_cpu", input)
    least, value = number_as(threshold, input.dtype), number_as(value, input.dtype)
    return jnp.where(input <= least, value, input)
