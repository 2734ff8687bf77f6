"""`jax.random`: draws as functions of the distribution's parameters, at a key that stays.

Gamma, beta and Dirichlet draws are absent: what JAX differentiates there is the quantile function,
which keeps the distribution, not the rejection sampler that it runs.
"""

import jax

from ..table import row, within
from ..values import POSITIVE, SPD, M, V, W

KEY = jax.random.key(7)

row("jax.random.uniform", KEY, V, W + 3, call=lambda f, k, lo, hi: f(k, (4,), minval=lo, maxval=hi))
row("jax.random.uniform", jax.random.PRNGKey(7), SPD[0], label="a raw key",
    call=lambda f, k, lo: f(k, (3,), minval=lo, maxval=9.0))  # fmt: skip
row("jax.random.normal", KEY, V, POSITIVE, call=lambda f, k, mean, std: mean + std * f(k, (4,)))
row("jax.random.truncated_normal", KEY, POSITIVE, call=lambda f, k, bound: f(k, -bound, bound),
    strategies=within("given, positive", KEY, POSITIVE))  # fmt: skip
row("jax.random.multivariate_normal", KEY, V[:3], SPD,
    strategies=lambda gt: (gt.keys(), gt.arrays(3), gt.arrays((3, 3), spd=True)))  # fmt: skip
row("jax.random.permutation", KEY, M)
row("jax.random.choice", KEY, V, shape=(2,))
row("jax.random.bernoulli", KEY, V, label="dropout", call=lambda f, k, x: f(k, 0.5, (4,)) * x / 0.5)
row("jax.random.gumbel", KEY, M, label="softmax",
    call=lambda f, k, logits: jax.nn.softmax(logits + f(k, logits.shape)))  # fmt: skip
row("jax.random.exponential", KEY, POSITIVE, call=lambda f, k, rate: f(k, (4,)) / rate)
row("jax.random.pareto", KEY, POSITIVE)
row("jax.random.rayleigh", KEY, POSITIVE)
