"""The gamma function's relatives, and other special functions of `torch.special`."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from . import kinds
from .pointwise import digamma, lgamma, trigamma
from .promotion import BOOL, FLOAT, kind
from .row import row


def _no_bool(input, p):
    if kind(input.dtype) == BOOL:
        raise RuntimeError("The input tensor may not be a boolean tensor.")


@row("mvlgamma", promote="floating", bind="torch method inplace", check=_no_bool)
def mvlgamma(input, p):
    """The logarithm of the gamma function of `p` dimensions."""
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    kinds.floating("arange_cpu", input)
    return sum(lgamma(input - j / 2) for j in range(p)) + p * (p - 1) / 4 * float(np.log(np.pi))


@row("igamma", "input other", "common", "torch method inplace", saves="input other")
def igamma(input, other):
    """The lower incomplete gamma function of `other`, over the whole one; `input` is its power."""
    kinds.floating("igamma_cpu", input)
    return lax.igamma(*jnp.broadcast_arrays(input, other))


@row("igammac", "input other", "common", "torch method inplace", saves="input other")
def igammac(input, other):
    """The upper incomplete gamma function, over the whole one: `1 - igamma`."""
    kinds.floating("igammac_cpu", input)
    return lax.igammac(*jnp.broadcast_arrays(input, other))


@row("gammainc", "input other", "common", "special", node="Igamma", saves="input other")
def gammainc(input, other):
    return igamma(input, other)


@row("gammaincc", "input other", "common", "special", node="Igammac", saves="input other")
def gammaincc(input, other):
    return igammac(input, other)


@row("frexp", fields="mantissa exponent")
def frexp(input):
    """The number as a mantissa from 1/2 to 1 times a power of two."""
    if kind(input.dtype) != FLOAT:
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    _, exponent = jnp.frexp(lax.stop_gradient(input))
    exponent = jnp.where(jnp.isfinite(input), exponent, 0)
    half = exponent // 2  # one step would leave the range of the dtype where the number is near it
    two = jnp.asarray(2, input.dtype)
    return input * two ** (-half) * two ** (half - exponent), exponent.astype(np.int32)


# The value is a constant from 0 down; PyTorch's slope there is infinite, and NaN below.
@jax.custom_jvp
def _entropy(x):
    safe = jnp.where(x > 0, x, 1)
    return jnp.where(x > 0, -x * jnp.log(safe), jnp.where(x == 0, 0, jnp.where(x < 0, -jnp.inf, x)))


@_entropy.defjvp
def _entropy_jvp(primals, tangents):
    (x,) = primals
    return _entropy(x), -(1 + jnp.log(x)) * tangents[0]


@row("entr", promote="floating", bind="special", node="SpecialEntr")
def entr(input):
    """`-x log(x)`."""
    kinds.floating("entr_cpu", input)
    return _entropy(input)


# The derivative of the two pieces would cancel, and overflow in the piece that is not taken.
@jax.custom_jvp
def _scaled_erfc(x):
    wide = x.astype(np.float64)
    near = jnp.minimum(wide, 10.0)
    far = jnp.maximum(wide, 10.0)
    # An asymptotic series, exact from 10 on; each term is the one before times -(2k - 1) / 2x².
    term = total = jnp.ones_like(far)
    for k in range(1, 11):
        term = -term * (2 * k - 1) / (2 * far * far)
        total = total + term
    series = total / (far * np.sqrt(np.pi))
    return jnp.where(wide < 10, jnp.exp(near * near) * lax.erfc(near), series).astype(x.dtype)


@_scaled_erfc.defjvp
def _scaled_erfc_jvp(primals, tangents):
    (x,) = primals
    result = _scaled_erfc(x)
    return result, (2 * x * result - 2 / float(np.sqrt(np.pi))) * tangents[0]


@row("erfcx", promote="floating", bind="special", node="SpecialErfcx", saves="input result")
def erfcx(input):
    """`exp(x²) erfc(x)`, which does not underflow."""
    kinds.floating("erfcx_cpu", input)
    return _scaled_erfc(input)


@row("i0e", promote="floating", bind="special", node="SpecialI0E", saves="input result")
def i0e(input):
    """`i0` over its growth, `exp(-|x|) i0(x)`."""
    kinds.floating("i0e_cpu", input)
    return jax.scipy.special.i0e(input)


@row("i1", promote="floating", bind="special", node="SpecialI1", saves="input result")
def i1(input):
    """The modified Bessel function of order 1."""
    kinds.floating("i1_cpu", input)
    return jax.scipy.special.i1(input)


@row("i1e", promote="floating", bind="special", node="SpecialI1E", saves="input result")
def i1e(input):
    """`i1` over its growth, `exp(-|x|) i1(x)`."""
    kinds.floating("i1e_cpu", input)
    return jax.scipy.special.i1e(input)


@row("ndtr", promote="floating", bind="special", node="Mul", overload=lambda: 1, saves="")
def ndtr(input):
    """The area under the normal curve, from the left."""
    kinds.floating("erf_vml_cpu", input)
    return lax.erfc(-input / float(np.sqrt(2))) / 2


@row("log_ndtr", promote="floating", bind="special", node="SpecialLogNdtr", saves="input result")
def log_ndtr(input):
    """The logarithm of `ndtr`, also where that underflows."""
    kinds.floating("log_ndtr_cpu", input)
    low, high = jnp.where(input < -1, input, -1), jnp.where(input < -1, -1, input)
    root = float(np.sqrt(2))
    left = jnp.log(_scaled_erfc(-low / root) / 2) - low * low / 2
    return jnp.where(input < -1, left, jnp.log1p(-lax.erfc(high / root) / 2))


# At 0 and 1, where the slope is infinite, JAX's choice between its pieces gives 0.
@jax.custom_jvp
def _quantile(x):
    return jax.scipy.special.ndtri(x)


@_quantile.defjvp
def _quantile_jvp(primals, tangents):
    result = _quantile(*primals)
    return result, tangents[0] * float(np.sqrt(2 * np.pi)) * jnp.exp(result * result / 2)


@row("ndtri", promote="floating", bind="special", node="SpecialNdtri", saves="result")
def ndtri(input):
    """Up to where the area under the normal curve is the input."""
    kinds.floating("ndtri_cpu", input)
    return _quantile(input)


# JAX has no derivative of it, NaN at poles of odd order, and numbers for a power below 1.
@jax.custom_jvp
def _hurwitz(x, q):
    pole = (q <= 0) & (q == jnp.floor(q)) & (x > 1)
    return jnp.where(x < 1, np.nan, jnp.where(pole, np.inf, lax.zeta(x, q)))


@_hurwitz.defjvp
def _hurwitz_jvp(primals, tangents):
    x, q = primals
    return _hurwitz(x, q), -x * _hurwitz(x + 1, q) * tangents[1]


@row("zeta", "input other", "floating", "special", node="SpecialZeta", saves="input other",
     underived="input",
     scalar={"input": "SpecialZetaBackward1", "other": "SpecialZetaBackward2"})  # fmt: skip
def zeta(input, other):
    """Hurwitz' zeta function, the sum of `(k + other) ** -input`; no slope in `input` is known."""
    kinds.floating("zeta_cpu", input)
    return _hurwitz(*jnp.broadcast_arrays(input, other))


@row("polygamma", promote="floating", bind="method inplace")
def polygamma(input, n):
    """The n-th derivative of digamma; of that the slope is the next one."""
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    kinds.floating("polygamma", input)
    if n < 2:
        return trigamma(input) if n else digamma(input)
    factorial = jnp.exp(lax.lgamma(jnp.full_like(input, n + 1)))
    return (factorial if n % 2 else -factorial) * _hurwitz(jnp.full_like(input, n + 1), input)
