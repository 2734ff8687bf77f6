"""Decompositions of matrices: Cholesky, QR, singular values, eigenvalues; pseudo-inverse."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from .linalg import LinAlgError, matrices
from .row import row


def _check_cholesky(A: Any, **_: Any) -> None:
    a = np.asarray(A)
    if a.ndim < 2 or a.shape[-2] != a.shape[-1] or a.dtype.kind not in "fc" or not a.size:
        return
    for matrix in a.reshape(-1, *a.shape[-2:]):
        order = _bad_minor(matrix)
        if order is not None:
            raise LinAlgError(
                "linalg.cholesky: The factorization could not be completed because the input is "
                f"not positive-definite (the leading minor of order {order} is not "
                "positive-definite)."
            )


def _bad_minor(matrix: np.ndarray) -> int | None:
    """The order of the first leading minor that is not positive-definite."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        for order in range(1, len(matrix) + 1):
            try:
                np.linalg.cholesky(matrix[:order, :order])
            except np.linalg.LinAlgError:
                return order
    return None


def transposed(a):
    return jnp.conj(jnp.swapaxes(a, -1, -2))


def _hermitian(a, upper, even=True):
    """The matrix that one half of `a` stands for; its gradient goes to both halves, evenly.

    Unless `even`, each half is given its own, as by PyTorch where it does not symmetrise.
    """
    half = jnp.triu(a) if upper else jnp.tril(a)
    strict = jnp.triu(a, 1) if upper else jnp.tril(a, -1)
    whole = lax.stop_gradient(half + transposed(strict))
    source = (a + transposed(a)) / 2 if even else a
    return whole + (source - lax.stop_gradient(source))


def _cholesky(a, upper):
    factor = lax.linalg.cholesky(_hermitian(a, upper), symmetrize_input=False)
    return transposed(factor) if upper else factor


@row("cholesky", "A", bind="linalg", node="LinalgCholeskyEx", check=_check_cholesky, saves="result")
def cholesky(A, upper=False):
    """L of A = L Lᴴ; only one half of A is read, the lower one unless `upper`."""
    matrices("linalg.cholesky", A)
    return _cholesky(A, upper)


def _check_cholesky_of_input(input: Any, **_: Any) -> None:
    _check_cholesky(input)


@row("torch.cholesky", bind="", node="Cholesky", check=_check_cholesky_of_input, saves="result")
def torch_cholesky(input, upper=False):
    matrices("linalg.cholesky", input)
    return _cholesky(input, upper)


@row("qr", "A", bind="linalg", fields="Q R", node="LinalgQr")
def qr(A, mode="reduced"):
    matrices("linalg.qr", A, square=False)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), "
            "'r', or 'complete'"
        )
    if mode == "r":
        return jnp.zeros((0,), A.dtype), jnp.linalg.qr(A, "r")
    return tuple(jnp.linalg.qr(A, mode))


def _svd(a, full):
    u, s, vh = jnp.linalg.svd(a, full_matrices=False)
    if full and a.shape[-2] != a.shape[-1]:
        # Beyond the reduced factors the columns are free, and carry no gradient.
        k = s.shape[-1]
        wide_u, _, wide_vh = jnp.linalg.svd(lax.stop_gradient(a), full_matrices=True)
        u = jnp.concatenate([u, wide_u[..., k:]], -1)
        vh = jnp.concatenate([vh, wide_vh[..., k:, :]], -2)
    return u, s, vh


@row("svd", "A", bind="linalg", fields="U S Vh", node="LinalgSvd")
def svd(A, full_matrices=True):
    matrices("linalg.svd", A, square=False)
    return _svd(A, full_matrices)


@row("torch.svd", bind="", fields="U S V", node="LinalgSvd", saves="U S V")
def torch_svd(input, some=True, compute_uv=True):
    """`torch.svd`, the older form: V, not its transpose."""
    matrices("linalg.svd", input, square=False)
    u, s, vh = _svd(input, not some)
    if not compute_uv:
        u, vh = jnp.zeros_like(u), jnp.zeros_like(vh)
    return u, s, transposed(vh)


@row("svdvals", "A", bind="linalg", node="LinalgSvd", saves="result")
def svdvals(A):
    matrices("linalg.svd", A, square=False)
    return jnp.linalg.svd(A, compute_uv=False)


def _eigh(name, a, uplo):
    matrices(name, a)
    if uplo.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {uplo}")
    vectors, values = lax.linalg.eigh(_hermitian(a, uplo.upper() == "U"), symmetrize_input=False)
    return values, vectors


@row("eigh", "A", bind="linalg", fields="eigenvalues eigenvectors", node="LinalgEigh")
def eigh(A, UPLO="L"):
    """Of one half of a Hermitian matrix; eigenvalues ascend."""
    return _eigh("linalg.eigh", A, UPLO)


@row("eigvalsh", "A", bind="linalg", node="LinalgEigh", saves="result")
def eigvalsh(A, UPLO="L"):
    return _eigh("linalg.eigh", A, UPLO)[0]


def _pinv(a, rtol, hermitian):
    matrices("linalg.pinv", a, square=hermitian)
    if rtol is None:
        rtol = max(a.shape[-2:]) * float(jnp.finfo(a.dtype).eps)
    return jnp.linalg.pinv(_hermitian(a, False, even=False) if hermitian else a, rtol=rtol)


@row("pinv", "A", bind="linalg", node="LinalgPinv")
def pinv(A, rcond=None, hermitian=False, rtol=None):
    """The pseudo-inverse; singular values below `rtol` times the largest count as zero."""
    return _pinv(A, rcond if rtol is None else rtol, hermitian)


@row("pinverse", node="LinalgPinv")
def pinverse(input, rcond=1e-15):
    return _pinv(input, rcond, False)


@row("matrix_rank", "A", bind="linalg")
def matrix_rank(A, tol=None, hermitian=False, atol=None, rtol=None):
    """How many singular values exceed the tolerance; `tol` and `atol` are absolute."""
    matrices("linalg.matrix_rank", A, square=hermitian)
    if not A.size:
        return jnp.zeros(A.shape[:-2], np.int64)
    if hermitian:
        values = jnp.abs(_eigh("linalg.matrix_rank", A, "L")[0])
    else:
        values = jnp.linalg.svd(A, compute_uv=False)
    absolute = tol if tol is not None else atol
    if rtol is None:
        rtol = 0.0 if absolute else max(A.shape[-2:]) * float(jnp.finfo(A.dtype).eps)
    relative = rtol * jnp.max(values, -1, keepdims=True)
    allowed = absolute if tol is not None else jnp.maximum(absolute or 0.0, relative)
    return jnp.sum(values > allowed, -1, dtype=np.int64)
