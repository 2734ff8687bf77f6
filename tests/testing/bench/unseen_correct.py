"""Correct functions of every kind: saturating, of matrices, of trees, looping, with right rules."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .unseen_kit import right, with_zeros


def product_of_rows(x):
    return jnp.prod(x, axis=1)


def running_product(x):
    return jnp.cumprod(x)


def whole_powers(x):
    return x[:, None] ** jnp.arange(4)


def saturated(x):
    return (
        jax.nn.softplus(x) - jax.nn.relu(x) + jax.nn.sigmoid(x) * jax.lax.erf(x) + jnp.tanh(3 * x)
    )


def binary_entropy(logits, labels):
    # The usual max(x, 0) + log1p(exp(-|x|)) has a slope at 0 that JAX gets wrong by a half.
    return (jax.nn.softplus(logits) - logits * labels).mean()


def log_of_the_rest(x):
    amount = x**2 + 0.1
    little = amount < math.log(2)
    by_difference = jnp.log(-jnp.expm1(-jnp.where(little, amount, 1)))
    return jnp.where(little, by_difference, jnp.log1p(-jnp.exp(-jnp.where(little, 1, amount))))


def masked_shares(scores, mask):
    seen = mask | jnp.eye(*mask.shape, dtype=bool)
    return jax.nn.softmax(jnp.where(seen, scores, -jnp.inf), axis=1)


def determinant(x):
    return jnp.linalg.det(x)


def _definite(x):
    return x @ x.T + jnp.eye(x.shape[0], dtype=x.dtype)


def solution(x, b):
    return jnp.linalg.solve(_definite(x), b)


def tanh_of_levels(x):
    return jnp.sum(jnp.tanh(jnp.linalg.eigvalsh((x + x.T) / 2)))


def squared_triangle(x):
    upper = jnp.linalg.qr(jnp.concatenate([x, jnp.eye(x.shape[1], dtype=x.dtype)]))[1]
    return upper.T @ upper


def sampled(mean, log_spread, key):
    return mean + jax.nn.softplus(log_spread) * jax.random.normal(key, mean.shape, mean.dtype)


def layer_on_no_rows(x, weights):
    return jnp.sum(x @ weights, axis=0) + jnp.sum(weights, axis=0)


def one_number(x):
    return x * jnp.cos(x)


class Line(NamedTuple):
    slope: jax.Array
    offset: jax.Array


def line_among_nothing(params, x):
    line = params["line"]
    return {"y": line.slope * x + line.offset, "nothing": (), "count": jnp.int32(x.size)}


def power_spectrum(x):
    wave = jnp.fft.fft(x)
    return (wave * jnp.conj(wave)).real, jnp.fft.rfft(x.real).imag


def convolved(image, kernel):
    return jax.lax.conv_general_dilated(
        image, kernel, (2, 1), "SAME", feature_group_count=image.shape[1]
    )


def recurrent(weights, xs):
    def step(state, x):
        state = jnp.tanh(weights @ state + x)
        return state, state.sum()

    return jax.lax.scan(step, jnp.zeros_like(xs[0]), xs)


@jax.custom_jvp
def kepler(mean):
    """The E of E - sin(E) / 2 = M, as long as a step of Newton's changes anything."""

    def go_on(state):
        _, change, count = state
        return (count < 30) & jnp.any(jnp.abs(change) > 0)

    def step(state):
        at, _, count = state
        change = (at - jnp.sin(at) / 2 - mean) / (1 - jnp.cos(at) / 2)
        return at - change, change, count + 1

    return jax.lax.while_loop(go_on, step, (mean, jnp.ones_like(mean), 0))[0]


@kepler.defjvp
def _kepler_jvp(primals, tangents):
    at = kepler(*primals)
    return at, tangents[0] / (1 - jnp.cos(at) / 2)


def switched(which, x):
    chosen = jax.lax.switch(which, [jnp.sin, jnp.tanh, lambda x: x**2], x)
    return jax.lax.cond(x.sum() > 0, lambda y: y * x.sum(), jnp.zeros_like, chosen)


def indexed_entropy(logits, labels):
    logs = jax.nn.log_softmax(logits)
    return -logs[jnp.arange(labels.size), labels].mean()


def group_norm(x, gain):
    groups = x.reshape(x.shape[0], 2, -1)
    centred = groups - groups.mean(axis=2, keepdims=True)
    scale = jax.lax.rsqrt((centred**2).mean(axis=2, keepdims=True) + 1e-2)
    return (centred * scale).reshape(x.shape) * gain


