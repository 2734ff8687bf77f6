"""Bits of integers, common divisors, and truth values."""

import jax.numpy as jnp
from jax import lax

from . import kinds
from .promotion import INT
from .row import row


@row("bitwise_and", "input other", "common", "torch method inplace",
     dunder="__and__ __rand__ __iand__")  # fmt: skip
def bitwise_and(input, other):
    kinds.integral("bitwise_and_cpu", input)
    return input & other


@row("bitwise_or", "input other", "common", "torch method inplace",
     dunder="__or__ __ror__ __ior__")  # fmt: skip
def bitwise_or(input, other):
    kinds.integral("bitwise_or_cpu", input)
    return input | other


@row("bitwise_xor", "input other", "common", "torch method inplace",
     dunder="__xor__ __rxor__ __ixor__")  # fmt: skip
def bitwise_xor(input, other):
    kinds.integral("bitwise_xor_cpu", input)
    return input ^ other


@row("bitwise_not", promote="common", bind="torch method inplace")
def bitwise_not(input):
    kinds.integral("bitwise_not_cpu", input)
    return ~input


@row("invert", promote="common", bind="", dunder="__invert__")
def invert(input):
    try:
        kinds.integral("bitwise_not_cpu", input)
    except NotImplementedError:
        raise TypeError(
            "~ (operator.invert) is only implemented on integer and Boolean-type tensors"
        ) from None
    return ~input


@row("bitwise_left_shift", "input other", "common", "torch method inplace",
     dunder="__lshift__ __rlshift__ __ilshift__")  # fmt: skip
def bitwise_left_shift(input, other):
    kinds.only("lshift_cpu", input, INT)
    return input << other


@row("bitwise_right_shift", "input other", "common", "torch method inplace",
     dunder="__rshift__ __rrshift__ __irshift__")  # fmt: skip
def bitwise_right_shift(input, other):
    kinds.only("rshift_cpu", input, INT)
    return input >> other


@row("gcd", "input other", "common", "torch method inplace")
def gcd(input, other):
    kinds.only("gcd_cpu", input, INT)
    return _gcd(*jnp.broadcast_arrays(jnp.abs(input), jnp.abs(other)))


def _gcd(a, b):
    """Euclid's algorithm; the least number has no size, so remainders may be negative."""

    def step(state):
        a, b = state
        rest = lax.rem(b, jnp.where(a == 0, 1, a))
        return jnp.where(a == 0, 0, rest), jnp.where(a == 0, b, a)

    return lax.while_loop(lambda state: (state[0] != 0).any(), step, (a, b))[1]


@row("lcm", "input other", "common", "torch method inplace")
def lcm(input, other):
    kinds.only("lcm_cpu", input, INT)
    divisor = gcd(input, other)
    return jnp.abs(lax.div(input, jnp.where(divisor == 0, 1, divisor)) * other)


# The in-place forms keep the dtype of the tensor, which then holds ones and zeros.
@row("logical_and", "input other", "comparison", "torch method inplace")
def logical_and(input, other):
    return (input != 0) & (other != 0)


@row("logical_or", "input other", "comparison", "torch method inplace")
def logical_or(input, other):
    return (input != 0) | (other != 0)


@row("logical_xor", "input other", "comparison", "torch method inplace")
def logical_xor(input, other):
    return (input != 0) ^ (other != 0)


@row("logical_not", promote="comparison", bind="torch method inplace")
def logical_not(input):
    return input == 0
