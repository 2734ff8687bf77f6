"""Bugs in layers: an output that few use, one leaf of many, a mask aligned at the other end."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import SymbolicZero

from .blind_kit import Plant, WrongAt, apart, ruled, values


def _layer_norm_plain(x, gain, bias):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5) * gain + bias


def _layer_norm(fault):
    def forward(x, gain, bias):
        return _layer_norm_plain(x, gain, bias), (x, gain)

    def backward(kept, ct):
        x, gain = kept
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred**2).mean(axis=-1, keepdims=True)
        scale = 1 / (jnp.sqrt(variance) + 1e-5) if fault else jax.lax.rsqrt(variance + 1e-5)
        normal, inner = centred * scale, ct * gain
        along = normal * (inner * normal).mean(axis=-1, keepdims=True)
        dx = scale * (inner - inner.mean(axis=-1, keepdims=True) - along)
        return dx, (ct * normal).sum(axis=0), ct.sum(axis=0)

    return ruled(_layer_norm_plain, forward, backward)


def _batch_norm_plain(x):
    mean, variance = x.mean(axis=0), x.var(axis=0)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-3), mean, variance


def _batch_norm(fault):
    def forward(x):
        return _batch_norm_plain(x), x

    def backward(x, cts):
        ct, ct_mean, ct_variance = cts
        mean, variance = x.mean(axis=0), x.var(axis=0)
        scale = jax.lax.rsqrt(variance + 1e-3)
        normal = (x - mean) * scale
        dx = scale * (ct - ct.mean(axis=0) - normal * (ct * normal).mean(axis=0))
        dx = dx + ct_mean / x.shape[0]
        return (dx if fault else dx + ct_variance * 2 * (x - mean) / x.shape[0],)

    return ruled(_batch_norm_plain, forward, backward)


def _gelu_plain(x):
    return 0.5 * x * (1 + jax.lax.erf(x / math.sqrt(2)))


def _gelu(fault):
    def slope_by_tanh(x):
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        bend = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
        level = jnp.tanh(inner)
        return 0.5 * (1 + level) + 0.5 * x * (1 - level**2) * bend

    def slope(x):
        bell = jnp.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)
        return 0.5 * (1 + jax.lax.erf(x / math.sqrt(2))) + x * bell

    used = slope_by_tanh if fault else slope
    return ruled(_gelu_plain, lambda x: (_gelu_plain(x), x), lambda x, ct: (ct * used(x),))


def _gates(params, x, h):
    left = jnp.split(x @ params["w_in"] + params["b_in"], 3)
    right = jnp.split(h @ params["w_hidden"] + params["b_hidden"], 3)
    reset, update = (jax.nn.sigmoid(left[i] + right[i]) for i in (0, 1))
    return reset, update, jnp.tanh(left[2] + reset * right[2]), right[2]


def _gru_plain(params, x, h):
    _, update, new, _ = _gates(params, x, h)
    return (1 - update) * new + update * h


def _gru(fault):
    def forward(params, x, h):
        return _gru_plain(params, x, h), (params, x, h)

    def backward(kept, ct):
        params, x, h = kept
        reset, update, new, inner = _gates(params, x, h)
        d_new = ct * (1 - update) * (1 - new**2)
        d_update = ct * (h - new) * update * (1 - update)
        d_reset = d_new * inner * reset * (1 - reset)
        left = jnp.concatenate([d_reset, d_update, d_new])
        right = jnp.concatenate([d_reset, d_update, d_new * reset])
        d_params = {
            "w_in": jnp.outer(x, left),
            "b_in": left,
            "w_hidden": jnp.outer(h, right),
            "b_hidden": left if fault else right,
        }
        return d_params, params["w_in"] @ left, params["w_hidden"] @ right + ct * update

    return ruled(_gru_plain, forward, backward)


def _gru_args(normal):
    shapes = {"w_in": (3, 12), "b_in": (12,), "w_hidden": (4, 12), "b_hidden": (12,)}
    return {name: normal(*shape) for name, shape in shapes.items()}, normal(3), normal(4)


def _dropout_plain(x, key):
    return jnp.where(jax.random.bernoulli(key, 0.5, x.shape), 2 * x, 0)


def _dropout(fault):
    def backward(key, ct):
        again = jax.random.split(key)[0] if fault else key
        return _dropout_plain(ct, again), None

    return ruled(_dropout_plain, lambda x, key: (_dropout_plain(x, key), key), backward)


def _dense_plain(x, w):
    return x @ w


def _dense(fault):
    def forward(x, w):
        # To keep only what is needed is the point: x for the gradient of w, and w for that of x.
        first, second = (x, w) if fault else (w, x)
        kept_x = x.value if first.perturbed else None
        kept_w = w.value if second.perturbed else None
        return x.value @ w.value, (kept_x, kept_w, jnp.zeros_like(x.value), jnp.zeros_like(w.value))

    def backward(kept, ct):
        x, w, no_x, no_w = kept
        if isinstance(ct, SymbolicZero):
            return no_x, no_w
        return no_x if w is None else ct @ w.T, no_w if x is None else x.T @ ct

    return ruled(_dense_plain, forward, backward, symbolic_zeros=True)


def _dense_with_frozen_input(fn):
    x, w = values(5, 3), values(3, 4, seed=2)

    def gradient_of_w(function):
        return jax.grad(lambda weights: jnp.sum(jnp.sin(function(x, weights))))(w)

    with jax.enable_x64(True):
        return apart(gradient_of_w(fn), gradient_of_w(_dense_plain))


def _shares(q, k, lead):
    ahead = jnp.arange(k.shape[0])[None, :] - jnp.arange(q.shape[0])[:, None]
    scores = jnp.where(ahead <= lead, q @ k.T / math.sqrt(q.shape[1]), -jnp.inf)
    top = scores.max(axis=1, keepdims=True)
    weights = jnp.exp(scores - jnp.where(jnp.isfinite(top), top, 0))
    total = weights.sum(axis=1, keepdims=True)
    return weights / jnp.where(total == 0, 1, total)


def _attention_plain(q, k, v):
    return _shares(q, k, k.shape[0] - q.shape[0]) @ v


def _attention(fault):
    def forward(q, k, v):
        return _attention_plain(q, k, v), (q, k, v)

    def backward(kept, ct):
        q, k, v = kept
        # The last query sees the last key; the bug lets the first query see the first key only.
        shares = _shares(q, k, 0 if fault else k.shape[0] - q.shape[0])
        d_shares = ct @ v.T
        d_scores = shares * (d_shares - (shares * d_shares).sum(axis=1, keepdims=True))
        d_scores = d_scores / math.sqrt(q.shape[1])
        return d_scores @ k, d_scores.T @ q, shares.T @ ct

    return ruled(_attention_plain, forward, backward)


def _attention_strategies(gt, dtype):
    queries, keys = gt.dims("queries", 1, 6), gt.dims("keys", 1, 6)
    return tuple(gt.arrays((n, 4), dtype) for n in (queries, keys, keys))


PLANTS = [
    Plant(
        "layer_norm_epsilon_outside",
        "the backward adds epsilon to the deviation, the forward to the variance",
        _layer_norm,
        _layer_norm_plain,
        lambda draw: (draw.normal(4, 16), draw.uniform(0.5, 1.5, 16), draw.normal(16)),
        WrongAt(_layer_norm_plain, values(4, 16, scale=0.01), values(16, seed=2), np.zeros(16)),
    ),
    Plant(
        "batch_norm_variance_unheard",
        "the third output, the batch's variance, sends no gradient back",
        _batch_norm,
        _batch_norm_plain,
        lambda draw: (draw.normal(12, 5),),
        WrongAt(_batch_norm_plain, values(12, 5)),
    ),
    Plant(
        "gelu_of_two_forms",
        "the value is the exact form's, the slope that of the approximation by tanh",
        _gelu,
        _gelu_plain,
        lambda draw: (draw.normal(10),),
        WrongAt(_gelu_plain, [2.0, -1.0, 0.5]),
    ),
    Plant(
        "gru_hidden_bias",
        "the hidden bias of the candidate lacks the reset gate: one third of one leaf",
        _gru,
        _gru_plain,
        lambda draw: _gru_args(lambda *shape: draw.normal(*shape, scale=0.5)),
        WrongAt(_gru_plain, *_gru_args(values)),
    ),
    Plant(
        "dropout_with_another_mask",
        "the backward splits the key once more, and drops other entries",
        _dropout,
        _dropout_plain,
        lambda draw: (draw.normal(6, 8), np.array([0, 42], np.uint32)),
        WrongAt(_dropout_plain, values(6, 8), np.array([0, 1], np.uint32)),
    ),
    Plant(
        "dense_keeps_the_wrong_half",
        "which residual to keep is asked of the wrong argument: with one frozen, the other gets 0",
        _dense,
        _dense_plain,
        lambda draw: (draw.normal(5, 3), draw.normal(3, 4)),
        _dense_with_frozen_input,
    ),
    Plant(
        "attention_mask_at_the_other_end",
        "the backward's causal mask is aligned top left, the forward's bottom right",
        _attention,
        _attention_plain,
        lambda draw: (draw.normal(5, 4), draw.normal(5, 4), draw.normal(5, 4)),
        WrongAt(_attention_plain, values(3, 4), values(5, 4, seed=2), values(5, 4, seed=3)),
        _attention_strategies,
    ),
]
