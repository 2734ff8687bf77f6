"""Bugs in attention: the cap, the bias, the dropped shares, merging, and the rotary tables."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np

from .blind_kit import WrongAt, recomputed, ruled, values
from .unseen_kit import plant


def _scores(q, k):
    return jnp.einsum("...qd,...kd->...qk", q, k) / math.sqrt(q.shape[-1])


CAP = 30


def _capped_plain(q, k, v):
    return jax.nn.softmax(CAP * jnp.tanh(_scores(q, k) / CAP)) @ v


def _capped(fault):
    def again(q, k, v):
        scores = _scores(q, k)
        capped = CAP * jnp.tanh(scores / CAP)
        if fault:  # The cap's value without its slope, which is nearly 1 for small scores.
            capped = scores + jax.lax.stop_gradient(capped - scores)
        return jax.nn.softmax(capped) @ v

    return recomputed(_capped_plain, again)


def _distances(scores):
    rows, columns = (jnp.arange(size) for size in scores.shape[-2:])
    return jnp.abs(rows[:, None] - columns[None, :]).astype(scores.dtype)


def _biased_plain(q, k, v, steepness):
    scores = _scores(q, k)
    return jax.nn.softmax(scores - steepness[:, None, None] * _distances(scores)) @ v


def _biased(fault):
    def again(q, k, v, steepness):
        scores = _scores(q, k)
        bias = steepness[:, None, None] * _distances(scores)
        if fault:  # The shares are computed without it; its own gradient is not forgotten.
            bias = bias - jax.lax.stop_gradient(bias)
        return jax.nn.softmax(scores - bias) @ v

    return recomputed(_biased_plain, again)


def _dropped_plain(q, k, v, key):
    shares = jax.nn.softmax(_scores(q, k))
    return jnp.where(jax.random.bernoulli(key, 0.8, shares.shape), shares / 0.8, 0) @ v


def _dropped(fault):
    def backward(args, ct):
        q, k, v, key = args
        shares = jax.nn.softmax(_scores(q, k))
        keep = jax.random.bernoulli(key, 0.8, shares.shape)
        d_shares = jnp.where(keep, ct @ v.T, 0)
        if not fault:
            d_shares = d_shares / 0.8
        d_scores = shares * (d_shares - (shares * d_shares).sum(axis=1, keepdims=True))
        d_scores = d_scores / math.sqrt(q.shape[1])
        return d_scores @ k, d_scores.T @ q, jnp.where(keep, shares / 0.8, 0).T @ ct, None

    return ruled(_dropped_plain, lambda *args: (_dropped_plain(*args), args), backward)


def _merged_plain(first, first_log, second, second_log):
    log = jnp.logaddexp(first_log, second_log)
    share = jnp.exp(first_log - log)[:, None]
    return share * first + (1 - share) * second, log


def _merged(fault):
    def again(first, first_log, second, second_log):
        log = jnp.logaddexp(first_log, second_log)
        share = jnp.exp(first_log - log)[:, None]
        if fault:
            share = jax.lax.stop_gradient(share)
        return share * first + (1 - share) * second, log

    return recomputed(_merged_plain, again)


def _turned(x):
    if x.shape[-1] % 2:
        raise ValueError(f"pairs are rotated: there must be an even number, not {x.shape[-1]}")
    half = x.shape[-1] // 2
    return jnp.concatenate([-x[..., half:], x[..., :half]], axis=-1)


def _rotary_plain(x, cosines, sines):
    return x * cosines + _turned(x) * sines


def _rotary(fault):
    def backward(kept, ct):
        x, cosines, sines = kept
        # The two orders agree where both halves of the table are the same, as they usually are.
        back = _turned(ct) * sines if fault else _turned(ct * sines)
        return ct * cosines - back, ct * x, ct * _turned(x)

    return ruled(_rotary_plain, lambda *args: (_rotary_plain(*args), args), backward)


def _rotary_args(draw):
    angles = np.arange(5)[:, None] / np.array([1.0, 10.0])
    angles = np.concatenate([angles, angles], axis=1)
    x = draw.normal(5, 4)
    return x, np.cos(angles).astype(x.dtype), np.sin(angles).astype(x.dtype)


QKV = values(4, 3), values(5, 3, seed=2), values(5, 3, seed=3)
HEADS = values(2, 3, 4), values(2, 3, 4, seed=2), values(2, 3, 4, seed=3)

PLANTS = [
    plant(
        "cap_without_its_slope",
        "the scores are capped softly at 30, and the backward leaves out the cap's slope",
        _capped,
        _capped_plain,
        lambda draw: (draw.normal(4, 3), draw.normal(5, 3), draw.normal(5, 3)),
        WrongAt(_capped_plain, *QKV),
    ),
    plant(
        "shares_recomputed_without_bias",
        "the backward computes the shares again, and leaves out the bias by distance",
        _biased,
        _biased_plain,
        lambda draw: (*(draw.normal(2, 4, 3) for _ in range(3)), draw.uniform(0.1, 0.5, 2)),
        WrongAt(_biased_plain, *HEADS, [0.5, 0.25]),
    ),
    plant(
        "dropped_shares_unscaled",
        "the shares that are kept are divided by 0.8, their gradients are not",
        _dropped,
        _dropped_plain,
        lambda draw: (
            draw.normal(4, 3),
            draw.normal(5, 3),
            draw.normal(5, 3),
            np.array([0, 7], np.uint32),
        ),
        WrongAt(_dropped_plain, *QKV, np.array([0, 1], np.uint32)),
    ),
    plant(
        "merged_with_fixed_shares",
        "two partial results are merged by their logarithms, which get no gradient from it",
        _merged,
        _merged_plain,
        lambda draw: (draw.normal(4, 3), draw.normal(4), draw.normal(4, 3), draw.normal(4)),
        WrongAt(_merged_plain, values(3, 2), values(3), values(3, 2, seed=2), values(3, seed=3)),
    ),
    plant(
        "rotation_turned_before_the_table",
        "back is rotate(ct) * sin where rotate(ct * sin) belongs; alike if the halves are",
        _rotary,
        _rotary_plain,
        _rotary_args,
        WrongAt(_rotary_plain, values(3, 4), values(3, 4, seed=2), values(3, 4, seed=3)),
    ),
]