def causal_attention(q, k, v):
    scores = q @ k.T / math.sqrt(q.shape[1])
    seen = jnp.tril(jnp.ones(scores.shape, bool))
    return jax.nn.softmax(jnp.where(seen, scores, -jnp.inf), axis=1) @ v


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _applied(function, x):
    return function(x) * x


def _applied_forward(function, x):
    return _applied(function, x), x


def _applied_backward(function, x, ct):
    value, slope = jax.jvp(function, (x,), (jnp.ones_like(x),))
    return (ct * (value + x * slope),)


_applied.defvjp(_applied_forward, _applied_backward)


@jax.custom_jvp
def _bump(x):
    return 1 / (1 + x**2)


@_bump.defjvp
def _bump_jvp(primals, tangents):
    y = _bump(*primals)
    return y, -2 * primals[0] * y**2 * tangents[0]


def rules_in_rules(x):
    return jax.vmap(lambda row: _applied(_bump, row))(x)


def shifted_by_its_top(x):
    # The shift cancels, and so do its slopes, so that it may be taken for constant.
    top = jax.lax.stop_gradient(x.max(axis=1, keepdims=True))
    return jnp.log(jnp.sum(jnp.exp(x - top), axis=1)) + top[:, 0]


def recomputed_layers(weights, x):
    @jax.checkpoint
    def layer(w, x):
        return jnp.tanh(x @ w)

    return layer(weights[1], layer(weights[0], x)).sum(axis=1)


def table_in_bfloat16(table, ids, x):
    return jnp.sin(table[ids].astype(x.dtype) + x)


def student(x, log_freedom):
    freedom = jax.nn.softplus(log_freedom) + 1
    norm = jax.lax.lgamma((freedom + 1) / 2) - jax.lax.lgamma(freedom / 2)
    tail = (freedom + 1) / 2 * jnp.log1p(x**2 / freedom)
    return norm - jnp.log(freedom * math.pi) / 2 - tail


def _line(draw):
    return {"line": Line(draw.normal(4), draw.normal()), "frozen": {}, "none": None}


CORRECT = [
    right(product_of_rows, lambda draw: (with_zeros(draw, 3, 4),)),
    right(running_product, lambda draw: (with_zeros(draw, 5),)),
    right(whole_powers, lambda draw: (with_zeros(draw, 5),)),
    right(saturated, lambda draw: (draw.normal(8, scale=10),)),
    right(binary_entropy, lambda draw: (draw.normal(6, scale=5), draw.uniform(0, 1, 6))),
    right(log_of_the_rest, lambda draw: (draw.normal(8),)),
    right(masked_shares, lambda draw: (draw.normal(4, 4), draw.integers(0, 2, 4, 4) > 0)),
    right(determinant, lambda draw: (draw.normal(3, 3),)),
    right(solution, lambda draw: (draw.normal(3, 3), draw.normal(3))),
    right(tanh_of_levels, lambda draw: (draw.normal(3, 3),)),
    right(squared_triangle, lambda draw: (draw.normal(3, 2),)),
    right(sampled, lambda draw: (draw.normal(5), draw.normal(5), jax.random.key(3))),
    right(layer_on_no_rows, lambda draw: (draw.normal(0, 3), draw.normal(3, 2))),
    right(one_number, lambda draw: (draw.normal(),)),
    right(line_among_nothing, lambda draw: (_line(draw), draw.normal(4))),
    right(power_spectrum, lambda draw: (draw.complex(6),)),
    right(convolved, lambda draw: (draw.normal(1, 2, 4, 4), draw.normal(4, 1, 3, 2))),
    right(recurrent, lambda draw: (draw.normal(3, 3, scale=0.5), draw.normal(5, 3))),
    right(kepler, lambda draw: (draw.normal(5, scale=2),)),
    right(switched, lambda draw: (np.int32(1), draw.normal(4))),
    right(indexed_entropy, lambda draw: (draw.normal(5, 4), draw.integers(0, 4, 5))),
    right(group_norm, lambda draw: (draw.normal(3, 8), draw.constant(1.0, 8))),
    right(causal_attention, lambda draw: tuple(draw.normal(4, 3) for _ in range(3))),
    right(rules_in_rules, lambda draw: (draw.normal(3, 4),)),
    right(shifted_by_its_top, lambda draw: (draw.normal(3, 5),)),
    right(recomputed_layers, lambda draw: (draw.normal(2, 3, 3), draw.normal(4, 3))),
    right(
        table_in_bfloat16,
        lambda draw: (
            draw.normal(4, 3).astype(jnp.bfloat16),
            draw.integers(0, 4, 5),
            draw.normal(5, 3),
        ),
    ),
    right(student, lambda draw: (draw.normal(6, scale=2), draw.normal(6))),
]
