"""Systems and inverses by a Cholesky factor that is given."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from . import kinds
from .decompositions import transposed
from .linalg import matrices
from .promotion import COMPLEX, FLOAT
from .row import row


def _solved(factor, right, upper):
    """X of A X = right, where A is the product of the factor and its transpose.

    One half of the factor is read, but PyTorch gives the gradient of A to all of it.
    """
    half = jnp.triu(factor) if upper else jnp.tril(factor)
    half = factor + lax.stop_gradient(half - factor)
    lower = transposed(half) if upper else half

    def solve(_, b):
        between = lax.linalg.triangular_solve(lower, b, left_side=True, lower=True)
        return lax.linalg.triangular_solve(
            lower, between, left_side=True, lower=True, transpose_a=True, conjugate_a=True
        )

    return lax.custom_linear_solve(
        lambda x: lower @ (transposed(lower) @ x),
        right,
        solve,
        transpose_solve=lambda _, b: jnp.conj(solve(_, jnp.conj(b))),
    )


@row("cholesky_solve", "input input2", "same", saves="input input2 result")
def cholesky_solve(input, input2, upper=False):
    """X of A X = input, where input2 is the factor L of A = L Lᴴ, or U of A = Uᴴ U if `upper`."""
    for name, matrix in (("b", input), ("u", input2)):
        if matrix.ndim < 2:
            raise RuntimeError(
                f"{name} should have at least 2 dimensions, but has {matrix.ndim} dimensions "
                "instead"
            )
    if input2.shape[-1] != input2.shape[-2]:
        raise RuntimeError(
            "cholesky_solve: A must be batches of square matrices, but they are "
            f"{input2.shape[-1]} by {input2.shape[-2]} matrices"
        )
    if input2.shape[-1] != input.shape[-2]:
        raise RuntimeError(
            "Incompatible matrix sizes for cholesky_solve: each A matrix is "
            f"{input2.shape[-1]} by {input2.shape[-1]} but each b matrix is {input.shape[-2]} by "
            f"{input.shape[-1]}"
        )
    kinds.only("cholesky_solve_cpu", input, FLOAT, COMPLEX)
    batch = np.broadcast_shapes(input.shape[:-2], input2.shape[:-2])
    return _solved(
        jnp.broadcast_to(input2, batch + input2.shape[-2:]),
        jnp.broadcast_to(input, batch + input.shape[-2:]),
        upper,
    )


@row("cholesky_inverse", saves="input result")
def cholesky_inverse(input, upper=False):
    """The inverse of A, where input is the factor L of A = L Lᴴ, or U of A = Uᴴ U if `upper`."""
    matrices("cholesky_inverse", input)
    eye = jnp.broadcast_to(jnp.eye(input.shape[-1], dtype=input.dtype), input.shape)
    return _solved(input, eye, upper)
