"""Systems solved by a factorization: least squares, LU, Cholesky; what else has two or three parts.

The functions that end in `_ex` raise nothing where the matrix is singular, but say in `info` which
pivot is the first that is missing, or 0.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from .decompositions import transposed
from .dims import dim as axis
from .linalg import check_inverse, check_solve, inv, matrices, singular, solve, solve_triangular
from .row import row


def _info(factors):
    """The place of the first pivot that is missing, or 0."""
    gone = jnp.diagonal(lax.stop_gradient(factors), axis1=-2, axis2=-1) == 0
    place = jnp.argmax(gone, -1) + 1 if gone.shape[-1] else 0
    return jnp.where(gone.any(-1), place, 0).astype(np.int32)


def _check_if_asked(A: Any, *_: Any, check_errors: bool, **__: Any) -> None:
    if check_errors:
        check_inverse(A)


@row("inv_ex", "A", bind="linalg", fields="inverse info", node="LinalgInvEx", saves="inverse",
     check=_check_if_asked)  # fmt: skip
def inv_ex(A, check_errors=False):
    """The inverse, and where there is none the place of the pivot that is missing."""
    return inv(A), _info(lu_factor(A)[0])


@row("solve_ex", "A B", "same", bind="linalg", fields="result info", node="LinalgSolveEx",
     saves="A result", check=_check_if_asked)  # fmt: skip
def solve_ex(A, B, left=True, check_errors=False):
    """X of `A X = B`, and where there is none the place of the pivot that is missing."""
    return solve(A, B, left), _info(lu_factor(A)[0])


def _check_pivoting(pivot):
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")


def _check_pivots(A: Any, **_: Any) -> None:
    found = singular(A)
    if found is not None:
        which, place = found
        raise RuntimeError(
            f"torch.linalg.lu_factor: {which}U[{place},{place}] is zero and using it on lu_solve "
            "would result in a division by zero. If you still want to perform the factorization, "
            "consider calling linalg.lu_factor_ex(A, pivot)"
        )


@row("lu_factor", "A", bind="linalg", fields="LU pivots", node="LinalgLuFactorEx",
     saves="LU pivots", check=_check_pivots)  # fmt: skip
def lu_factor(A, pivot=True):
    """L (without its ones) and U in one matrix, and which rows were swapped, counted from 1."""
    matrices("linalg.lu_factor", A, square=False)
    _check_pivoting(pivot)
    if not A.size:
        shape = (*A.shape[:-2], min(A.shape[-2:]))
        return A, jnp.zeros(shape, np.int32)
    factors, pivots, _ = lax.linalg.lu(A)
    return factors, pivots.astype(np.int32) + 1


@row("lu_factor_ex", "A", bind="linalg", fields="LU pivots info", node="LinalgLuFactorEx",
     saves="LU pivots")  # fmt: skip
def lu_factor_ex(A, pivot=True, check_errors=False):
    factors, pivots = lu_factor(A, pivot)
    return factors, pivots, _info(factors)


def _parts(factors):
    m, n = factors.shape[-2:]
    k = min(m, n)
    lower = jnp.tril(factors[..., :k], -1) + jnp.eye(m, k, dtype=factors.dtype)
    return lower, jnp.triu(factors[..., :k, :])


def _permutation(pivots, rows, dtype):
    """The matrix that undoes the swaps: `A = P L U`."""
    order = lax.linalg.lu_pivots_to_permutation(pivots - 1, rows)
    # Row i of L U is row order[i] of A, so column i of P has its one there.
    return (order[..., None, :] == jnp.arange(rows)[:, None]).astype(dtype)


@row("linalg.lu_solve", "LU ~pivots B", bind="", node="LinalgLuSolve", saves="LU pivots result")
def lu_solve(LU, pivots, B, left=True, adjoint=False):
    """X of `A X = B` (of `X A = B`), by what `lu_factor` gives; of A's adjoint if `adjoint`."""
    if not left:
        found = lu_solve(LU, pivots, transposed(B), True, not adjoint)
        return transposed(found)
    lower, upper = _parts(LU)
    swaps = _permutation(pivots, LU.shape[-1], LU.dtype)
    if adjoint:
        half = solve_triangular(transposed(upper), B, upper=False)
        half = solve_triangular(transposed(lower), half, upper=True, unitriangular=True)
        return jnp.matmul(swaps, half, precision=lax.Precision.HIGHEST)
    half = jnp.matmul(jnp.swapaxes(swaps, -1, -2), B, precision=lax.Precision.HIGHEST)
    half = solve_triangular(lower, half, upper=False, unitriangular=True)
    return solve_triangular(upper, half, upper=True)


