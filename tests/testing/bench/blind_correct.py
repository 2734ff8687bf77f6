"""Correct functions that look suspicious: kinks, guards, ties, offsets, flat and steep places."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from .blind_kit import Draw
from .cases import Case


def row_norms(x):
    square = jnp.sum(x**2, axis=1)
    rest = square == 0
    return jnp.where(rest, 0, jnp.sqrt(jnp.where(rest, 1, square)))


def middle(x):
    return jnp.sort(x)[x.size // 2]


def triangle_wave(x):
    return jnp.abs(x - jnp.round(x))


def clip_between(x, low, high):
    return jnp.clip(x, low, high)


def partition_of_some(scores, mask):
    some = mask.any(axis=1)
    # A row without any entry takes all of them, so that nothing infinite is met, and then gives 0.
    used = jnp.where(mask | ~some[:, None], scores, -jnp.inf)
    return jnp.where(some, jax.nn.logsumexp(used, axis=1), 0)


def volume(x):
    factor = jnp.linalg.cholesky(jnp.eye(x.shape[0], dtype=x.dtype) + x @ x.T)
    return 2 * jnp.sum(jnp.log(jnp.diagonal(factor)))


def small_on_large(x):
    return 1e4 + jnp.sum(jnp.tanh(x))


def ripple(x):
    return jnp.sin(50 * x) * jnp.exp(-(x**2))


def flat_at_zero(x):
    # Below 0.1 it is under 4e-44; the guard keeps 1/x**2 and its slope from overflowing.
    near = x**2 < 1e-2
    return jnp.where(near, 0, jnp.exp(-1 / jnp.where(near, 1, x) ** 2))


def joined_smoothly(x):
    up = x > 0
    return jnp.where(up, jnp.log1p(jnp.where(up, x, 0)), jnp.expm1(jnp.where(up, 0, x)))


@jax.custom_jvp
def cubic_root(x):
    """The y of y³ + y = x, by Newton's steps from the cube root."""

    def step(_, y):
        return y - (y**3 + y - x) / (3 * y**2 + 1)

    return jax.lax.fori_loop(0, 12, step, jnp.cbrt(x))


@cubic_root.defjvp
def _cubic_root_jvp(primals, tangents):
    y = cubic_root(*primals)
    return y, tangents[0] / (3 * y**2 + 1)


def segment_means(values, ids):
    total = jax.ops.segment_sum(values, ids, num_segments=5)
    count = jax.ops.segment_sum(jnp.ones_like(values), ids, num_segments=5)
    return total / jnp.maximum(count, 1)


def one_leaf_unused(params, x):
    return {"out": jnp.tanh(x @ params["w"]) * params["repeats"].astype(x.dtype), "echo": x}


def sesquilinear(z, w):
    return jnp.sum(z * jnp.conj(w)) + z[0] ** 2


def signed_square(x):
    return x * jnp.abs(x)


def force(places):
    """Minus the gradient of an energy: its gradient is already a second derivative."""

    def energy(at):
        gaps = at[:, None] - at[None, :]
        return jnp.sum(jnp.log1p(gaps**2))

    return -jax.grad(energy)(places)


def _case(function, args):
    def make(dtype):
        return function, args(Draw(function.__name__, dtype))

    return Case("blind_" + function.__name__, make, "correct", family="blind")


CORRECT = [
    _case(row_norms, lambda draw: (draw.normal(4, 3),)),
    _case(middle, lambda draw: (draw.normal(7),)),
    _case(triangle_wave, lambda draw: (draw.normal(6, scale=2),)),
    _case(
        clip_between, lambda draw: (draw.normal(8), draw.constant(-0.5), draw.uniform(0.2, 1, 8))
    ),
    _case(
        partition_of_some, lambda draw: (draw.normal(4, 6), draw.integers(0, 2, 4, 6).astype(bool))
    ),
    _case(volume, lambda draw: (draw.normal(3, 5),)),
    _case(small_on_large, lambda draw: (draw.normal(10),)),
    _case(ripple, lambda draw: (draw.normal(6),)),
    _case(flat_at_zero, lambda draw: (draw.normal(6),)),
    _case(joined_smoothly, lambda draw: (draw.normal(6),)),
    _case(cubic_root, lambda draw: (draw.normal(6, scale=2),)),
    _case(segment_means, lambda draw: (draw.normal(9), draw.integers(0, 5, 9))),
    _case(
        one_leaf_unused,
        lambda draw: (
            {"w": draw.normal(3, 2), "frozen": draw.normal(2), "repeats": np.int32(2)},
            draw.normal(4, 3),
        ),
    ),
    _case(sesquilinear, lambda draw: (draw.complex(4), draw.complex(4))),
    _case(signed_square, lambda draw: (draw.normal(6),)),
    _case(force, lambda draw: (draw.normal(5),)),
]
