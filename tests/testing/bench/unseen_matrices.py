"""Bugs with matrices: a diagonal not halved, no commuting, a residual, a support, a conjugate."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from .blind_kit import WrongAt, ruled, values
from .unseen_kit import plant


def _factor_plain(x):
    return jnp.linalg.cholesky(x @ x.T + jnp.eye(x.shape[0], dtype=x.dtype))


def _factor(fault):
    def forward(matrix):
        lower = jnp.linalg.cholesky(matrix)
        return lower, lower

    def backward(lower, ct):
        inner = jnp.tril(lower.T @ jnp.tril(ct))
        if not fault:
            inner = inner - jnp.diag(jnp.diag(inner)) / 2
        left = jax.scipy.linalg.solve_triangular(lower, inner, trans="T", lower=True)
        both = jax.scipy.linalg.solve_triangular(lower, left.T, trans="T", lower=True).T
        return ((both + both.T) / 2,)

    inner = ruled(jnp.linalg.cholesky, forward, backward)
    return lambda x: inner(x @ x.T + jnp.eye(x.shape[0], dtype=x.dtype))


def _exponential(matrix):
    eye = jnp.eye(matrix.shape[0], dtype=matrix.dtype)

    def step(series, k):
        return eye + matrix @ series / k, None

    # The norm is below 1, so that 20 terms are plenty.
    return jax.lax.scan(step, eye, jnp.arange(20, 0, -1).astype(matrix.dtype))[0]


def _short(matrix):
    return matrix * jax.lax.rsqrt(1 + jnp.sum(matrix**2))


def _flow_plain(matrix):
    return _exponential(_short(matrix))


def _flow(fault):
    def backward(matrix, ct):
        if fault:  # True for numbers, and for a change that commutes with the matrix.
            return (_exponential(matrix.T) @ ct,)
        return jax.vjp(_exponential, matrix)[1](ct)

    inner = ruled(_exponential, lambda matrix: (_exponential(matrix), matrix), backward)
    return lambda matrix: inner(_short(matrix))


def _normal_matrix(a):
    return a.T @ a + jnp.eye(a.shape[1], dtype=a.dtype)


def _ridge_plain(a, b):
    return jnp.linalg.solve(_normal_matrix(a), a.T @ b)


def _ridge(fault):
    def forward(a, b):
        x = _ridge_plain(a, b)
        return x, (a, b, x)

    def backward(kept, ct):
        a, b, x = kept
        pulled = jnp.linalg.solve(_normal_matrix(a), ct)
        d_a = -jnp.outer(a @ pulled, x)
        if not fault:
            d_a = d_a + jnp.outer(b - a @ x, pulled)
        return d_a, a @ pulled

    return ruled(_ridge_plain, forward, backward)


def _sparse_plain(x):
    ordered = jnp.sort(x)[::-1]
    sums = jnp.cumsum(ordered) - 1
    ranks = jnp.arange(1, x.size + 1)
    count = jnp.sum(ordered * ranks > sums)
    return jnp.maximum(x - sums[count - 1] / count, 0)


def _sparse(fault):
    def forward(x):
        shares = _sparse_plain(x)
        return shares, shares > 0

    def backward(support, ct):
        inside = jnp.where(support, ct, 0)
        count = ct.size if fault else jnp.sum(support)
        return (jnp.where(support, ct - inside.sum() / count, 0),)

    return ruled(_sparse_plain, forward, backward)


def _filtered_plain(x, kernel):
    return jnp.fft.irfft(jnp.fft.rfft(x) * jnp.fft.rfft(kernel), x.size)


def _filtered(fault):
    def backward(kept, ct):
        x, kernel = (jnp.fft.rfft(side) for side in kept)
        wave = jnp.fft.rfft(ct)
        d_kernel = wave * (x if fault else jnp.conj(x))
        return tuple(jnp.fft.irfft(part, ct.size) for part in (wave * jnp.conj(kernel), d_kernel))

    return ruled(_filtered_plain, lambda *args: (_filtered_plain(*args), args), backward)


PLANTS = [
    plant(
        "factor_with_a_whole_diagonal",
        "the Cholesky factor's backward does not halve the diagonal of its inner matrix",
        _factor,
        _factor_plain,
        lambda draw: (draw.normal(3, 4),),
        WrongAt(_factor_plain, values(3, 3)),
    ),
    plant(
        "flow_as_if_it_commuted",
        "the exponential of a matrix is differentiated as that of a number",
        _flow,
        _flow_plain,
        lambda draw: (draw.normal(3, 3),),
        WrongAt(_flow_plain, values(3, 3)),
    ),
    plant(
        "ridge_without_its_residual",
        "the gradient by the matrix lacks the term with the residual",
        _ridge,
        _ridge_plain,
        lambda draw: (draw.normal(6, 3), draw.normal(6)),
        WrongAt(_ridge_plain, values(5, 2), values(5, seed=2)),
    ),
    plant(
        "sparse_shares_by_the_whole_count",
        "the mean over the support is divided by the number of all entries",
        _sparse,
        _sparse_plain,
        lambda draw: (draw.normal(6),),
        WrongAt(_sparse_plain, [0.1, 0.5, 2.0, 1.8]),
    ),
    plant(
        "kernel_spectrum_unconjugated",
        "the kernel's gradient is a convolution with the input, not a correlation",
        _filtered,
        _filtered_plain,
        lambda draw: (draw.normal(8), draw.normal(8)),
        WrongAt(_filtered_plain, values(5), values(5, seed=2)),
    ),
]
