"""`jax.scipy.linalg`: decompositions, solvers, functions of matrices, matrices with a pattern.

Those that read one triangle of a symmetric matrix give the derivative for both, so the rows make
the matrix symmetric before, as their users must.
"""

import jax.numpy as jnp

from ..table import row
from ..values import LOWER, REGULAR, SPD, SYMMETRIC, M, S, V, W, f32, normal
from .linalg import spd, spd_and_vector, symmetric

RIGHT = normal("right", 3)
SMALL = normal("SMALL", 2, 2)

row("jax.scipy.linalg.cholesky", SPD, call=lambda f, a: f((a + a.T) / 2), strategies=spd)
row("jax.scipy.linalg.cho_factor", SPD, call=lambda f, a: jnp.triu(f((a + a.T) / 2)[0]),
    strategies=spd)  # fmt: skip
row("jax.scipy.linalg.cho_solve", LOWER, RIGHT, call=lambda f, c, b: f((c, True), b))
row("jax.scipy.linalg.det", S)
row("jax.scipy.linalg.inv", REGULAR)
row("jax.scipy.linalg.solve", REGULAR, RIGHT)
row("jax.scipy.linalg.solve", SPD, RIGHT, label="positive definite", strategies=spd_and_vector,
    call=lambda f, a, b: f((a + a.T) / 2, b, assume_a="pos"))  # fmt: skip
row("jax.scipy.linalg.solve_triangular", LOWER, RIGHT, lower=True)
row("jax.scipy.linalg.solve_triangular", LOWER, RIGHT, label="transposed", trans=1, lower=True)
row("jax.scipy.linalg.solve_triangular", LOWER, RIGHT, label="unit", lower=True, unit_diagonal=True)
row("jax.scipy.linalg.lu", SPD, strategies=spd)
row("jax.scipy.linalg.lu_factor", SPD, call=lambda f, a: f(a)[0], strategies=spd)
row("jax.scipy.linalg.lu_solve", REGULAR, RIGHT,
    call=lambda f, lu, b: f((lu, jnp.arange(3, dtype=jnp.int32)), b))  # fmt: skip
row("jax.scipy.linalg.qr", normal("TALL", 3, 2), call=lambda f, a: [
    x**2 for x in f(a, mode="economic")])  # fmt: skip
row("jax.scipy.linalg.eigh", SYMMETRIC, label="values", eigvals_only=True, strategies=symmetric)
row("jax.scipy.linalg.svd", M, label="values", compute_uv=False)
row("jax.scipy.linalg.polar", REGULAR, method="svd")

row("jax.scipy.linalg.expm", SMALL)
row("jax.scipy.linalg.expm", S, label="3 by 3")
row("jax.scipy.linalg.expm_frechet", SMALL, normal("E", 2, 2))

row("jax.scipy.linalg.block_diag", SMALL, M)
row("jax.scipy.linalg.circulant", V)
row("jax.scipy.linalg.companion", f32(2, -1, 3))
row("jax.scipy.linalg.convolution_matrix", V, n=3)
row("jax.scipy.linalg.fiedler", V)
row("jax.scipy.linalg.fiedler_companion", V)
row("jax.scipy.linalg.hankel", V, W)
row("jax.scipy.linalg.leslie", f32(0.1, 2, 1), f32(0.2, 0.8))
row("jax.scipy.linalg.toeplitz", V, W)
