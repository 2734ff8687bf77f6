"""Powers and roots."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import lax
from jax.custom_derivatives import SymbolicZero

from . import kinds
from .promotion import COMPLEX, FLOAT, INT, kind
from .row import row


@jax.custom_jvp
def _power(input, exponent):
    return jnp.power(input, exponent)


def _power_jvp(primals, tangents):
    # PyTorch's two conventions, which no phrasing gives together with the value: the derivative by
    # the base is 0 where the exponent is 0, also at base 0, and that by the exponent is 0 at base 0
    # unless the exponent is negative there (where it is minus infinity).
    input, exponent = primals
    result = _power(input, exponent)
    tangent = jnp.zeros_like(result)
    if not isinstance(tangents[0], SymbolicZero):
        one = jnp.ones_like(exponent)
        by_base = exponent * _power(input, jnp.where(exponent == 0, one, exponent - 1))
        tangent += tangents[0] * jnp.where(exponent == 0, 0, by_base)
    if not isinstance(tangents[1], SymbolicZero):  # a log of what may be negative
        flat = (input == 0) & (exponent >= 0) if kind(exponent.dtype) == FLOAT else input == 0
        by_exponent = jnp.where(flat, 0, result * jnp.log(jnp.where(flat, 1, input)))
        tangent += tangents[1] * by_exponent
    return result, tangent


_power.defjvp(_power_jvp, symbolic_zeros=True)


def _by_squaring(input, exponent):
    """A power of integers that wraps; `jnp.power` reads six bits of the exponent."""

    def step(state):
        power, square, rest = state
        return jnp.where(rest & 1 == 1, power * square, power), square * square, rest >> 1

    state = (jnp.ones_like(input), input, exponent)
    return lax.while_loop(lambda state: (state[2] > 0).any(), step, state)[0]


def integer_power(input, exponent):
    """A power of integers; of a negative exponent only ±1 leaves more than 0."""
    power = _by_squaring(*jnp.broadcast_arrays(input, jnp.maximum(exponent, 0)))
    odd = (exponent & 1) == 1
    inverse = jnp.where(input == 1, 1, jnp.where(input == -1, jnp.where(odd, -1, 1), 0))
    return jnp.where(exponent < 0, inverse.astype(power.dtype), power)


@row("pow", "input exponent", "common", "torch method inplace", overload=lambda: 1,
     scalar={"exponent": "PowBackward0", "input": "PowBackward2"},
     dunder="__pow__ __rpow__ __ipow__")  # fmt: skip
def pow(input, exponent):
    kinds.numeric("pow", input)
    if kind(input.dtype) == INT:
        return integer_power(input, exponent)
    return _power(*jnp.broadcast_arrays(input, exponent))


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def _fixed_power(input, exponent):
    if exponent == 0:  # which depends on the input as long as its derivative is asked for
        return jnp.where(input == input, jnp.ones_like(input), 1)
    if exponent == int(exponent):
        return lax.integer_pow(input, int(exponent))
    if exponent == 0.5:
        return lax.sqrt(input)
    if exponent == -0.5:
        return lax.rsqrt(input)
    return _power(input, jnp.asarray(exponent, input.dtype))


@_fixed_power.defjvp
def _fixed_power_jvp(exponent, primals, tangents):
    # PyTorch's reads the operand down to its power 0, so that the n-th derivative of x**n can be
    # recorded and the next one is 0; and a root's reads the operand, not the result.
    (input,), (tangent,) = primals, tangents
    result = _fixed_power(input, exponent)
    if exponent == 0:
        return result, jnp.zeros_like(tangent)
    return result, tangent * (exponent * _fixed_power(input, exponent - 1))


@row("pow.scalar", promote="common", bind="torch method inplace", saves="input")
def pow_scalar(input, exponent):
    """A power of a floating tensor with a small fixed exponent, by products where it is whole."""
    kinds.only("pow", input, FLOAT, COMPLEX)
    return _fixed_power(input, exponent)


@row("float_power", "input exponent", "doubled", "torch method inplace", node="Pow",
     overload=lambda: 1,
     scalar={"exponent": "PowBackward0", "input": "PowBackward2"})  # fmt: skip
def float_power(input, exponent):
    return _power(*jnp.broadcast_arrays(input, exponent))


@row("square", promote="counted", bind="torch method inplace", node="Pow")
def square(input):
    return _fixed_power(input, 2) if kind(input.dtype) >= FLOAT else lax.square(input)


@row("sqrt", promote="floating", bind="torch method inplace")
def sqrt(input):
    return lax.sqrt(input)


# PyTorch saves the results of these two, not the operands, which may be edited in place.
@jax.custom_jvp
def inverse_root(input):
    return lax.rsqrt(input)


@inverse_root.defjvp
def _(primals, tangents):
    result = inverse_root(*primals)
    return result, tangents[0] * (-0.5 * result**3)


@row("rsqrt", promote="floating", bind="torch method inplace")
def rsqrt(input):
    return inverse_root(input)


@jax.custom_jvp
def inverse(input):
    return lax.reciprocal(input)


@inverse.defjvp
def _(primals, tangents):
    result = inverse(*primals)
    return result, -tangents[0] * (result * result)


@row("reciprocal", promote="floating", bind="torch method inplace")
def reciprocal(input):
    return inverse(input)


@jax.custom_jvp
def _hypotenuse(input, other):
    return jnp.hypot(input, other)


@_hypotenuse.defjvp
def _hypotenuse_jvp(primals, tangents):
    # Read off the result, as in PyTorch: at the origin it is nan.
    result = _hypotenuse(*primals)
    (x, y), (dx, dy) = primals, tangents
    return result, dx * (x / result) + dy * (y / result)


@row("hypot", "input other", "common", "torch method inplace")
def hypot(input, other):
    kinds.floating("hypot_cpu", input)
    return _hypotenuse(*jnp.broadcast_arrays(input, other))
