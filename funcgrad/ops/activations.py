"""Activations: nonlinear functions of each element, and the softmax family along a dimension.

At a kink each takes the branch whose derivative PyTorch takes; the comparisons say which.
"""

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from .arithmetic import neg
from .casting import cast, rounded
from .dims import dim as axis
from .kinds import floating, is_complex, numeric, only, subtractable
from .pointwise import magnitude
from .promotion import COMPLEX, FLOAT, HALF
from .row import row

Array = jax.Array


@jax.custom_jvp
def _positive(input: Array) -> Array:
    return jnp.maximum(input, 0)


@_positive.defjvp
def _(primals: Any, tangents: Any) -> tuple[Array, Array]:
    # Read off the result, as PyTorch saves it and not the operand: less to keep, for the next
    # operation keeps it too.
    result = _positive(*primals)
    return result, jnp.where(result <= 0, 0, tangents[0])


@row("relu", bind="torch method inplace functional")
def relu(input):
    """The positive part; its derivative at 0 is 0."""
    _real_numbers("Boolean inputs not supported for relu", input)
    return _positive(input)


@row("relu6", bind="functional", node="Hardtanh")
def relu6(input):
    """The part between 0 and 6."""
    return _between(input, 0.0, 6.0)


def _real_numbers(message: str, input: Array) -> None:
    """Refuse bools, with this message, and complex numbers."""
    if input.dtype == bool:
        raise RuntimeError(message)
    if is_complex(input):
        raise NotImplementedError("clamp is not supported for complex types; apply it to .real")


def _between(input: Array, low: float, high: float) -> Array:
    _real_numbers("Bool inputs not supported for hardtanh", input)
    if input.dtype.kind == "u" and low < 0:
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    floor, ceiling = (jnp.asarray(bound, input.dtype) for bound in (low, high))
    return jnp.where(input <= floor, floor, jnp.where(input >= ceiling, ceiling, input))


@row("hardtanh", bind="functional")
def hardtanh(input, min_val=-1.0, max_val=1.0):
    """The part between two bounds; the derivative at a bound is 0."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _between(input, min_val, max_val)


@row("leaky_relu", bind="functional", holds="~negative_slope")
def leaky_relu(input, negative_slope=0.01):
    """The element itself, or a small part of it where it is not positive."""
    floating("leaky_relu_cpu", input)
    return jnp.where(input > 0, input, input * negative_slope)


def _elu(input: Array, alpha: float, scale: float, input_scale: float) -> Array:
    low = jnp.where(input <= 0, input, 0)
    negative = alpha * scale * jnp.expm1(low * input_scale)
    return jnp.where(input <= 0, negative, input * scale)


@row("elu", bind="functional", holds="~alpha")
def elu(input, alpha=1.0):
    """`alpha (exp(x) - 1)` below 0."""
    floating("elu_cpu", input)
    return _elu(input, alpha, 1.0, 1.0)


@row("celu", bind="torch functional", holds="~alpha")
def celu(input, alpha=1.0):
    """`alpha (exp(x / alpha) - 1)` below 0."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    floating("elu_cpu", input)
    return _elu(input, alpha, 1.0, 1.0 / alpha)


@row("selu", bind="torch functional", node="Elu")
def selu(input):
    """`elu` with the constants that keep mean 0 and variance 1."""
    floating("elu_cpu", input)
    return _elu(input, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946, 1.0)


@row("gelu", bind="functional")
def gelu(input, approximate="none"):
    """`x` times the normal distribution function of `x`, or its approximation by tanh."""
    floating("GeluKernelImpl", input)
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    if approximate == "none":
        return input * (0.5 * (1 + lax.erf(input * math.sqrt(0.5))))
    inner = math.sqrt(2 / math.pi) * (input + 0.044715 * input**3)
    return 0.5 * input * (1 + jnp.tanh(inner))


@row("silu", bind="functional")
def silu(input):
    """`x sigmoid(x)`."""
    only("silu_cpu", input, FLOAT, COMPLEX)
    return input * jax.nn.sigmoid(input)


@row("mish", bind="functional")
def mish(input):
    """`x tanh(softplus(x))`."""
    floating("mish_cpu", input)
    return input * jnp.tanh(jnp.logaddexp(input, jnp.zeros_like(input)))


@row("softplus", bind="functional", holds="~beta ~threshold")
def softplus(input, beta=1.0, threshold=20.0):
    """`log(1 + exp(beta x)) / beta`; the element itself where beta x is above the threshold."""
    floating("softplus_cpu", input)
    scaled = input * beta
    safe = jnp.where(scaled > threshold, 0, scaled)
    return jnp.where(scaled > threshold, input, jnp.log1p(jnp.exp(safe)) / beta)


@row("softsign", "input", "floating", "functional", node="Div", check=partial(numeric, "abs_cpu"))
def softsign(input):
    """`x / (1 + |x|)`."""
    return input / (1 + magnitude(input))


@row("logsigmoid", bind="functional", node="LogSigmoid")
def logsigmoid(input):
    """The logarithm of the sigmoid, formed without it."""
    floating("log_sigmoid_cpu", input)
    return -jnp.logaddexp(-input, jnp.zeros_like(input))


@row("hardsigmoid", bind="functional")
def hardsigmoid(input):
    """A sigmoid of three straight pieces."""
    floating("hardsigmoid_cpu", input)
    inside = (input > -3) & (input < 3)
    return jnp.where(inside, input / 6 + 0.5, jnp.where(input >= 3, 1.0, 0.0).astype(input.dtype))


