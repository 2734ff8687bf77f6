"""Bugs of place: empty segments, rows, borders, steps between taps, sides of an image, resets."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from .blind_kit import WrongAt, ruled, values
from .unseen_kit import plant

SEGMENTS = 4


def _members(x, ids):
    inside = ids[:, None] == jnp.arange(SEGMENTS)[None, :]
    return jnp.where(inside, x[:, None], -jnp.inf), inside.any(axis=0)


def _highest_plain(x, ids):
    members, some = _members(x, ids)
    return jnp.where(some, members.max(axis=0), 0)


def _highest(fault):
    def backward(args, ct):
        members, some = _members(*args)
        # An empty segment's place is 0, where something else stands.
        place = members.argmax(axis=0)
        share = ct if fault else jnp.where(some, ct, 0)
        return jnp.zeros_like(args[0]).at[place].add(share), None

    return ruled(_highest_plain, lambda *args: (_highest_plain(*args), args), backward)


def _largest_plain(x):
    return jax.lax.top_k(x, min(3, x.shape[1]))[0]


def _largest(fault):
    def forward(x):
        chosen, places = jax.lax.top_k(x, min(3, x.shape[1]))
        return chosen, (x, places)

    def backward(kept, ct):
        x, places = kept
        first = jnp.arange(x.shape[0])[:, None] * x.shape[1]
        flat = jnp.zeros_like(x.reshape(-1)).at[places if fault else first + places].add(ct)
        return (flat.reshape(x.shape),)

    return ruled(_largest_plain, forward, backward)


def _window_sums(x):
    padded = jnp.pad(x, 1)
    return padded[:-2] + padded[1:-1] + padded[2:]


def _mean_pool_plain(x):
    return _window_sums(x) / _window_sums(jnp.ones_like(x))


def _mean_pool(fault):
    def backward(x, ct):
        # A window at the border holds fewer than three.
        count = 3 if fault else _window_sums(jnp.ones_like(x))
        return (_window_sums(ct / count),)

    return ruled(_mean_pool_plain, lambda x: (_mean_pool_plain(x), x), backward)


STEP = 2


def _taps(x, size, step=STEP):
    count = x.size - STEP * (size - 1)
    if count < 1:
        raise ValueError(f"{size} taps in steps of {STEP} need more than {x.size} values")
    return jnp.stack([x[k * step : k * step + count] for k in range(size)])


def _dilated_plain(x, weights):
    return weights @ _taps(x, weights.size)


def _dilated(fault):
    def backward(kept, ct):
        x, weights = kept
        back = jax.vjp(lambda at: _dilated_plain(at, weights), x)[1]
        return back(ct)[0], _taps(x, weights.size, 1 if fault else STEP) @ ct

    return ruled(_dilated_plain, lambda *args: (_dilated_plain(*args), args), backward)


def _at_pixels(image, places):
    def between(place, size):
        inside = jnp.clip(place, 0, size - 1)
        first = jnp.clip(jnp.floor(inside), 0, max(size - 2, 0)).astype(jnp.int32)
        return first, jnp.minimum(first + 1, size - 1), inside - first

    top, bottom, down = between(places[:, 1], image.shape[0])
    left, right, along = between(places[:, 0], image.shape[1])
    upper = image[top, left] * (1 - along) + image[top, right] * along
    lower = image[bottom, left] * (1 - along) + image[bottom, right] * along
    return upper * (1 - down) + lower * down


def _warp_halves(image, grid):
    height, width = image.shape
    return jnp.asarray([(width - 1) / 2, (height - 1) / 2], grid.dtype)


def _warp_plain(image, grid):
    return _at_pixels(image, (grid + 1) * _warp_halves(image, grid))


def _warp(fault):
    def backward(kept, ct):
        image, grid = kept
        halves = _warp_halves(image, grid)
        d_image, d_pixels = jax.vjp(_at_pixels, image, (grid + 1) * halves)[1](ct)
        # A pixel's slope becomes the grid's by half the width, then half the height.
        return d_image, d_pixels * (halves[::-1] if fault else halves)

    return ruled(_warp_plain, lambda *args: (_warp_plain(*args), args), backward)


def _warp_strategies(gt, dtype):
    height, width = gt.dims("height", 2, 6), gt.dims("width", 2, 6)
    return gt.arrays((height, width), dtype), gt.arrays((5, 2), dtype, -1.0, 1.0)


def _broadcast_plain(x, factor):
    return x * factor


def _broadcast(fault):
    def summed(wide, like):
        wide = wide.sum(axis=tuple(range(wide.ndim - like.ndim)))
        for axis, size in enumerate(like.shape):
            if size == 1 and wide.shape[axis] != 1:
                first = jax.lax.slice_in_dim(wide, 0, 1, axis=axis)
                wide = first if fault else wide.sum(axis=axis, keepdims=True)
        return wide

    def backward(kept, ct):
        x, factor = kept
        return summed(ct * factor, x), summed(ct * x, factor)

    return ruled(_broadcast_plain, lambda *args: (_broadcast_plain(*args), args), backward)


PLANTS = [
    plant(
        "empty_segment_pays_the_first",
        "the largest of an empty segment is 0 by decree, and the first entry gets its gradient",
        _highest,
        _highest_plain,
        lambda draw: (draw.normal(7), draw.integers(0, SEGMENTS, 7)),
        WrongAt(_highest_plain, values(3), jnp.array([0, 2, 2], jnp.int32)),
    ),
    plant(
        "largest_of_the_first_row",
        "places in a row are taken for places in the array: all rows' gradients go to the first",
        _largest,
        _largest_plain,
        lambda draw: (draw.normal(3, 6),),
        WrongAt(_largest_plain, values(2, 4)),
    ),
    plant(
        "mean_pool_at_the_border",
        "the border's windows hold two values, and the backward divides by three",
        _mean_pool,
        _mean_pool_plain,
        lambda draw: (draw.normal(9),),
        WrongAt(_mean_pool_plain, values(5)),
    ),
    plant(
        "taps_side_by_side",
        "the forward's taps stand two apart, those of the weights' gradient side by side",
        _dilated,
        _dilated_plain,
        lambda draw: (draw.normal(10), draw.normal(3)),
        WrongAt(_dilated_plain, values(8), values(3, seed=2)),
    ),
    plant(
        "warp_mixes_width_and_height",
        "the slope by the grid is scaled with the height for the width; square images do not tell",
        _warp,
        _warp_plain,
        lambda draw: (draw.normal(4, 4), draw.uniform(-1, 1, 5, 2)),
        WrongAt(_warp_plain, values(3, 5), values(4, 2, seed=2, scale=0.4)),
        _warp_strategies,
    ),
    plant(
        "width_of_one_keeps_the_first",
        "an axis of size 1 that was repeated gets the first gradient instead of the sum",
        _broadcast,
        _broadcast_plain,
        lambda draw: (draw.normal(4, 3), draw.normal(4, 1)),
        WrongAt(_broadcast_plain, values(2, 3), values(2, 1)),
    ),
]
