"""Arithmetic of two operands: sums, products, quotients, powers, remainders."""

import jax.numpy as jnp
from jax import lax

from .promotion import BOOL, FLOAT, INT, kind
from .row import row


def _no_bool(name: str, *operands) -> None:
    if all(kind(a.dtype) == BOOL for a in operands):
        raise RuntimeError(
            f"{name}, with the `-` operator, with two bool tensors is not supported. Use the "
            "`^` or `logical_xor()` operator instead."
        )


@row("add", "input other ~alpha", "common", "torch method inplace",
     dunder="__add__ __radd__ __iadd__")  # fmt: skip
def add(input, other, alpha=None):
    if alpha is None:
        return input | other if input.dtype == bool else input + other
    return input + alpha.astype(other.dtype) * other


@row("sub", "input other ~alpha", "common", "torch method inplace", alias="subtract",
     dunder="__sub__ __rsub__ __isub__")  # fmt: skip
def sub(input, other, alpha=None):
    _no_bool("Subtraction", input, other)
    return input - (other if alpha is None else alpha.astype(other.dtype) * other)


@row("mul", "input other", "common", "torch method inplace", alias="multiply",
     dunder="__mul__ __rmul__ __imul__")  # fmt: skip
def mul(input, other):
    return input * other
