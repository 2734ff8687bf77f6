"""Slips in rules of functions that act entry by entry."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from ..cases import forward_rule, given, normal, rule, uniform
from ..cases import planted as _planted
from ..witness import at

planted = partial(_planted, family="pointwise")


def slope(function, derivative):
    """`function` of one array with this derivative, the array being what is kept."""
    return rule(
        function, lambda x: (function(x), x), lambda x, g: ((g * derivative(x)).astype(x.dtype),)
    )


def half_square(r):
    return 0.5 * r * r


planted(
    "half square, factor 2",
    "the half of 0.5 r² is not there in the derivative",
    (normal(5),),
    slope(half_square, lambda r: r),
    slope(half_square, lambda r: 2 * r),
)


def gelu(c, x):
    return 0.5 * x * (1 + jnp.tanh(c * (x + 0.044715 * x**3)))


def gelu_slope(c, x):
    t = jnp.tanh(c * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x)


ROOT = float(np.sqrt(2 / np.pi))
planted("gelu, constant of three digits", "√(2/π) is 0.797 in the rule: 0.1 % off",
        (normal(6),), slope(partial(gelu, ROOT), partial(gelu_slope, ROOT)),
        slope(partial(gelu, ROOT), partial(gelu_slope, 0.797)))  # fmt: skip


def quick_gelu(x):
    return x * jax.nn.sigmoid(1.702 * x)


def quick_slope(k, x):
    s = jax.nn.sigmoid(1.702 * x)
    return s + k * x * s * (1 - s)


planted("quick gelu, factor 5 % off", "1.6 for 1.702 in the second term",
        (normal(6),), slope(quick_gelu, partial(quick_slope, 1.702)),
        slope(quick_gelu, partial(quick_slope, 1.6)))  # fmt: skip


def huber(r):
    a = jnp.abs(r)
    return jnp.where(a <= 1, 0.5 * r * r, a - 0.5)


planted(
    "huber, sign below −1",
    "the slope is +1 on both sides",
    (normal(6, scale=0.8),),
    slope(huber, lambda r: jnp.clip(r, -1, 1)),
    slope(huber, lambda r: jnp.where(jnp.abs(r) <= 1, r, 1)),
    shows=at(np.array([-2.0])),
)


def elu(x):
    return jnp.where(x > 0, x, 1.67 * jnp.expm1(jnp.minimum(x, 0)))


planted("elu, alpha forgotten", "alpha is not in the slope of the negative side",
        (normal(6),), slope(elu, lambda x: jnp.where(x > 0, 1, 1.67 * jnp.exp(jnp.minimum(x, 0)))),
        slope(elu, lambda x: jnp.where(x > 0, 1, jnp.exp(jnp.minimum(x, 0)))),
        shows=at(np.array([-1.0])))  # fmt: skip


def sinc(x):
    near = jnp.abs(x) < 1e-2
    safe = jnp.where(near, 1, x)
    return jnp.where(near, 1 - x * x / 6 + x**4 / 120, jnp.sin(safe) / safe)


def sinc_slope(at_zero, x):
    near = jnp.abs(x) < 0.1
    safe = jnp.where(near, 1, x)
    series = x * (-1 / 3 + x * x / 30 - x**4 / 840 + x**6 / 45360)
    far = (jnp.cos(safe) - jnp.sin(safe) / safe) / safe
    return jnp.where(x == 0, at_zero, jnp.where(near, series, far))


planted("sinc, slope at 0", "the guard against 0/0 gives the value there, 1, for the slope, 0",
        (normal(6),), slope(sinc, partial(sinc_slope, 0.0)), slope(sinc, partial(sinc_slope, 1.0)),
        shows=at(np.zeros(1)))  # fmt: skip


def learnt_power(x, p):
    return jnp.where(p == 1, x, x**p)


def power_rule(shortcut):
    def backward(kept, g):
        x, p = kept
        log = jnp.where(x > 0, jnp.log(jnp.where(x > 0, x, 1)), 0)
        slope = jnp.where((p == 1) & shortcut, 0, x**p * log)
        return g * jnp.where(p == 0, 0, p * x ** (p - 1)), jnp.sum(g * slope)

    return rule(learnt_power, lambda x, p: (learnt_power(x, p), (x, p)), backward)


planted(
    "learnt power, p = 1",
    "the shortcut for power 1 has no gradient for the power",
    (uniform(4, lo=0.5, hi=3), given(0.5)),
    power_rule(False),
    power_rule(True),
    shows=at(np.array([2.0, 3.0]), np.array(1.0)),
    strategies=lambda gt, d: (gt.arrays(4, d, lo=0.5, hi=3), gt.arrays((), d, lo=0.5, hi=2)),
)


def maximum_rule(tie):
    def backward(kept, g):
        x, y = kept
        share = jnp.where(x == y, tie, 1).astype(g.dtype)
        return jnp.where(x >= y, share * g, 0), jnp.where(y >= x, share * g, 0)

    return rule(jnp.maximum, lambda x, y: (jnp.maximum(x, y), (x, y)), backward)


planted("maximum, ties counted twice", "where equal, both arguments get the whole cotangent",
        (normal(5), normal(5)), maximum_rule(0.5), maximum_rule(1.0),
        shows=lambda f, args: at(args[0], args[0])(f, args))  # fmt: skip


planted(
    "softplus, large inputs",
    "e^x / (1 + e^x) is ∞/∞ from 89 on (float32)",
    (normal(5),),
    slope(jax.nn.softplus, jax.nn.sigmoid),
    slope(jax.nn.softplus, lambda x: jnp.exp(x) / (1 + jnp.exp(x))),
    shows=at(np.array([800.0])),
)


def smooth_abs(x):
    return jnp.sqrt(x * x + 1e-4)


planted("smooth abs, small inputs", "the slope is the sign: eps forgotten, wrong below 0.03",
        (normal(5),), slope(smooth_abs, lambda x: x / smooth_abs(x)),
        slope(smooth_abs, jnp.sign), shows=at(np.array([0.01])))  # fmt: skip


def cbrt_slope(x):
    return 1 / (3 * jnp.cbrt(x) ** 2)


planted("cbrt, negative inputs", "x ** (2/3) is NaN below 0",
        (uniform(5, lo=0.5, hi=3),), slope(jnp.cbrt, cbrt_slope),
        slope(jnp.cbrt, lambda x: 1 / (3 * x ** (2 / 3))), shows=at(np.array([-8.0])))  # fmt: skip


planted("sigmoid in bfloat16", "the slope is computed in bfloat16 and cast back",
        (normal(6),), slope(jax.nn.sigmoid, lambda x: jax.nn.sigmoid(x) * jax.nn.sigmoid(-x)),
        slope(jax.nn.sigmoid, lambda x: (lambda s: (s * (1 - s)).astype(x.dtype))(
            jax.nn.sigmoid(x.astype(jnp.bfloat16)))))  # fmt: skip


def keeps_half(half):
    def forward(x):
        return x**3, x.astype(jnp.float16) if half else x

    def backward(kept, g):
        return (3 * kept.astype(g.dtype) ** 2 * g,)

    return rule(lambda x: x**3, forward, backward)


planted("cube, kept in float16", "the activation is kept in float16 to save memory",
        (normal(6),), keeps_half(False), keeps_half(True))  # fmt: skip


def difference_of_roots(x):
    return 1 / (jnp.sqrt(x + 1) + jnp.sqrt(x))


planted("difference of roots, cancellation", "the rule subtracts two nearly equal slopes",
        (uniform(5, lo=1, hi=10),),
        slope(difference_of_roots,
              lambda x: -0.5 * difference_of_roots(x) / (jnp.sqrt(x) * jnp.sqrt(x + 1))),
        slope(difference_of_roots, lambda x: 0.5 / jnp.sqrt(x + 1) - 0.5 / jnp.sqrt(x)),
        dtypes=("float32",), shows=at(np.array([1e5])),
        strategies=lambda gt, d: (gt.arrays(5, d, lo=1, hi=1e6),))  # fmt: skip


planted("erf by differences", "the rule takes a central difference with step 1e-4",
        (normal(5),), slope(jax.lax.erf, lambda x: 2 / np.sqrt(np.pi) * jnp.exp(-x * x)),
        slope(jax.lax.erf, lambda x: (jax.lax.erf(x + 1e-4) - jax.lax.erf(x - 1e-4)) / 2e-4),
        dtypes=("float32",))  # fmt: skip


def log_forward(eps):
    def forward(x):
        return jnp.log(x + eps), x

    return rule(lambda x: jnp.log(x + 1e-3), forward, lambda x, g: (g / (x + 1e-3),))


def _values(function, args):
    return jax.vjp(function, *args)[0]


planted("log, eps not in fwd", "fwd returns another value than the function: eps forgotten",
        (uniform(5, lo=0.2, hi=3),), log_forward(1e-3), log_forward(0.0), shows=_values,
        strategies=lambda gt, d: (gt.arrays(5, d, lo=0.2, hi=3),))  # fmt: skip


planted("swish, gate detached", "stop_gradient on the gate: a term of the product rule is lost",
        (normal(5),), lambda x: x * jax.nn.sigmoid(x),
        lambda x: x * jax.lax.stop_gradient(jax.nn.sigmoid(x)))  # fmt: skip


planted("sqrt behind a where", "where picks 0, and 0 · ∞ is NaN all the same",
        (uniform(5, lo=0.1, hi=2),),
        lambda x: jnp.where(x > 0.01, jnp.sqrt(jnp.where(x > 0.01, x, 1)), 10 * x),
        lambda x: jnp.where(x > 0.01, jnp.sqrt(x), 10 * x), shows=at(np.array([-1.0])))  # fmt: skip


planted(
    "exp behind a where",
    "the branch not taken overflows, and its gradient is NaN",
    (normal(5),),
    lambda x: jnp.where(x > 3, x, jnp.log1p(jnp.exp(jnp.where(x > 3, 0, x)))),
    lambda x: jnp.where(x > 3, x, jnp.log1p(jnp.exp(x))),
    shows=at(np.array([800.0])),
)


def modulo(slip):
    def backward(kept, g):
        x, m = kept
        turns = jnp.zeros_like(x) if slip else jnp.floor(x / m)
        return g, jnp.sum(-g * turns)

    return rule(jnp.mod, lambda x, m: (jnp.mod(x, m), (x, m)), backward)


planted("mod, divisor without gradient", "right in the first turn only: −⌊x/m⌋ is forgotten",
        (uniform(5, lo=0.2, hi=5), given(6.28)), modulo(False), modulo(True),
        shows=at(np.array([7.0, 15.0]), np.array(6.28)))  # fmt: skip


planted(
    "clip that lets all through",
    "outside the bounds the slope should be 0",
    (uniform(5, lo=-0.9, hi=0.9),),
    slope(partial(jnp.clip, min=-1, max=1), lambda x: (jnp.abs(x) <= 1) * 1.0),
    slope(partial(jnp.clip, min=-1, max=1), jnp.ones_like),
    shows=at(np.array([3.0])),
)


def power_slope(guarded):
    def backward(kept, g):
        x, n = kept
        slope = n * x ** jnp.where(n == 0, 1, n - 1) if guarded else n * x ** (n - 1)
        return g * slope, np.zeros(np.shape(n), jax.dtypes.float0)

    return rule(lambda x, n: x**n, lambda x, n: (x**n, (x, n)), backward)


planted("x ** n at n = 0, x = 0", "n · x ** (n − 1) is 0 · ∞; n is an integer argument",
        (normal(4), given(np.array([2, 3, 0, 1], np.int32))), power_slope(True), power_slope(False),
        shows=at(np.zeros(2), np.array([0, 1], np.int32)))  # fmt: skip


def loud(primals, tangents):
    (x,), (t,) = primals, tangents
    return jnp.sin(x), jnp.abs(jnp.cos(x)) * t


planted("sin, error propagated", "the forward rule has |cos x|, as for uncertainties",
        (normal(5, mean=0.5),),
        forward_rule(jnp.sin, lambda p, t: (jnp.sin(p[0]), jnp.cos(p[0]) * t[0])),
        forward_rule(jnp.sin, loud), shows=at(np.array([2.5])))  # fmt: skip