@row("hardswish", bind="functional")
def hardswish(input):
    """`x` times a hard sigmoid."""
    floating("hardswish_cpu", input)
    middle = input * (input + 3) / 6
    return jnp.where(input <= -3, 0, jnp.where(input < 3, middle, input))


@row("tanhshrink", "input", "floating", "functional", node="Sub", saves=(), check=subtractable)
def tanhshrink(input):
    """`x - tanh(x)`."""
    return input - jnp.tanh(input)


@row("hardshrink", bind="torch method functional", holds="lambd")
def hardshrink(input, lambd=0.5):
    """The element where it is farther than `lambd` from 0, else 0."""
    floating("hardshrink_cpu", input)
    return jnp.where((input >= -lambd) & (input <= lambd), 0, input)


@row("softshrink", bind="functional")
def softshrink(input, lambd=0.5):
    """The element moved towards 0 by `lambd`."""
    if lambd < 0:
        raise RuntimeError(f"lambda must be in range [0, inf), but found {lambd}")
    floating("softshrink_check", input)
    shift = jnp.where(input > lambd, -lambd, jnp.where(input < -lambd, lambd, 0))
    return jnp.where((input >= -lambd) & (input <= lambd), 0, input + shift.astype(input.dtype))


@row("prelu", "input weight", bind="torch method functional", node="PreluKernel")
def prelu(input, weight):
    """The element, or where it is not positive a learned part of it, by channel."""
    if input.dtype != weight.dtype:
        raise RuntimeError("prelu: Type promoting not supported. Convert one with .to(...)")
    if weight.ndim > 1:
        raise RuntimeError(
            f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}"
        )
    if weight.size != 1:
        channels = input.shape[1] if input.ndim > 1 else 1
        if weight.size != channels:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.size} and channel size = {channels}."
            )
        weight = weight.reshape(1, -1, *[1] * (input.ndim - 2))
    else:
        weight = weight.reshape([1] * input.ndim)
    return jnp.where(input > 0, input, weight * input)


@row("glu", bind="functional")
def glu(input, dim=-1):
    """The first half along a dimension, times the sigmoid of the second."""
    if not input.ndim:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    dim = axis(dim, input.ndim)
    if input.shape[dim] % 2:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {dim} is size {input.shape[dim]}"
        )
    floating("glu_cpu", input)
    a, b = jnp.split(input, 2, dim)
    return a * jax.nn.sigmoid(b)


def _along(input: Array, dim: int | None) -> int:
    if dim is None:  # PyTorch's old choice, with its warning given by the face
        return 0 if input.ndim in (0, 1, 3) else 1
    return axis(dim, input.ndim)


# The derivatives of both are read off the result, as PyTorch saves it and not the operand.
@partial(jax.custom_jvp, nondiff_argnums=(1,))
def _softmax(input: Array, axis: int) -> Array:
    powers = jnp.exp(input - jnp.max(input, axis, keepdims=True))
    return powers / jnp.sum(powers, axis, keepdims=True)


@_softmax.defjvp
def _(axis: int, primals: Any, tangents: Any) -> tuple[Array, Array]:
    result, (tangent,) = _softmax(*primals, axis), tangents
    return result, result * (tangent - jnp.sum(result * tangent, axis, keepdims=True))


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def _log_softmax(input: Array, axis: int) -> Array:
    shifted = input - jnp.max(input, axis, keepdims=True)
    return shifted - jnp.log(jnp.sum(jnp.exp(shifted), axis, keepdims=True))


@_log_softmax.defjvp
def _(axis: int, primals: Any, tangents: Any) -> tuple[Array, Array]:
    result, (tangent,) = _log_softmax(*primals, axis), tangents
    return result, tangent - jnp.sum(jnp.exp(result) * tangent, axis, keepdims=True)


def _normalised(function: Any, name: str, input: Array, dim: int | None, dtype: Any) -> Array:
    """Apply along a dimension; a tensor without any counts as one of length 1."""
    half = dtype is not None and dtype in HALF
    if dtype is not None and input.dtype != dtype:
        input = rounded(input, dtype) if half else cast(input, dtype)
    along = _along(input, dim)
    last = along == max(input.ndim - 1, 0)
    floating(f"{name}_lastdim_kernel_impl" if last else f"{name}_kernel_impl", input)
    if not input.size:
        return input.astype(dtype) if half else input
    result = function(input.reshape(input.shape or (1,)), along).reshape(input.shape)
    return result.astype(dtype) if half else result


@row("softmax", "input", "keep", "torch method functional special", node="Softmax")
def softmax(input, dim=None, dtype=None, _stacklevel=3):
    """Exponentials along a dimension, scaled to the sum of 1."""
    return _normalised(_softmax, "softmax", input, dim, dtype)


@row("log_softmax", "input", "keep", "torch method functional special", node="LogSoftmax")
def log_softmax(input, dim=None, dtype=None, _stacklevel=3):
    """The logarithm of `softmax`, formed without it."""
    return _normalised(_log_softmax, "log_softmax", input, dim, dtype)


@row("softmin", "input", "keep", "functional", node="Softmax")
def softmin(input, dim=None, dtype=None, _stacklevel=3):
    """`softmax` of the negative."""
    return softmax(neg(input), dim, dtype)
