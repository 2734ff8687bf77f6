"""Slips in how a rule treats its cotangent or its tangent."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from ..cases import forward_rule, normal, rule, uniform
from ..cases import planted as _planted
from ..witness import cotangent, gradient, tangent

planted = partial(_planted, family="cotangents")


def squares(slip):
    """The squares of the entries, with this done to the cotangent in the rule."""
    return rule(lambda x: x * x, lambda x: (x * x, x), lambda x, g: (slip(g) * 2 * x,))


SQUARES = squares(lambda g: g)


def total(slip):
    return rule(
        lambda x: jnp.sum(x**3), lambda x: (jnp.sum(x**3), x), lambda x, g: (slip(g) * 3 * x * x,)
    )


planted("squares, cotangent ignored", "right for a sum of the outputs only",
        (normal(5),), SQUARES, squares(jnp.ones_like))  # fmt: skip

planted("loss, cotangent ignored", "a scalar loss whose rule takes the cotangent to be 1",
        (normal(5),), total(lambda g: g), total(jnp.ones_like))  # fmt: skip

planted(
    "cotangent clipped at 5",
    "gradient clipping in the rule itself",
    (normal(5),),
    SQUARES,
    squares(lambda g: jnp.clip(g, -5, 5)),
    shows=cotangent(20.0),
)

planted(
    "cotangent clipped at 1000",
    "gradient clipping in the rule itself, far out",
    (normal(5),),
    SQUARES,
    squares(lambda g: jnp.clip(g, -1e3, 1e3)),
    shows=cotangent(1e4),
)

planted("cotangent clipped by norm", "a cotangent of norm over 10 is shortened to 10",
        (normal(5),), SQUARES,
        squares(lambda g: g * jnp.minimum(1, 10 / jnp.maximum(jnp.sqrt(jnp.sum(g * g)), 1e-6))),
        shows=cotangent(20.0))  # fmt: skip

planted("sign of the cotangent", "only the sign goes back",
        (normal(5),), SQUARES, squares(jnp.sign))  # fmt: skip

planted("zero cotangent is NaN", "it is divided by its norm, and multiplied again later",
        (normal(5),), SQUARES,
        squares(lambda g: (g / jnp.sqrt(jnp.sum(g * g))) * jnp.sqrt(jnp.sum(g * g))),
        shows=cotangent(0.0))  # fmt: skip

planted("small cotangents flushed", "entries under 1e-3 are taken for noise and set to 0",
        (normal(5),), SQUARES, squares(lambda g: jnp.where(jnp.abs(g) < 1e-3, 0, g)),
        shows=cotangent(1e-5))  # fmt: skip

planted("negative cotangents dropped", "guided backpropagation left on",
        (normal(5),), SQUARES, squares(jax.nn.relu))  # fmt: skip

planted("cotangent in float16", "overflows at 65504: a scaled loss gives ∞",
        (normal(5),), SQUARES,
        squares(lambda g: (g.astype(jnp.float16) * jnp.float16(1)).astype(g.dtype)),
        shows=cotangent(1e6))  # fmt: skip

planted("cotangent kept off by a constant", "weight decay added in the rule: not linear",
        (normal(5),), SQUARES, squares(lambda g: g + 1e-2))  # fmt: skip


def exp_with(jvp):
    return forward_rule(jnp.exp, lambda p, t: (jnp.exp(p[0]), jvp(p[0], t[0])))


planted("tangent's absolute value", "the forward rule is not linear: |t|",
        (normal(4),), exp_with(lambda x, t: jnp.exp(x) * t),
        exp_with(lambda x, t: jnp.exp(x) * jnp.abs(t)), shows=tangent)  # fmt: skip

planted("tangent squared", "the forward rule carries the next term of the Taylor series",
        (normal(4),), exp_with(lambda x, t: jnp.exp(x) * t),
        exp_with(lambda x, t: jnp.exp(x) * (t + 0.5 * t * t)), shows=tangent)  # fmt: skip


def shared(slip):
    """Value and norm of an array; the slip is in the cotangent of one output of the two."""

    def forward(x):
        return (jnp.sin(x), jnp.sum(x * x)), x

    def backward(x, g):
        wave, size = g
        return (wave * jnp.cos(x) + (0 if slip else size * 2 * x),)

    return rule(lambda x: forward(x)[0], forward, backward)


planted("second output forgotten", "only the first output's cotangent goes back",
        (normal(4),), shared(False), shared(True))  # fmt: skip


def gram(slip):
    def backward(x, g):
        return (2 * g @ x if slip else (g + g.T) @ x,)

    return rule(lambda x: x @ x.T, lambda x: (x @ x.T, x), backward)


planted("x xᵀ, cotangent taken as symmetric", "x stands there twice: 2 G x for (G + Gᵀ) x",
        (normal(3, 4),), gram(False), gram(True))  # fmt: skip


def times(slip):
    def backward(kept, g):
        x, y = kept
        # The slip: "if both are the same array, the derivative of x² is 2 x", for each of them.
        both = jnp.all(x == y) if slip else False
        return g * jnp.where(both, 2 * y, y), g * jnp.where(both, 2 * x, x)

    return rule(lambda x, y: x * y, lambda x, y: (x * y, (x, y)), backward)


planted("x · y, the same array twice", "f(x, x) is treated apart, and counted twice",
        (normal(4), normal(4)), times(False), times(True),
        shows=lambda f, args: gradient(f, (args[0], args[0])))  # fmt: skip


def hypot(slip):
    def backward(kept, g):
        x, y, r = kept
        r = jnp.where(r == 0, 1, r)
        return (g * y / r, g * x / r) if slip else (g * x / r, g * y / r)

    return rule(
        lambda x, y: jnp.sqrt(x * x + y * y),
        lambda x, y: (jnp.sqrt(x * x + y * y), (x, y, jnp.sqrt(x * x + y * y))),
        backward,
    )


planted(
    "hypot, gradients swapped",
    "two arguments of one shape: each gets the other's",
    (uniform(4, lo=0.5, hi=2), uniform(4, lo=0.5, hi=2)),
    hypot(False),
    hypot(True),
)


def log_density(slip):
    def value(x, mean, sigma):
        z = (x - mean) / sigma
        return -0.5 * z * z - jnp.log(sigma) - 0.5 * np.log(2 * np.pi)

    def backward(kept, g):
        x, mean, sigma = kept
        z = (x - mean) / sigma
        return -g * z / sigma, g * z / sigma, g * (z * z - (0 if slip else 1)) / sigma

    return rule(value, lambda *a: (value(*a), a), backward)


planted("normal density, a term forgotten", "the −1/σ of −log σ",
        (normal(4), normal(4), uniform(4, lo=0.5, hi=2)), log_density(False), log_density(True),
        strategies=lambda gt, d: (gt.arrays(4, d, lo=-3, hi=3), gt.arrays(4, d, lo=-3, hi=3),
                                  gt.arrays(4, d, lo=0.5, hi=2)))  # fmt: skip
