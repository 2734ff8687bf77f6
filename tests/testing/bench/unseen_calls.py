"""Bugs of sign, of small numbers, of the second derivative, and of a batch of weights."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.custom_batching import custom_vmap

from .blind_kit import WrongAt, apart, quick, ruled, values
from .unseen_kit import plant


def _power_plain(x):
    # The root of 0 has no slope, but what it is multiplied by is 0.
    return x * jnp.sqrt(jnp.where(x == 0, 0, jnp.abs(jnp.where(x == 0, 1, x))))


def _power(fault):
    def backward(x, ct):
        root = 1.5 * jnp.sqrt(jnp.abs(x))
        return (ct * (jnp.sign(x) * root if fault else root),)

    return ruled(_power_plain, lambda x: (_power_plain(x), x), backward)


def _spherical_plain(x):
    small = jnp.abs(x) < 0.5
    square = jnp.where(small, x, 0) ** 2
    series = 1.0
    for k in (12, 10, 8, 6, 4, 2):
        series = 1 - square / (k * (k + 1)) * series
    away = jnp.where(small, 1, x)
    return jnp.where(small, series, jnp.sin(away) / away)


def _spherical(fault):
    def slope(x):
        small = jnp.abs(x) < 0.1
        away = jnp.where(small, 1, x)
        square = x**2
        series = -x / 3 * (1 - square / 10 * (1 - square / 28 * (1 - square / 54)))
        flat = jnp.zeros_like(x) if fault else series
        return jnp.where(small, flat, (jnp.cos(away) - jnp.sin(away) / away) / away)

    return ruled(
        _spherical_plain, lambda x: (_spherical_plain(x), x), lambda x, ct: (ct * slope(x),)
    )


def _sine_plain(x):
    return jnp.sin(x)


def _sine(fault):
    # The two functions have each other for slopes, and one of them its sign.
    sine, cosine = jax.custom_jvp(jnp.sin), jax.custom_jvp(jnp.cos)
    sine.defjvp(lambda primals, moves: (sine(*primals), moves[0] * cosine(*primals)))
    sign = 1 if fault else -1
    cosine.defjvp(lambda primals, moves: (cosine(*primals), sign * moves[0] * sine(*primals)))
    return sine


def _curvature(fn):
    with jax.enable_x64(True):
        x = values(3)
        pair = [jax.jacfwd(jax.grad(lambda x, g=g: jnp.sum(g(x)))) for g in (fn, _sine_plain)]
        return apart(*(quick(second)(x) for second in pair))


def _layer_plain(weights, x):
    return jnp.tanh(weights @ x)


def _layer(fault):
    def pulled(weights, level, x, ct):
        inner = ct * (1 - level**2)
        return jnp.outer(inner, x), weights.T @ inner

    pull = pulled
    if fault:
        pull = custom_vmap(pulled)

        @pull.def_vmap
        def _(size, batched, weights, *rest):
            # The weights are the same for a whole batch; usually.
            weights = weights[0] if batched[0] else weights
            axes = (None, *(0 if one else None for one in batched[1:]))
            out = jax.vmap(pulled, axes, axis_size=size)(weights, *rest)
            return out, (True, True)

    def forward(weights, x):
        level = _layer_plain(weights, x)
        return level, (weights, level, x)

    return ruled(_layer_plain, forward, lambda kept, ct: pull(*kept, ct))


def _layers_in_a_batch(fn):
    weights, x = values(3, 2, 4), values(3, 4, seed=2)

    def batch(function):
        gradient = jax.grad(lambda w, at: jnp.sum(function(w, at) ** 2), argnums=(0, 1))
        return quick(jax.vmap(gradient))(weights, x)

    with jax.enable_x64(True):
        return apart(batch(fn), batch(_layer_plain))


PLANTS = [
    plant(
        "power_with_the_sign_of_x",
        "x times the root of |x| rises on both sides of 0, its slope here only on the right",
        _power,
        _power_plain,
        lambda draw: (draw.normal(6),),
        WrongAt(_power_plain, [-1.0, 0.5]),
    ),
    plant(
        "flat_at_small_numbers",
        "the slope of sin(x)/x, to avoid 0/0, is 0 for all |x| below 0.1",
        _spherical,
        _spherical_plain,
        lambda draw: (draw.normal(8, scale=2),),
        WrongAt(_spherical_plain, [0.05, 0.3, 2.0]),
    ),
    plant(
        "cosine_without_its_sign",
        "the rule of the slope's own function lacks a minus: the second derivative is negated",
        _sine,
        _sine_plain,
        lambda draw: (draw.normal(5),),
        _curvature,
    ),
    plant(
        "weights_of_the_first_in_a_batch",
        "the backward's rule for vmap takes the first weights for all, as if they were shared",
        _layer,
        _layer_plain,
        lambda draw: (draw.normal(2, 3), draw.normal(3)),
        _layers_in_a_batch,
    ),
]
