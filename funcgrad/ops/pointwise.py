"""Functions of one operand, element by element: exponentials, logarithms, signs, parts."""

import jax
import jax.numpy as jnp
from jax import lax

from . import kinds
from .casting import cast
from .promotion import BOOL, COMPLEX, FLOAT, kind
from .row import row


@row("to_dtype", bind="", node="ToCopy")
def to_dtype(input, dtype):
    return cast(input, dtype)


@row("clone", bind="torch method")
def clone(input):
    return input.copy()


@row("exp", promote="floating", bind="torch method inplace")
def exp(input):
    return lax.exp(input)


@row("exp2", promote="floating", bind="torch method inplace special")
def exp2(input):
    return lax.exp2(input)


@row("expm1", promote="floating", bind="torch method inplace special")
def expm1(input):
    return lax.expm1(input)


@row("log", promote="floating", bind="torch method inplace")
def log(input):
    return lax.log(input)


@row("log2", promote="floating", bind="torch method inplace")
def log2(input):
    return jnp.log2(input)


@row("log10", promote="floating", bind="torch method inplace")
def log10(input):
    return jnp.log10(input)


@row("log1p", promote="floating", bind="torch method inplace special", node="Log1P")
def log1p(input):
    return lax.log1p(input)


@row("sigmoid", promote="floating", bind="torch method inplace functional")
def sigmoid(input):
    return lax.logistic(input)


@row("expit", promote="floating", bind="special", node="Sigmoid")
def expit(input):
    return lax.logistic(input)


@jax.custom_jvp
def _log_odds(p):
    return lax.log(p / (1 - p))


@_log_odds.defjvp
def _log_odds_jvp(primals, tangents):
    # In one fraction, which is infinite at 0 and 1; the chain rule gives nan there. Outside it is
    # nan as the value is.
    (p,) = primals
    outside = (p < 0) | (p > 1)
    return _log_odds(p), tangents[0] / jnp.where(outside, jnp.nan, p * (1 - p))


@row("logit", "input ~eps", "floating", "torch method inplace special")
def logit(input, eps=None):
    """`log(p / (1 - p))`; with `eps`, p is clamped to [eps, 1 - eps] first."""
    kinds.floating("logit_cpu", input)
    if eps is not None:
        input = jnp.where(input < eps, eps, jnp.where(input > 1 - eps, 1 - eps, input))
    return _log_odds(input)


@row("abs", promote="parts", bind="torch method inplace", alias="absolute", dunder="__abs__",
     saves="input")  # fmt: skip
def abs(input):
    kinds.numeric("abs_cpu", input)
    return magnitude(input)


def magnitude(input):
    """The absolute value with PyTorch's derivative at 0, which is 0; JAX's is 1."""
    if kind(input.dtype) != COMPLEX:
        return input * lax.sign(input)
    return lax.abs(input) * 1  # so that what the derivative reads is the operand, not the result


@row("sign", promote="common", bind="torch method inplace")
def sign(input):
    if kind(input.dtype) == COMPLEX:
        raise NotImplementedError(
            "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use "
            "torch.sgn instead."
        )
    return input if kind(input.dtype) == BOOL else lax.sign(input)


@row("sgn", promote="common", bind="torch method inplace", saves="input result")
def sgn(input):
    """The sign; of a complex number the point of the unit circle in its direction."""
    if kind(input.dtype) != COMPLEX:
        return sign(input)
    length = lax.abs(input)
    return jnp.where(length == 0, 0, input / jnp.where(length == 0, 1, length))


@row("nan_to_num", "input nan posinf neginf", "as is", "torch method inplace")
def nan_to_num(input, nan=None, posinf=None, neginf=None):
    """Replaces nan (by 0) and infinities (by the largest numbers of the dtype)."""
    if kind(input.dtype) < FLOAT:
        return input
    if kind(input.dtype) == COMPLEX:
        parts = (nan_to_num(part, nan, posinf, neginf) for part in (input.real, input.imag))
        return lax.complex(*parts)
    limits = jnp.finfo(input.dtype)
    high = limits.max if posinf is None else posinf.astype(input.dtype)
    low = limits.min if neginf is None else neginf.astype(input.dtype)
    number = jnp.zeros((), input.dtype) if nan is None else nan.astype(input.dtype)
    finite = jnp.where(input == jnp.inf, high, jnp.where(input == -jnp.inf, low, input))
    return jnp.where(jnp.isnan(input), number, finite)