@row("torch.lu_solve", "b LU_data ~LU_pivots", bind="", node="LinalgLuSolve",
     saves="LU_data LU_pivots result")  # fmt: skip
def torch_lu_solve(b, LU_data, LU_pivots):
    """`torch.lu_solve`, the older form."""
    return lu_solve(LU_data, LU_pivots, b)


def _check_tensorinv(A: Any, ind: int) -> None:
    size = math.prod(A.shape[: max(ind, 0)])
    if ind > 0 and size * size == A.size:
        check_inverse(np.asarray(A).reshape(size, size))


@row("tensorinv", "A", bind="linalg", node="ReshapeAlias", saves="result", check=_check_tensorinv)
def tensorinv(A, ind=2):
    """The inverse of the map from the dimensions after the first `ind` to those."""
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    first, last = A.shape[:ind], A.shape[ind:]
    if math.prod(first) != math.prod(last):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == "
            f"prod(self.shape[:ind]), but got {math.prod(last)} != {math.prod(first)}"
        )
    return inv(A.reshape(math.prod(first), -1)).reshape(last + first)


def _turned(A: Any, dims: Any) -> tuple[int, ...]:
    """The order of the dimensions of A after `dims` were moved to its end."""
    places = [axis(d, A.ndim) for d in dims or ()]
    return (*(d for d in range(A.ndim) if d not in places), *places)


def _check_tensorsolve(A: Any, B: Any, dims: Any = None) -> None:
    if A.size == B.size * B.size:
        check_solve(np.asarray(A).transpose(_turned(A, dims)).reshape(B.size, B.size), B)


@row("tensorsolve", "A B", "same", bind="linalg", node="View", saves="A result",
     check=_check_tensorsolve)  # fmt: skip
def tensorsolve(A, B, dims: Any = None):
    """X of `tensordot(A, X, X.ndim) = B`; `dims` of A are moved to its end before."""
    A = jnp.transpose(A, _turned(A, dims))
    rest = A.shape[B.ndim :]
    if math.prod(rest) != B.size:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), but got {math.prod(rest)} != {B.size}"
        )
    return solve(A.reshape(B.size, -1), B.reshape(-1)).reshape(rest)


@row("linalg.vander", "x", bind="", node="Cat")
def linalg_vander(x, N=None):
    """The powers of the last dimension from 0 on, along a new one."""
    count = (x.shape or (1,))[-1] if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    x = jnp.atleast_1d(x)
    steps = [jnp.ones_like(x)]
    for _ in range(count - 1):
        steps.append(steps[-1] * x)
    return jnp.stack(steps, -1)


@row("vander", "x", bind="torch", node="Flip")
def vander(x, N=None, increasing=False):
    """The powers of a vector's entries, one column each, from the highest on."""
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x.shape[0] if N is None else N
    steps = [jnp.ones_like(x)]
    for _ in range(count - 1):
        steps.append(steps[-1] * x)
    steps = steps[:count] if increasing else steps[:count][::-1]
    return jnp.stack(steps, -1) if count else jnp.zeros((x.shape[0], 0), x.dtype)
