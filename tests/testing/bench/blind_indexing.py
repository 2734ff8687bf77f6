"""Bugs of place: repeated indices, ties, borders, tails, and what stands before the first step."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from .blind_kit import Plant, WrongAt, ruled, values


def _embedding_plain(table, ids):
    return table[ids]


def _embedding(fault):
    def backward(kept, ct):
        table, ids = kept
        place = jnp.zeros_like(table).at[ids]
        return (place.set(ct) if fault else place.add(ct)), None

    return ruled(_embedding_plain, lambda t, i: (_embedding_plain(t, i), (t, i)), backward)


def _pool_plain(x):
    return x.reshape(-1, 3).max(axis=1)


def _pool(fault):
    def backward(x, ct):
        windows = x.reshape(-1, 3)
        chosen = (windows == windows.max(axis=1, keepdims=True)).astype(x.dtype)
        share = chosen if fault else chosen / chosen.sum(axis=1, keepdims=True)
        return ((ct[:, None] * share).reshape(x.shape),)

    return ruled(_pool_plain, lambda x: (_pool_plain(x), x), backward)


def _sample_parts(grid, positions):
    inside = jnp.clip(positions, 0, grid.size - 1)
    cell = jnp.clip(jnp.floor(inside), 0, grid.size - 2).astype(jnp.int32)
    return cell, inside - cell


def _sample_plain(grid, positions):
    cell, part = _sample_parts(grid, positions)
    return grid[cell] * (1 - part) + grid[cell + 1] * part


def _sample(fault):
    def backward(kept, ct):
        grid, positions = kept
        cell, part = _sample_parts(grid, positions)
        d_grid = jnp.zeros_like(grid).at[cell].add(ct * (1 - part)).at[cell + 1].add(ct * part)
        slope = ct * (grid[cell + 1] - grid[cell])
        within = (positions >= 0) & (positions <= grid.size - 1)
        return d_grid, slope if fault else jnp.where(within, slope, 0)

    return ruled(_sample_plain, lambda g, p: (_sample_plain(g, p), (g, p)), backward)


TILE = 64


def _partition_plain(logits):
    return jax.nn.logsumexp(logits)


def _partition(fault):
    def backward(kept, ct):
        logits, total = kept
        count = logits.size // TILE if fault else -(-logits.size // TILE)
        if logits.size <= TILE:
            return (ct * jnp.exp(logits - total),)
        padded = jnp.pad(logits, (0, TILE), constant_values=-jnp.inf)
        tiles = padded[: count * TILE].reshape(count, TILE)
        shares = jax.lax.map(lambda tile: jnp.exp(tile - total), tiles).reshape(-1)
        return (ct * jnp.pad(shares, (0, TILE))[: logits.size],)

    def forward(logits):
        total = _partition_plain(logits)
        return total, (logits, total)

    return ruled(_partition_plain, forward, backward)


def _partition_strategies(gt, dtype):
    return (gt.arrays((gt.dims("classes", 1, 200),), dtype),)


def _products_plain(x):
    return jax.lax.associative_scan(jnp.multiply, x)


def _products(fault):
    if not fault:
        return _products_plain

    def backward(kept, ct):
        x, y = kept
        later = jnp.cumsum((ct * y)[::-1])[::-1]
        # A zero makes every later product zero, but not what they gain when it moves.
        return (jnp.where(x == 0, 0, later / jnp.where(x == 0, 1, x)),)

    def forward(x):
        y = _products_plain(x)
        return y, (x, y)

    return ruled(_products_plain, forward, backward)


def _recurrence_plain(decay, drive, start):
    def step(state, inputs):
        state = inputs[0] * state + inputs[1]
        return state, state

    return jax.lax.scan(step, start, (decay, drive))[1]


def _recurrence(fault):
    def forward(decay, drive, start):
        states = _recurrence_plain(decay, drive, start)
        return states, (decay, states, start)

    def backward(kept, ct):
        decay, states, start = kept

        def step(carried, inputs):
            own, weight = inputs
            whole = own + carried
            return weight * whole, whole

        d_start, whole = jax.lax.scan(step, jnp.zeros_like(start), (ct, decay), reverse=True)
        first = jnp.zeros_like(start) if fault else start
        before = jnp.concatenate([first[None], states[:-1]])
        return whole * before, whole, d_start

    return ruled(_recurrence_plain, forward, backward)


def _same(x, kernel):
    left, right = (kernel.size - 1) // 2, kernel.size // 2
    padded = jnp.pad(x, (left, right))
    return sum(padded[j : j + x.size] * kernel[j] for j in range(kernel.size))


def _convolution(fault):
    def backward(kept, ct):
        x, kernel = kept
        left, right = (kernel.size - 1) // 2, kernel.size // 2
        skipped = right if fault else left
        wide = jnp.convolve(ct, kernel, mode="full", precision="highest")
        padded = jnp.pad(x, (left, right))
        d_kernel = jnp.stack([jnp.dot(ct, padded[j : j + x.size]) for j in range(kernel.size)])
        return wide[skipped : skipped + x.size], d_kernel

    return ruled(_same, lambda x, kernel: (_same(x, kernel), (x, kernel)), backward)


def _convolution_strategies(gt, dtype):
    n, k = gt.dims("n", 4, 8), gt.dims("k", 1, 4)
    return gt.arrays((n,), dtype), gt.arrays((k,), dtype)


def _sorted_plain(x):
    return x[jnp.argsort(x)]


def _sorted(fault):
    def backward(order, ct):
        # argsort gives where to read; the way back has to write there, not to read there again.
        return (ct[order] if fault else jnp.zeros_like(ct).at[order].set(ct),)

    return ruled(_sorted_plain, lambda x: (_sorted_plain(x), jnp.argsort(x)), backward)


PLANTS = [
    Plant(
        "embedding_overwrites",
        "a row that is looked up twice keeps the gradient of one look-up only",
        _embedding,
        _embedding_plain,
        lambda draw: (draw.normal(7, 4), draw.integers(0, 7, 9)),
        WrongAt(_embedding_plain, values(5, 2), np.array([0, 3, 3])),
    ),
    Plant(
        "pool_pays_every_tie",
        "each of several equal maxima gets the whole cotangent",
        _pool,
        _pool_plain,
        lambda draw: (draw.normal(12),),
        WrongAt(_pool_plain, [1.0, 1.0, 0.0]),
    ),
    Plant(
        "sample_beyond_the_border",
        "a position beyond the grid, where the value is constant, gets the last cell's slope",
        _sample,
        _sample_plain,
        lambda draw: (draw.normal(8), draw.uniform(0, 7, 6)),
        WrongAt(_sample_plain, values(8), [-1.5, 2.3, 9.0]),
    ),
    Plant(
        "partition_without_its_tail",
        "the backward goes by tiles of 64, and leaves out the last that is not full",
        _partition,
        _partition_plain,
        lambda draw: (draw.normal(200),),
        WrongAt(_partition_plain, values(200)),
        _partition_strategies,
    ),
    Plant(
        "products_through_zero",
        "the slope of a cumulative product is made by division, and is 0 at a factor 0",
        _products,
        _products_plain,
        lambda draw: (draw.normal(7),),
        WrongAt(_products_plain, [1.5, 0.0, 2.0, -1.0]),
    ),
    Plant(
        "recurrence_starts_from_nothing",
        "the first decay's gradient takes the initial state for 0, as it is by default",
        _recurrence,
        _recurrence_plain,
        lambda draw: (draw.uniform(0.5, 1.0, 6, 3), draw.normal(6, 3), draw.constant(0.0, 3)),
        WrongAt(_recurrence_plain, values(4, 2), values(4, 2, seed=2), [1.0, -1.0]),
    ),
    Plant(
        "convolution_of_even_kernel",
        "the backward pads as the forward does, not mirrored: wrong by one for an even kernel",
        _convolution,
        _same,
        lambda draw: (draw.normal(10), draw.normal(3)),
        WrongAt(_same, values(6), values(4, seed=2)),
        _convolution_strategies,
    ),
    Plant(
        "sort_reads_back",
        "the cotangent is permuted once more instead of back; a swap of two does not tell",
        _sorted,
        _sorted_plain,
        lambda draw: (draw.normal(6),),
        WrongAt(_sorted_plain, [2.0, 0.0, 1.0]),
    ),
]
