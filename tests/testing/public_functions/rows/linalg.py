"""`jax.numpy.linalg`.

Singular vectors, eigenvectors and the factors of QR have a sign (complex ones a phase) that is
LAPACK's choice, and the eigenvalues of a general matrix come in any order. A loss that means
anything does not depend on that, and nor do these rows: they square or sum.
"""

import numpy as np

from ..table import row
from ..values import (
    HERMITIAN,
    LOWER,
    REGULAR,
    S2,
    SPD,
    SYMMETRIC,
    Z_MATRIX,
    M,
    N,
    S,
    T,
    V,
    W,
    Z,
    f32,
    normal,
)

TALL = normal("TALL", 3, 2)


def spd(gt):
    """A positive definite matrix."""
    return (gt.arrays((3, 3), spd=True),)


def spd_and_vector(gt):
    """A positive definite matrix and a right-hand side."""
    return gt.arrays((3, 3), spd=True), gt.arrays(3)


def symmetric(gt):
    """A symmetric matrix."""
    return (gt.arrays((3, 3), symmetric=True),)


row("jax.numpy.linalg.cholesky", SPD, strategies=spd)
row("jax.numpy.linalg.cholesky", SPD, label="upper", upper=True, strategies=spd)
row("jax.numpy.linalg.cond", REGULAR)
row("jax.numpy.linalg.cond", REGULAR, label="p=1", p=1)
row("jax.numpy.linalg.det", S)
row("jax.numpy.linalg.det", np.ones((2, 2), np.float32), label="singular")
row("jax.numpy.linalg.slogdet", REGULAR)
row("jax.numpy.linalg.slogdet", Z_MATRIX, label="complex")
row("jax.numpy.linalg.inv", REGULAR)
row("jax.numpy.linalg.inv", SPD, label="positive definite", strategies=spd)
row("jax.numpy.linalg.pinv", TALL)
row("jax.numpy.linalg.solve", REGULAR, normal("right", 3))
row("jax.numpy.linalg.solve", SPD, normal("right", 3), label="positive definite",
    strategies=spd_and_vector)  # fmt: skip
row("jax.numpy.linalg.lstsq", SPD, normal("right", 3), strategies=spd_and_vector,
    call=lambda f, a, b: f(a, b)[0])  # fmt: skip
row("jax.numpy.linalg.lstsq", normal("right", 3), label="by the right-hand side",
    call=lambda f, b: f(TALL, b)[0])  # fmt: skip
row("jax.numpy.linalg.tensorinv", REGULAR.reshape(3, 3, 1)[..., 0], ind=1)
row("jax.numpy.linalg.tensorsolve", REGULAR, normal("right", 3))
row("jax.numpy.linalg.multi_dot", [M, S, TALL])
row("jax.numpy.linalg.matrix_power", S, n=3)
row("jax.numpy.linalg.matrix_power", REGULAR, label="negative", n=-2)

row("jax.numpy.linalg.eigh", SYMMETRIC, strategies=symmetric,
    call=lambda f, a: (lambda w, v: (w, v**2))(*f(a)))  # fmt: skip
row("jax.numpy.linalg.eigvalsh", SYMMETRIC, strategies=symmetric)
row("jax.numpy.linalg.eigvalsh", HERMITIAN, label="complex")
row("jax.numpy.linalg.eigvals", SYMMETRIC, call=lambda f, a: (f(a) ** 3).sum(),
    strategies=symmetric)  # fmt: skip
row("jax.numpy.linalg.qr", TALL, call=lambda f, a: [x**2 for x in f(a)])
row("jax.numpy.linalg.qr", SPD, label="square", strategies=spd,
    call=lambda f, a: [x**2 for x in f(a)])  # fmt: skip
row("jax.numpy.linalg.svd", TALL, call=lambda f, a: (
    lambda u, s, vt: (u**2, s, vt**2))(*f(a, full_matrices=False)))  # fmt: skip
row("jax.numpy.linalg.svd", M, label="values", compute_uv=False)
row("jax.numpy.linalg.svdvals", M)

row("jax.numpy.linalg.norm", V)
row("jax.numpy.linalg.norm", M, label="rows", axis=1)
row("jax.numpy.linalg.norm", Z, label="complex")
row("jax.numpy.linalg.norm", V, label="1", ord=1)
row("jax.numpy.linalg.norm", f32(3, -3, 1), label="inf, ties", ord=np.inf)
row("jax.numpy.linalg.norm", f32(3, 0, 4), label="one zero", ord=3)
row("jax.numpy.linalg.norm", M, label="nuclear", ord="nuc")
row("jax.numpy.linalg.norm", M, label="spectral", ord=2)
row("jax.numpy.linalg.matrix_norm", M)
row("jax.numpy.linalg.vector_norm", M)
row("jax.numpy.linalg.vector_norm", f32(3, 0, 4), label="one zero")

row("jax.numpy.linalg.cross", M, N)
row("jax.numpy.linalg.diagonal", S)
row("jax.numpy.linalg.matmul", S, S2)
row("jax.numpy.linalg.matrix_transpose", M)
row("jax.numpy.linalg.outer", V, W)
row("jax.numpy.linalg.tensordot", T, M, axes=([2], [1]))
row("jax.numpy.linalg.trace", S)
row("jax.numpy.linalg.vecdot", M, N)

row("jax.numpy.linalg.inv", LOWER, label="triangular")