@row("real", bind="torch", node="Select", view=True)
def real(input):
    return lax.real(input) if kind(input.dtype) == COMPLEX else input


@row("imag", bind="torch", node="Select", view=True)
def imag(input):
    if kind(input.dtype) != COMPLEX:
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return lax.imag(input)


@row("conj", view=True)
def conj(input):
    return jnp.conj(input)


@row("conj_physical", promote="common", bind="torch method inplace")
def conj_physical(input):
    return jnp.conj(input)


@row("angle", promote="float parts", saves="input")
def angle(input):
    """The angle of a complex number; of a real one 0 or pi."""
    if kind(input.dtype) != COMPLEX:
        turned = jnp.where(input < 0, jnp.pi, 0).astype(input.dtype)
        return jnp.where(jnp.isnan(input), lax.stop_gradient(input), turned)
    origin = input == 0
    return jnp.where(origin, 0, jnp.angle(jnp.where(origin, 1, input)))


def _real_only(name, input):
    if kind(input.dtype) == COMPLEX:
        raise RuntimeError(f"{name} is not supported for complex tensors.")


@row("deg2rad", promote="floating", bind="torch method inplace", node="Deg2Rad")
def deg2rad(input):
    _real_only("deg2rad", input)
    return input * (jnp.pi / 180)


@row("rad2deg", promote="floating", bind="torch method inplace", node="Rad2Deg")
def rad2deg(input):
    _real_only("rad2deg", input)
    return input * (180 / jnp.pi)


@row("erf", promote="floating", bind="torch method inplace special")
def erf(input):
    kinds.floating("erf_vml_cpu", input)
    return lax.erf(input)


@row("erfc", promote="floating", bind="torch method inplace special")
def erfc(input):
    kinds.floating("erfc_vml_cpu", input)
    return lax.erfc(input)


@jax.custom_jvp
def _inverse_erf(input):
    return lax.erf_inv(input)


@_inverse_erf.defjvp
def _inverse_erf_jvp(primals, tangents):
    # As PyTorch inverts once more instead of saving the result, which may be edited afterwards.
    slope = jnp.sqrt(jnp.pi) / 2 * jnp.exp(lax.erf_inv(primals[0]) ** 2)
    return _inverse_erf(*primals), tangents[0] * slope.astype(primals[0].dtype)


@row("erfinv", promote="floating", bind="torch method inplace special")
def erfinv(input):
    kinds.floating("erfinv_vml_cpu", input)
    return _inverse_erf(input)


def trigamma(x):
    """The slope of digamma; below 0 by reflection, where XLA's series is wrong (1e-4 at -8)."""
    below = x < 0
    series = lax.polygamma(jnp.ones_like(x), jnp.where(below, 1 - x, x))
    angle = jnp.pi * jnp.where(below, x - jnp.round(x), 0.5)
    series = jnp.where(jnp.isposinf(x), 0, series)
    return jnp.where(below, jnp.square(jnp.pi / jnp.sin(angle)) - series, series)


@jax.custom_jvp
def _digamma(x):
    return lax.digamma(x)


@_digamma.defjvp
def _digamma_jvp(primals, tangents):
    return _digamma(*primals), tangents[0] * trigamma(*primals)


@jax.custom_jvp
def _lgamma(x):
    # XLA's is a few roundings of 1 away from its zeros.
    return jnp.where((x == 1) | (x == 2), 0, lax.lgamma(x))


@_lgamma.defjvp
def _lgamma_jvp(primals, tangents):
    # JAX's own, but for the slope of that slope.
    return _lgamma(*primals), tangents[0] * _digamma(*primals)


@row("lgamma", promote="floating", bind="torch method inplace")
def lgamma(input):
    kinds.floating("lgamma_vml_cpu", input)
    return _lgamma(input)


@row("gammaln", promote="floating", bind="special", node="Lgamma")
def gammaln(input):
    return lgamma(input)


@row("digamma", promote="floating", bind="torch method inplace special")
def digamma(input):
    kinds.floating("digamma", input)
    pole = jnp.copysign(jnp.inf, -input).astype(input.dtype)
    return jnp.where(input == 0, pole, _digamma(input))


@row("psi", promote="floating", bind="special", node="Digamma")
def psi(input):
    return digamma(input)


@row("i0", promote="floating", bind="torch method inplace special")
def i0(input):
    kinds.floating("i0_vml_cpu", input)
    return jax.scipy.special.i0(input)
