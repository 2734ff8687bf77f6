"""Correct functions with kinks, jumps, ties and guards, of the kinds that programs are full of."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from .unseen_kit import right, with_zeros


def hard_swish(x):
    return x * jnp.clip(x + 3, 0, 6) / 6


def leaky(x):
    return jnp.where(x >= 0, x, 0.01 * x)


def hinge(scores, labels):
    return jnp.mean(jnp.maximum(1 - jnp.where(labels == 1, scores, -scores), 0))


def huber_of_lengths(x):
    square = jnp.sum(x**2, axis=1)
    long = square > 1
    length = jnp.sqrt(jnp.where(long, square, 1))
    return jnp.sum(jnp.where(long, length - 0.5, square / 2))


def soft_threshold(x, least):
    # By sign(x) and |x|, the slope at 0 would be 0 for a threshold of 0, where it is 1.
    return jnp.maximum(x - least**2, 0) - jnp.maximum(-x - least**2, 0)


def sawtooth(x):
    return 2 * jnp.mod(x, 1) - 1


def steps_times_x(x):
    return x * jnp.floor(x) + jnp.ceil(x) - jnp.sign(x) * jnp.round(x)


def symmetric_log(x):
    # By sign(x) * log1p(|x|), JAX would get 0 for the slope at 0; it is 1.
    up = x >= 0
    return jnp.where(up, jnp.log1p(jnp.where(up, x, 0)), -jnp.log1p(jnp.where(up, 0, -x)))


def sizes_of_complex(z):
    square = z.real**2 + z.imag**2
    rest = square == 0
    return jnp.where(rest, 0, jnp.sqrt(jnp.where(rest, 1, square)))


def value_of_the_best(values, scores):
    best = jnp.argmax(scores, axis=1)
    return jnp.take_along_axis(values, best[:, None], axis=1)[:, 0]


def weighed_by_rank(x):
    return jnp.sort(x) * jnp.arange(1, x.size + 1, dtype=x.dtype)


def second_and_third(x):
    return jax.lax.top_k(x, 3)[0][:, 1:]


def entropy_of_squares(x):
    square = x**2
    none = square == 0
    return -jnp.sum(square * jnp.log(jnp.where(none, 1, square)))


def highest_of_lines(x):
    return jnp.maximum(jnp.maximum(x, 2 * x - 1), -x)


def spread(x):
    return x.max(axis=1) - x.min(axis=1)


def median_deviation(x):
    return jnp.median(jnp.abs(x - jnp.median(x)))


def pinball(guess, seen):
    gap = seen - guess
    levels = jnp.asarray([0.1, 0.5, 0.9], gap.dtype)
    return jnp.mean(jnp.maximum(levels * gap, (levels - 1) * gap))


def triplet(anchor, same, other):
    near, far = jnp.sum((anchor - same) ** 2, axis=1), jnp.sum((anchor - other) ** 2, axis=1)
    return jnp.sum(jax.nn.relu(near - far + 1))


def read_off(x, heights):
    return jnp.interp(x, jnp.linspace(-2, 2, heights.size, dtype=x.dtype), heights)


def running_best(x):
    return jax.lax.cummax(x)


def kept_quotient(x, y):
    return x / jnp.maximum(jnp.abs(y), 1)


def log_above_one(x):
    return jnp.log(jnp.maximum(x, 1))


def _whole(draw, *shape):
    """Values of which many are equal; no -0, which for top_k is below 0."""
    return np.round(draw.normal(*shape)) + 0


KINKS = [
    right(hard_swish, lambda draw: (draw.normal(8, scale=3),)),
    right(leaky, lambda draw: (with_zeros(draw, 8),), smooth=False),
    right(hinge, lambda draw: (draw.normal(7), draw.integers(0, 2, 7))),
    right(huber_of_lengths, lambda draw: (draw.normal(4, 3),)),
    right(soft_threshold, lambda draw: (draw.normal(8), draw.normal(8, scale=0.5))),
    right(sawtooth, lambda draw: (draw.normal(6, scale=3),)),
    right(steps_times_x, lambda draw: (draw.normal(6, scale=3),)),
    right(symmetric_log, lambda draw: (draw.normal(6),)),
    right(sizes_of_complex, lambda draw: (draw.complex(5),)),
    right(value_of_the_best, lambda draw: (draw.normal(3, 4), draw.normal(3, 4))),
    right(weighed_by_rank, lambda draw: (_whole(draw, 7),), smooth=False),
    right(second_and_third, lambda draw: (_whole(draw, 3, 6),), smooth=False),
    right(entropy_of_squares, lambda draw: (with_zeros(draw, 6),)),
    right(highest_of_lines, lambda draw: (draw.normal(6, scale=2),)),
    right(spread, lambda draw: (draw.normal(3, 5),)),
    right(median_deviation, lambda draw: (draw.normal(9),)),
    right(pinball, lambda draw: (draw.normal(5, 3), draw.normal(5, 1))),
    right(triplet, lambda draw: tuple(draw.normal(4, 3) for _ in range(3))),
    right(read_off, lambda draw: (draw.normal(6), draw.normal(5))),
    right(running_best, lambda draw: (draw.normal(8),)),
    right(kept_quotient, lambda draw: (draw.normal(6), draw.normal(6))),
    right(log_above_one, lambda draw: (draw.normal(6, scale=2),)),
]
