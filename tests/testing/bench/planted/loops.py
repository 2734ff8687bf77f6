"""Slips in loops, in steps, in trees of parameters, and in what goes through them."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from ..cases import given, key, normal, rule, uniform
from ..cases import planted as _planted
from ..witness import at, second

planted = partial(_planted, family="loops")


def recurrent(detach):
    def last(w, xs):
        def step(h, x):
            return jnp.tanh(w @ (jax.lax.stop_gradient(h) if detach else h) + x), None

        return jax.lax.scan(step, jnp.zeros_like(xs[0]), xs)[0]

    return last


planted("scan, carry detached", "the gradient through time is cut at every step",
        (normal(3, 3, scale=0.5), normal(4, 3)), recurrent(False), recurrent(True))  # fmt: skip


def gru(path):
    def value(h, z, n):
        return (1 - z) * n + z * h

    def backward(kept, g):
        h, z, n = kept
        return g * z, g * ((h - n) if path else h), g * (1 - z)

    return rule(value, lambda *a: (value(*a), a), backward)


planted("gate, one path forgotten", "z is in two products: the one with n is forgotten",
        (normal(4), uniform(4), normal(4)), gru(True), gru(False))  # fmt: skip


def average(after):
    """An exponential average over a series: the rule keeps every state."""

    def run(a, xs):
        def step(h, x):
            new = a * h + (1 - a) * x
            return new, (h, new)

        return jax.lax.scan(step, jnp.zeros_like(xs[0]), xs)

    def forward(a, xs):
        last, (before, behind) = run(a, xs)
        return last, (a, xs, behind if after else before)

    def backward(kept, g):
        a, xs, states = kept

        def step(carry, row):
            g, to_a = carry
            x, h = row
            return (a * g, to_a + jnp.sum(g * (h - x))), (1 - a) * g

        (_, to_a), to_x = jax.lax.scan(step, (g, jnp.zeros_like(a)), (xs, states), reverse=True)
        return to_a, to_x

    return rule(lambda a, xs: run(a, xs)[0], forward, backward)


planted("moving average, kept too late", "the state is kept after the update",
        (given(0.7), normal(4, 2)), average(False), average(True))  # fmt: skip


def settle(w, x):
    """Where y = tanh(W y + x) comes to rest; W is made small enough for it to do so."""
    w = 0.5 * w / jnp.sqrt(1 + jnp.sum(w * w))
    return jax.lax.fori_loop(0, 60, lambda i, y: jnp.tanh(w @ y + x), jnp.zeros_like(x))


def rest(solve):
    def once(w, x, y):
        return jnp.tanh(0.5 * w / jnp.sqrt(1 + jnp.sum(w * w)) @ y + x)

    def backward(kept, g):
        w, x, y = kept
        if solve:
            jacobian = jax.jacobian(once, 2)(w, x, y)
            g = jnp.linalg.solve((jnp.eye(len(y), dtype=y.dtype) - jacobian).T, g)
        return jax.vjp(lambda w, x: once(w, x, y), w, x)[1](g)

    def forward(w, x):
        y = settle(w, x)
        return y, (w, x, y)

    return rule(settle, forward, backward)


planted("fixed point, one step only", "(I − J)⁻¹ is forgotten",
        (normal(3, 3), normal(3)), rest(True), rest(False))  # fmt: skip


def network(slip):
    def value(p, x):
        return jnp.tanh(x @ p["inner"]) @ p["outer"] + p["bias"]

    def backward(kept, g):
        p, x = kept
        h = jnp.tanh(x @ p["inner"])
        back = (g @ p["outer"].T) * (1 - h * h)
        bias = jnp.sum(g, 0)
        grads = {"inner": x.T @ back, "outer": h.T @ g, "bias": bias}
        if slip == "zeros":
            grads["bias"] = jnp.zeros_like(bias)
        if slip == "swapped":
            grads["inner"], grads["outer"] = grads["outer"], grads["inner"]
        return grads, back @ p["inner"].T

    return rule(value, lambda p, x: (value(p, x), (p, x)), backward)


WEIGHTS = {"inner": normal(3, 3), "outer": normal(3, 3), "bias": normal(3)}
planted("network, bias without gradient", "a leaf of the tree gets zeros",
        (WEIGHTS, normal(4, 3)), network(""), network("zeros"))  # fmt: skip
planted("network, leaves swapped", "two leaves of one shape, in another order",
        (WEIGHTS, normal(4, 3)), network(""), network("swapped"))  # fmt: skip


def dropout(again):
    def value(x, k):
        return jnp.where(jax.random.bernoulli(k, 0.5, x.shape), 2 * x, 0)

    def backward(k, g):
        used = jax.random.fold_in(k, 1) if again else k
        return value(g, used), np.zeros(k.shape, jax.dtypes.float0)

    return rule(value, lambda x, k: (value(x, k), k), backward)


planted("dropout, another mask", "the key is split once more before the mask of backward",
        (normal(12), key(3)), dropout(False), dropout(True))  # fmt: skip


def two_sided(same):
    def value(x):
        return jax.lax.cond(jnp.sum(x) > 0, lambda x: x * x, lambda x: -3 * x, x)

    def backward(x, g):
        slope = jax.lax.cond(jnp.sum(x) > 0, lambda x: 2 * x,
                             lambda x: jnp.full_like(x, 3.0 if same else -3.0), x)  # fmt: skip
        return (g * slope,)

    return rule(value, lambda x: (value(x), x), backward)


planted("cond, sign of the other branch", "right while the sum is positive",
        (uniform(4, lo=0.2, hi=2),), two_sided(False), two_sided(True),
        shows=at(np.array([-1.0, -2.0])))  # fmt: skip


def table(clamp):
    """A table looked up between its knots, and held beyond its ends."""

    def knots(x):
        return jnp.linspace(-2, 2, 5, dtype=x.dtype)

    def cell(x):
        return jnp.clip(jnp.searchsorted(knots(x), x) - 1, 0, 3)

    def value(x, y):
        i, y = cell(x), jnp.asarray(y)
        t = jnp.clip(x - knots(x)[i], 0, 1)
        return y[i] * (1 - t) + y[i + 1] * t

    def backward(kept, g):
        x, y = jax.tree.map(jnp.asarray, kept)  # NumPy's arrays take no traced index
        i = cell(x)
        t = jnp.clip(x - knots(x)[i], 0, 1)
        inside = (jnp.abs(x) <= 2) if clamp else True
        zeros = jnp.zeros_like(y)
        to_y = zeros.at[i].add(g * (1 - t)).at[i + 1].add(g * t)
        return jnp.where(inside, g * (y[i + 1] - y[i]), 0), to_y

    return rule(value, lambda x, y: (value(x, y), (x, y)), backward)


planted("table, slope beyond the ends", "the last cell's slope goes on where the value is held",
        (uniform(4, lo=-1.9, hi=1.9), normal(5)), table(True), table(False),
        shows=at(np.array([3.0]), np.arange(5.0) ** 2))  # fmt: skip


def gaussian_divergence(slip):
    def value(m, s):
        return 0.5 * jnp.sum(jnp.exp(s) + m * m - 1 - s)

    def backward(kept, g):
        m, s = kept
        return g * m, g * 0.5 * (jnp.exp(s) - (0 if slip else 1))

    return rule(value, lambda m, s: (value(m, s), (m, s)), backward)


planted("KL divergence, a term forgotten", "the −s of the log-variance",
        (normal(4), normal(4)), gaussian_divergence(False), gaussian_divergence(True))  # fmt: skip


@jax.custom_jvp
def bell(x):
    return jnp.exp(-x * x)


bell.defjvp(lambda p, t: (bell(p[0]), -p[0] * bell(p[0]) * t[0]))


def primitive(inner):
    return rule(lambda x: 0.5 * np.sqrt(np.pi) * jax.lax.erf(x),
                lambda x: (0.5 * np.sqrt(np.pi) * jax.lax.erf(x), x),
                lambda x, g: (g * inner(x),))  # fmt: skip


planted(
    "erf, second derivative",
    "the rule calls a bell curve whose own rule has lost a 2",
    (normal(4),),
    primitive(lambda x: jnp.exp(-x * x)),
    primitive(bell),
    shows=second,
)


def tanh_rule(detach):
    def forward(x):
        y = jnp.tanh(x)
        return y, jax.lax.stop_gradient(y) if detach else y

    return rule(jnp.tanh, forward, lambda y, g: (g * (1 - y * y),))


planted("tanh, second derivative is 0", "the kept output is detached",
        (normal(4),), tanh_rule(False), tanh_rule(True), shows=second)  # fmt: skip


def penalty(detach):
    def loss(w, x):
        slope = jax.grad(lambda v: jnp.sum(jnp.tanh(v @ w)))(x)
        size = jnp.sqrt(jnp.sum(slope * slope) + 1e-3)
        return (size - 1) ** 2 if not detach else jax.lax.stop_gradient(2 * (size - 1)) * size

    return loss


def swapped_value(function):
    """The loss with this gradient, and the value of the loss that is right."""
    return rule(penalty(False), lambda *a: (penalty(False)(*a), a),
                lambda a, g: jax.vjp(function, *a)[1](g))  # fmt: skip


planted("gradient penalty, second derivative", "the outer derivative is frozen: wrong from 2 on",
        (normal(3, 3), normal(3)), swapped_value(penalty(False)), swapped_value(penalty(True)),
        shows=second)  # fmt: skip


def long_product(forget):
    def backward(kept, g):
        xs, before = kept
        gs = g[::-1]

        def step(carry, row):
            g_out, x, h = row
            total = g_out + carry
            return (g_out if forget else total) * x, total * h

        _, out = jax.lax.scan(step, jnp.zeros_like(g[0]), (gs, xs[::-1], before[::-1]))
        return (out[::-1],)

    def forward(xs):
        out = jnp.cumprod(xs)
        return out, (xs, jnp.concatenate([jnp.ones(1, xs.dtype), out[:-1]]))

    return rule(jnp.cumprod, forward, backward)


planted("cumprod, carry replaced", "the carry of the backward scan is replaced, not added to",
        (uniform(5, lo=0.5, hi=1.5),), long_product(False), long_product(True))  # fmt: skip
