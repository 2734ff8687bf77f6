"""Bugs in normalisations: a weight twice, a sum too early, another variance, twice normalised."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from .blind_kit import WrongAt, recomputed, ruled, values
from .unseen_kit import plant


def _scaled(x):
    return x * jax.lax.rsqrt((x**2).mean(axis=-1, keepdims=True) + 1e-3)


def _rms_plain(x, gain):
    return _scaled(x) * gain


def _rms(fault):
    def backward(kept, ct):
        x, gain = kept
        scale = jax.lax.rsqrt((x**2).mean(axis=-1, keepdims=True) + 1e-3)
        along = scale**3 * x * (ct * gain * x).mean(axis=-1, keepdims=True)
        dx = ct * gain * scale - (gain * along if fault else along)
        return dx, (ct * x * scale).sum(axis=0)

    return ruled(_rms_plain, lambda *args: (_rms_plain(*args), args), backward)


def _stream_plain(x, residual):
    total = x + residual
    return _scaled(total), total


def _stream(fault):
    def backward(total, cts):
        ct, ct_total = cts
        pull = jax.vjp(_scaled, total)[1]
        slope = pull(ct + ct_total)[0] if fault else pull(ct)[0] + ct_total
        return slope, slope

    def forward(x, residual):
        out = _stream_plain(x, residual)
        return out, out[1]

    return ruled(_stream_plain, forward, backward)


def _instance_plain(x):
    centred = x - x.mean(axis=2, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(axis=2, keepdims=True) + 1e-3)


def _instance(fault):
    def backward(x, ct):
        centred = x - x.mean(axis=2, keepdims=True)
        # The forward's variance is each image's own; a batch of one has no other.
        axes = (0, 2) if fault else 2
        scale = jax.lax.rsqrt((centred**2).mean(axis=axes, keepdims=True) + 1e-3)
        normal = centred * scale
        along = normal * (ct * normal).mean(axis=2, keepdims=True)
        return (scale * (ct - ct.mean(axis=2, keepdims=True) - along),)

    return ruled(_instance_plain, lambda x: (_instance_plain(x), x), backward)


def _mixed_plain(x, gain, weights):
    return jnp.tanh(_rms_plain(x, gain)) @ weights


def _mixed(fault):
    def forward(x, gain, weights):
        normal = _rms_plain(x, gain)
        return jnp.tanh(normal) @ weights, (x, normal, gain, weights)

    def backward(kept, ct):
        x, normal, gain, weights = kept
        # Kept is what is normalised already; to do it again changes nothing for a gain of 1.
        level = jnp.tanh(_rms_plain(normal, gain) if fault else normal)
        back = jax.vjp(_rms_plain, x, gain)[1]
        return *back((ct @ weights.T) * (1 - level**2)), level.T @ ct

    return ruled(_mixed_plain, forward, backward)


def _clipped_plain(x):
    square = jnp.sum(x**2)
    long = square > 1
    return x * jnp.where(long, jax.lax.rsqrt(jnp.where(long, square, 1)), 1)


def _clipped(fault):
    def again(x):
        if not fault:
            return _clipped_plain(x)
        long = jnp.sum(x**2) > 1
        return x * jnp.where(long, 1 / jnp.linalg.norm(jax.lax.stop_gradient(x)), 1)

    return recomputed(_clipped_plain, again)


PLANTS = [
    plant(
        "rms_norm_weighs_twice",
        "the part along x has the gain inside its mean and outside once more; a gain of 1 hides it",
        _rms,
        _rms_plain,
        lambda draw: (draw.normal(4, 6), draw.constant(1.0, 6)),
        WrongAt(_rms_plain, values(3, 4), values(4, seed=2)),
    ),
    plant(
        "stream_added_too_early",
        "the residual stream's cotangent is added before the norm's backward, not after it",
        _stream,
        _stream_plain,
        lambda draw: (draw.normal(3, 5), draw.normal(3, 5)),
        WrongAt(_stream_plain, values(3, 4), values(3, 4, seed=2)),
    ),
    plant(
        "instance_norm_by_the_batch",
        "the backward takes one variance for the whole batch, the forward one for each image",
        _instance,
        _instance_plain,
        lambda draw: (draw.normal(3, 2, 7),),
        WrongAt(_instance_plain, values(3, 2, 5)),
    ),
    plant(
        "normalised_twice",
        "what is kept is normalised already, and the backward's recomputation does it again",
        _mixed,
        _mixed_plain,
        lambda draw: (draw.normal(3, 4), draw.constant(1.0, 4), draw.normal(4, 2)),
        WrongAt(_mixed_plain, values(3, 4), values(4, seed=2), values(4, 2, seed=3)),
    ),
    plant(
        "clipped_by_a_fixed_norm",
        "beyond the largest length the factor is taken for constant: the length gets a gradient",
        _clipped,
        _clipped_plain,
        lambda draw: (draw.normal(5),),
        WrongAt(_clipped_plain, values(5, scale=2)),
    ),
]
