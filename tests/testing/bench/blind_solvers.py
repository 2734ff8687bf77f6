"""Bugs in solvers and functions of matrices: a transpose, another adjoint, equal eigenvalues."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from .blind_kit import Plant, WrongAt, ruled, values


def _iterate(weights, x):
    def step(_, z):
        return jnp.tanh(weights @ z + x)

    return jax.lax.fori_loop(0, 60, step, jnp.zeros_like(x))


def _contracting(weights):
    return 0.5 * weights / jnp.sqrt(1 + jnp.sum(weights**2))


def _equilibrium_plain(weights, x):
    # fori_loop with fixed bounds is a scan, so that JAX differentiates every step.
    return _iterate(_contracting(weights), x)


def _equilibrium(fault):
    def forward(weights, x):
        z = _iterate(weights, x)
        return z, (weights, z)

    def backward(kept, ct):
        weights, z = kept
        jacobian = (1 - z**2)[:, None] * weights
        system = jnp.eye(z.size, dtype=z.dtype) - (jacobian if fault else jacobian.T)
        pulled = jnp.linalg.solve(system, ct) * (1 - z**2)
        return jnp.outer(pulled, z), pulled

    solve = ruled(_iterate, forward, backward)
    return lambda weights, x: solve(_contracting(weights), x)


STEPS, STEP = 8, 0.1


def _slope(matrix, state):
    return jnp.tanh(matrix @ state)


def _euler_plain(matrix, state):
    def step(now, _):
        return now + STEP * _slope(matrix, now), None

    return jax.lax.scan(step, state, None, length=STEPS)[0]


def _euler(fault):
    if not fault:
        return _euler_plain

    def backward(kept, ct):
        matrix, end = kept

        def step(carried, _):
            state, adjoint, d_matrix = carried
            value, back = jax.vjp(_slope, matrix, state)
            more_matrix, more_state = back(adjoint)
            # Right for the flow; the steps that were taken have another adjoint.
            return (
                state - STEP * value,
                adjoint + STEP * more_state,
                d_matrix + STEP * more_matrix,
            ), None

        start = (end, ct, jnp.zeros_like(matrix))
        _, adjoint, d_matrix = jax.lax.scan(step, start, None, length=STEPS)[0]
        return d_matrix, adjoint

    def forward(matrix, state):
        end = _euler_plain(matrix, state)
        return end, (matrix, end)

    return ruled(_euler_plain, forward, backward)


def _filter_plain(matrix):
    shifted = jnp.eye(matrix.shape[0], dtype=matrix.dtype) + (matrix + matrix.T) / 2
    return shifted @ shifted @ shifted


def _by_eigenvalues(matrix):
    levels, vectors = jnp.linalg.eigh(matrix)
    return (vectors * (1 + levels) ** 3) @ vectors.T, (levels, vectors)


def _filter(fault):
    if not fault:
        return _filter_plain

    def backward(kept, ct):
        levels, vectors = kept
        gaps = levels[:, None] - levels[None, :]
        close = jnp.abs(gaps) < 1e-4
        powers = (1 + levels) ** 3
        rises = powers[:, None] - powers[None, :]
        ratio = jnp.where(close, 0, rises / jnp.where(close, 1, gaps))
        ratio = ratio + jnp.diag(3 * (1 + levels) ** 2)
        return (vectors @ (ratio * (vectors.T @ ct @ vectors)) @ vectors.T,)

    inner = ruled(lambda matrix: _by_eigenvalues(matrix)[0], _by_eigenvalues, backward)
    return lambda matrix: inner((matrix + matrix.T) / 2)


def _quotient_plain(x, y):
    half = (x - y) / 2
    near = jnp.abs(half) < 0.5
    square = jnp.where(near, half, 0) ** 2
    series = 1.0
    for k in (14, 12, 10, 8, 6, 4, 2):
        series = 1 + square / (k * (k + 1)) * series
    away = jnp.where(near, 1, half)
    return jnp.exp((x + y) / 2) * jnp.where(near, series, jnp.sinh(away) / away)


def _quotient(fault):
    if not fault:
        return _quotient_plain

    def quotient(x, y):
        same = x == y
        gap = jnp.where(same, 1, x - y)
        # The value of the limit is right; its slope goes to x alone.
        return jnp.where(same, jnp.exp(x), jnp.exp(y) * jnp.expm1(gap) / gap)

    return quotient


def _product_plain(entries, rows, columns, x):
    return jnp.zeros_like(x).at[rows].add(entries * x[columns])


def _product(fault):
    def backward(kept, ct):
        entries, rows, columns, x = kept
        d_entries = ct[columns] * x[rows] if fault else ct[rows] * x[columns]
        return d_entries, None, None, jnp.zeros_like(x).at[columns].add(entries * ct[rows])

    return ruled(_product_plain, lambda *args: (_product_plain(*args), args), backward)


# The pattern of a chain of six, as a Laplacian has it, is its own transpose.
CHAIN = [(i, j) for i in range(6) for j in range(6) if abs(i - j) <= 1]
ROWS, COLUMNS = (np.array(side, np.int32) for side in zip(*CHAIN, strict=True))

PLANTS = [
    Plant(
        "equilibrium_untransposed",
        "the implicit rule solves with the Jacobian where its transpose belongs",
        _equilibrium,
        _equilibrium_plain,
        lambda draw: (draw.normal(4, 4), draw.normal(4)),
        WrongAt(_equilibrium_plain, values(4, 4), values(4, seed=2)),
    ),
    Plant(
        "euler_with_the_flows_adjoint",
        "the adjoint equation is integrated backwards by Euler too: right only for small steps",
        _euler,
        _euler_plain,
        lambda draw: (draw.normal(3, 3), draw.normal(3)),
        WrongAt(_euler_plain, values(3, 3), values(3, seed=2)),
    ),
    Plant(
        "filter_at_equal_eigenvalues",
        "close eigenvalues get 0 for their divided difference, to avoid 0/0",
        _filter,
        _filter_plain,
        lambda draw: (draw.normal(3, 3),),
        WrongAt(_filter_plain, np.eye(3)),
    ),
    Plant(
        "quotient_at_the_diagonal",
        "at x = y the value is the limit's, but y's half of the slope goes to x",
        _quotient,
        _quotient_plain,
        lambda draw: (draw.normal(5), draw.normal(5)),
        WrongAt(_quotient_plain, [0.5, 1.0], [0.5, -1.0]),
    ),
    Plant(
        "product_with_swapped_places",
        "the entries' gradient swaps rows and columns",
        _product,
        _product_plain,
        lambda draw: (draw.normal(len(CHAIN)), ROWS, COLUMNS, draw.normal(6)),
        WrongAt(_product_plain, values(len(CHAIN)), ROWS, COLUMNS, values(6)),
    ),
]
