"""Correct functions at the edges of numbers: 0, ∞, overflow, mixed scales, half precision."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import entr, gammaln, xlogy

from ..cases import Case, _register, draw, forward_rule, given, labels, normal, rule, uniform
from ..cases import correct as _correct

correct = partial(_correct, family="edges")
kinked = partial(_correct, family="edges", smooth=False)

MIXED = given(np.array([1e-6, 1e-3, 1.0, 1e3, 1e6]))
WITH_ZERO = given(np.array([2.0, 0.0, -1.0, 0.5]))


def guarded_sqrt(x):
    return jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1)), 0)


def guarded_norm(x):
    squares = jnp.sum(x * x, -1)
    empty = squares == 0
    return jnp.where(empty, 0, jnp.sqrt(jnp.where(empty, 1, squares)))


def masked_logsumexp(x):
    return jax.nn.logsumexp(jnp.where(np.arange(x.shape[-1]) < 3, x, -jnp.inf), -1)


def layer_norm(x):
    return (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5)


def cosine(x, y):
    return jnp.sum(x * y) / jnp.sqrt((jnp.sum(x * x) + 1e-8) * (jnp.sum(y * y) + 1e-8))


def cross_entropy(x, y):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1))


def stable_sigmoid_loss(x, y):
    return jnp.mean(jnp.maximum(x, 0) - x * y + jnp.log1p(jnp.exp(-jnp.abs(x))))


@jax.custom_jvp
def log1p_exp(x):
    return jnp.log1p(jnp.exp(x))


log1p_exp.defjvp(
    lambda p, t: (log1p_exp(p[0]), (1 - 1 / (1 + jnp.exp(p[0]))).astype(p[0].dtype) * t[0])
)

safe_norm = forward_rule(
    jnp.linalg.norm,
    lambda p, t: (
        jnp.linalg.norm(p[0]),
        jnp.sum(p[0] * t[0]) / jnp.where(jnp.linalg.norm(p[0]) == 0, 1, jnp.linalg.norm(p[0])),
    ),
)

kept_exp = rule(jnp.exp, lambda x: (jnp.exp(x),) * 2, lambda y, g: (g * y,))


def residuals(p, x):
    """A stiff least-squares problem: Hessian entries from 1e-4 to 1e6."""
    return jnp.sum((p[0] * 1e3 * x - p[1] * 1e-2) ** 2) + 1e2 * jnp.sum((p[1] - p[0] ** 2) ** 2)


correct("sqrt near 0", jnp.sqrt, given(np.array([1e-6, 1e-3, 0.25, 4.0])))
correct("sqrt of normal squares", lambda x: jnp.sqrt(x * x + 1e-6), normal(5))
kinked("sqrt behind two wheres", guarded_sqrt, given(np.array([-1.0, 0.25, 4.0])))
kinked("norm of rows, one zero", guarded_norm, given(np.array([[3.0, 4.0], [0.0, 0.0]])))
correct("norm", jnp.linalg.norm, normal(5))
kinked("norm of zeros by its own rule", safe_norm, given(np.zeros(3)))
correct("logsumexp of large values", jax.nn.logsumexp, given(np.array([1e3, 999.0, -1e3])))
correct("logsumexp, masked by −∞", masked_logsumexp, normal(2, 5))
correct("softmax of large values", jax.nn.softmax, given(np.array([50.0, 49.0, -50.0])))
correct("log-softmax", jax.nn.log_softmax, normal(3, 4))
correct("cross entropy", cross_entropy, normal(4, 5, scale=3.0), labels(4, below=5))
correct("sigmoid loss", stable_sigmoid_loss, normal(5, scale=5.0), labels(5, below=2))
correct("logaddexp with ties", jnp.logaddexp, given(np.array([0.0, 1.0, -3.0])),
        given(np.array([0.0, 1.0, 5.0])))  # fmt: skip
correct("xlogy at 0", lambda x, y: xlogy(x, y) * 2, given(np.array([0.0, 0.0, 2.0])),
        given(np.array([1.0, 2.0, 0.5])))  # fmt: skip
correct("entropy of entr", lambda p: jnp.sum(entr(p)), uniform(4, lo=0.05, hi=0.9))
correct("x ** 2 at 0", lambda x: x**2, WITH_ZERO)
correct("x ** 0", lambda x: x**0 + x, WITH_ZERO)
correct("x ** 3.0 at 0", lambda x: x**3.0, given(np.array([0.0, 1.0, 2.0])))
correct("prod with a zero", jnp.prod, WITH_ZERO)
correct("prod with two zeros", jnp.prod, given(np.array([0.0, 0.0, 3.0])))
correct("cumprod with a zero", jnp.cumprod, WITH_ZERO)
correct("cumsum", lambda x: jnp.cumsum(x, 1), normal(2, 5))
correct("mixed scales", lambda x: x * x, MIXED)
correct("logarithm of mixed scales", jnp.log, MIXED)
correct("sum of mixed scales", lambda x: jnp.dot(x, 10 ** jnp.arange(6, -7, -3).astype(x.dtype)),
        MIXED)  # fmt: skip
correct("far from the origin", lambda x: jnp.sin(x - 1000.0), given(np.array([1000.5, 1001.25])))
correct("exp of large values", jnp.exp, given(np.array([0.0, 10.0, 40.0, -40.0])))
correct("exp with its own rule", kept_exp, normal(4))
correct("softplus by its own forward rule", log1p_exp, normal(5))
correct("oscillation", lambda x: jnp.sin(50 * x), normal(5))
correct("many oscillations added", lambda x: jnp.sum(jnp.cos(20 * x) * x), normal(6))
correct("stiff residuals", residuals, given(np.array([0.3, 0.7])), normal(4))
correct("layer norm of equal values", layer_norm, given(np.ones((2, 4))))
correct("cosine similarity", cosine, normal(4), normal(4))
correct("rsqrt with eps", lambda x: jax.lax.rsqrt(x * x + 1e-3), given(np.array([0.0, 0.1, 3.0])))
correct("tanh saturated", jnp.tanh, given(np.array([-20.0, 0.0, 5.0, 20.0])))
correct("sinc at 0", jnp.sinc, given(np.array([0.0, 0.5, 2.0])))
correct("log-gamma", lambda x: gammaln(1 + x * x), uniform(4, lo=0.5, hi=5))
correct("arctan2", jnp.arctan2, normal(4), normal(4))
correct(
    "flat to all orders",
    lambda x: jnp.where(x > 0.05, jnp.exp(-1 / jnp.where(x > 0.05, x, 1)), 0),
    given(np.array([-1.0, 0.5, 2.0])),
)
correct("weights of 1e-8", lambda x: 1e-8 * jnp.sum(x**3), normal(4))
correct("loss scaled by 65536", lambda x: 65536.0 * jnp.sum(jnp.tanh(x) ** 2), normal(4))


def _half(name, half, function, *specs):
    """A function of arguments in half precision, a case of float32 only."""

    def make(dtype):
        arrays = draw(specs, name, dtype)
        return function, tuple(jnp.asarray(x).astype(half) for x in arrays)

    _register(Case(name, make, "correct", "edges", dtypes=("float32",)))


_half("tanh in float16", jnp.float16, jnp.tanh, normal(5))
_half("linear in bfloat16", jnp.bfloat16, lambda x, w: x @ w, normal(3, 4), normal(4, 2))
_half("softmax in bfloat16", jnp.bfloat16, jax.nn.softmax, normal(3, 4))
_half("sum of squares in float16", jnp.float16, lambda x: jnp.sum(x * x), normal(6))
_half("gelu in bfloat16", jnp.bfloat16, jax.nn.gelu, normal(6))
