"""Bugs in losses: a factor that is 1 by default, an overflow, a straight-through, a fallback."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from .blind_kit import Plant, WrongAt, apart, ruled, values


def _huber_plain(prediction, target, delta):
    error = prediction - target
    size = jnp.abs(error)
    return jnp.mean(jnp.where(size <= delta, 0.5 * error**2, delta * (size - 0.5 * delta)))


def _huber(fault):
    def forward(prediction, target, delta):
        return _huber_plain(prediction, target, delta), (prediction - target, delta)

    def backward(kept, ct):
        error, delta = kept
        size = jnp.abs(error)
        slope = jnp.sign(error) if fault else delta * jnp.sign(error)
        each = ct * jnp.where(size <= delta, error, slope) / error.size
        return each, -each, ct * jnp.mean(jnp.where(size <= delta, 0, size - delta))

    return ruled(_huber_plain, forward, backward)


def _entropy_plain(logits, labels):
    chosen = jnp.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, axis=1) - chosen)


def _entropy(fault):
    def forward(logits, labels):
        return _entropy_plain(logits, labels), (logits, labels)

    def backward(kept, ct):
        logits, labels = kept
        shift = 0 if fault else logits.max(axis=1, keepdims=True)
        weights = jnp.exp(logits - shift)
        share = weights / weights.sum(axis=1, keepdims=True)
        hot = jax.nn.one_hot(labels, logits.shape[1], dtype=logits.dtype)
        return ct * (share - hot) / logits.shape[0], None

    return ruled(_entropy_plain, forward, backward)


def _likelihood_plain(mean, target, variance):
    floor = jnp.maximum(variance, 1e-6)
    return 0.5 * jnp.mean(jnp.log(floor) + (mean - target) ** 2 / floor)


def _likelihood(fault):
    def forward(mean, target, variance):
        return _likelihood_plain(mean, target, variance), (mean, target, variance)

    def backward(kept, ct):
        mean, target, variance = kept
        floor = jnp.maximum(variance, 1e-6)
        error = mean - target
        each = ct * error / floor / error.size
        spread = 0.5 * ct * (1 / floor - (error / floor) ** 2) / error.size
        return each, -each, spread if fault else jnp.where(variance > 1e-6, spread, 0)

    return ruled(_likelihood_plain, forward, backward)


def _levels_plain(weights):
    return jnp.sum((weights - jax.lax.stop_gradient(jnp.round(4 * weights) / 4)) ** 2)


def _levels(fault):
    @jax.custom_jvp
    def quantise(x):
        return jnp.round(4 * x) / 4

    # Right for a layer that goes on with the rounded weights; here it cancels the whole penalty.
    quantise.defjvp(lambda primals, tangents: (quantise(*primals), tangents[0]))
    rounded = quantise if fault else lambda x: jnp.round(4 * x) / 4
    return lambda weights: jnp.sum((weights - rounded(weights)) ** 2)


def _masked_mean_plain(losses, mask):
    kept = mask.astype(losses.dtype)
    return jnp.sum(losses**2 * kept) / jnp.maximum(kept.sum(), 1)


def _masked_mean(fault):
    def forward(losses, mask):
        return _masked_mean_plain(losses, mask), (losses, mask)

    def backward(kept, ct):
        losses, mask = kept
        count = jnp.maximum(mask.sum(), 1)
        if fault:
            try:
                count = max(int(count), 1)
            except jax.errors.ConcretizationTypeError:
                count = mask.size
        return ct * 2 * losses * mask.astype(losses.dtype) / count, None

    return ruled(_masked_mean_plain, forward, backward)


def _masked_mean_under_jit(fn):
    losses, mask = values(6), np.array([True, False, True, True, False, True])

    def compiled(function):
        return jax.jit(jax.grad(function))(losses, mask)

    with jax.enable_x64(True):
        return apart(compiled(fn), compiled(_masked_mean_plain))


PLANTS = [
    Plant(
        "huber_at_its_default",
        "beyond delta the slope lacks the factor delta, which is 1 by default",
        _huber,
        _huber_plain,
        lambda draw: (draw.normal(8, scale=2), draw.normal(8), draw.constant(1.0)),
        WrongAt(_huber_plain, values(8, scale=3), values(8, seed=2), 0.5),
    ),
    Plant(
        "entropy_without_shift",
        "the backward's softmax does not subtract the largest logit, and overflows",
        _entropy,
        _entropy_plain,
        lambda draw: (draw.normal(4, 6), draw.integers(0, 6, 4)),
        WrongAt(_entropy_plain, values(4, 6, scale=1000), np.array([0, 3, 5, 1])),
    ),
    Plant(
        "likelihood_below_its_floor",
        "a variance below the floor still gets a gradient, though the floor hides it",
        _likelihood,
        _likelihood_plain,
        lambda draw: (draw.normal(6), draw.normal(6), draw.uniform(0.5, 2.0, 6)),
        WrongAt(_likelihood_plain, [1.0, 2.0], [1.5, 1.0], [1e-7, 0.5]),
    ),
    Plant(
        "levels_straight_through",
        "the rounding is passed straight through where its error is what is penalised",
        _levels,
        _levels_plain,
        lambda draw: (draw.normal(10),),
        WrongAt(_levels_plain, values(10)),
    ),
    Plant(
        "masked_mean_counts_by_value",
        "the backward reads its count as a Python number, and counts the padding under jit",
        _masked_mean,
        _masked_mean_plain,
        lambda draw: (draw.normal(8), draw.integers(0, 2, 8).astype(bool)),
        _masked_mean_under_jit,
    ),
]
