"""Correct functions with kinks, ties, plateaus and jumps at the arguments or near them."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from ..cases import correct as _correct
from ..cases import given, key, labels, normal, uniform

correct = partial(_correct, family="kinks")
kinked = partial(_correct, family="kinks", smooth=False)

ROUND = given(np.array([-1.0, 0.0, 0.0, 1.0, 2.0]))
TIES = given(np.array([[1.0, 1.0, 0.5], [2.0, 2.0, 2.0]]))


def huber(r):
    a = jnp.abs(r)
    return jnp.where(a <= 1, 0.5 * r * r, a - 0.5)


def hinge(x, y):
    return jnp.mean(jax.nn.relu(1 - x * (2 * y - 1)))


def one_norm(x):
    return jnp.sum(jnp.abs(x)) + 0.5 * jnp.sum(x * x)


def median_rows(x):
    return jnp.median(x, -1)


def top_two(x):
    return jax.lax.top_k(x, 2)


def pick(x):
    return x[jnp.argmax(x)] * jnp.sum(x)


def pool(x):
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (2,), (2,), "VALID")


def steps(x):
    return jnp.floor(3 * x), jnp.round(x), jnp.sign(x)


def counted(x):
    return jnp.sum(x * x), jnp.argmax(x), x > 0


def stairs(x):
    return jnp.where(x > 0.5, 2.0, jnp.where(x > -0.5, 1.0, 0.0)).astype(x.dtype) * jnp.sum(x)


def quantised(x):
    return x + 0.5 * jnp.floor(x)


def interpolated(x, y):
    return jnp.interp(x, np.linspace(-2, 2, y.size).astype(y.dtype), y)


def noisy(x, k):
    return jnp.maximum(x, jax.random.normal(k, x.shape, x.dtype))


def triplet(a, p, n):
    def far(x, y):
        return jnp.sum((x - y) ** 2, -1)

    return jnp.mean(jax.nn.relu(far(a, p) - far(a, n) + 0.5))


kinked("relu", jax.nn.relu, ROUND)
correct("relu of normal values", jax.nn.relu, normal(3, 4))
kinked("leaky relu", partial(jax.nn.leaky_relu, negative_slope=0.1), ROUND)
kinked("relu6", jax.nn.relu6, given(np.array([0.0, 3.0, 6.0, 7.0])))
kinked("abs", jnp.abs, ROUND)
kinked("abs by where", lambda x: jnp.where(x >= 0, x, -x), ROUND)
kinked("one-norm and two-norm", one_norm, ROUND)
kinked("maximum with ties", jnp.maximum, ROUND, ROUND)
kinked("minimum against 0", lambda x: jnp.minimum(x, 0), ROUND)
kinked("max of ties", lambda x: jnp.max(x, -1), TIES)
kinked("min of everything equal", jnp.min, given(np.ones(4)))
correct("max of normal values", partial(jnp.max, axis=-1), normal(4, 5))
kinked("max pooling with ties", pool, given(np.array([1.0, 1.0, 0.0, 2.0])))
correct("sort", jnp.sort, normal(6))
kinked("sort with ties", jnp.sort, given(np.array([2.0, 1.0, 1.0, 0.0])))
correct("top two", top_two, normal(3, 5))
# No three are equal: there JAX's derivative along one entry is 1, where the median stands still.
kinked("median with ties", median_rows, given(np.array([[1.0, 1.0, 0.5], [2.0, 2.0, 3.0]])))
correct("median of an even number", jnp.median, normal(6))
kinked("clip at its bounds", partial(jnp.clip, min=-1, max=1), ROUND)
correct("huber at its border", huber, ROUND)
kinked("hinge at its corner", hinge, given(np.array([1.0, -1.0, 0.3])), labels(3, below=2))
correct("steps", steps, normal(5))
correct("stairs times a sum", stairs, normal(4))
correct("a line with jumps", quantised, normal(4))
correct("argmax and signs beside a sum", counted, normal(5))
correct("gather at the argmax", pick, normal(5))
kinked("interpolation at its knots", interpolated, given(np.array([-1.0, 0.3, 1.0])), normal(5))
correct("maximum of noise by a key", noisy, normal(4), key(5))
correct("triplet loss", triplet, normal(4, 3), normal(4, 3), normal(4, 3))
correct("total variation", lambda x: jnp.sum(jnp.abs(jnp.diff(x))), normal(7))
kinked("logsumexp and max of ties", lambda x: jax.nn.logsumexp(5 * x, -1) - jnp.max(x, -1), TIES)
correct("chamfer distance", lambda a, b: jnp.sum(jnp.min(jnp.sum(
    (a[:, None] - b[None]) ** 2, -1), 1)), normal(4, 2), normal(3, 2))  # fmt: skip
correct("quantile", lambda x: jnp.quantile(x, 0.3), normal(6))
kinked("cummax with ties", jax.lax.cummax, given(np.array([1.0, 1.0, 0.5, 2.0])))
correct("uniform triangle wave", lambda x: jnp.abs(x - jnp.round(x)), uniform(5, lo=-2, hi=2))
