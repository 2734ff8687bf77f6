"""The arrays of the list: small, float32, and the same at every run.

One draw is made a name, so a new row moves no other row's numbers. The letters say the shape:
`V` and `W` are vectors, `M` and `N` matrices of one shape, `S` is square, `T` has three axes.
"""

import zlib

import numpy as np


def rng(name: str) -> np.random.Generator:
    """A generator that depends on the name only."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def normal(name: str, *shape: int) -> np.ndarray:
    """Values around 0."""
    return rng(name).normal(size=shape).astype(np.float32)


def between(name: str, lo: float, hi: float, *shape: int) -> np.ndarray:
    """Values in an interval."""
    return rng(name).uniform(lo, hi, shape).astype(np.float32)


def f32(*values: float) -> np.ndarray:
    """These values, as a vector."""
    return np.array(values, np.float32)


V, W = normal("V", 4), normal("W", 4)
M, N = normal("M", 2, 3), normal("N", 2, 3)
S, S2 = normal("S", 3, 3), normal("S2", 3, 3)
T = normal("T", 2, 2, 3)
SCALAR = np.float32(0.7)

#: Greater than 0, as logarithms and rates need; in (0, 1), as probabilities are; in (-1, 1).
POSITIVE, POSITIVE2 = between("POSITIVE", 0.3, 3, 4), between("POSITIVE2", 0.3, 3, 4)
PROBABLE, PROBABLE2 = between("PROBABLE", 0.1, 0.9, 4), between("PROBABLE2", 0.1, 0.9, 4)
WITHIN = between("WITHIN", -0.9, 0.9, 4)

#: Where functions have kinks: zeros of both signs, ones, equal entries.
ZEROS = f32(0.0, -0.0, 1.5, -2.0)
KINKS = f32(-2.0, -1.0, 0.0, 0.5, 1.0, 3.0)
TIED = f32(1.0, -1.0, 1.0, 0.0)
TIED_MATRIX = np.array([[1, 2, 2], [0, 0, -1]], np.float32)
WITH_NAN = f32(1.0, np.nan, -2.0, 0.5)

#: Complex values, masks, indices and labels.
Z, Z2 = (normal(f"{n}.re", 3) + 1j * normal(f"{n}.im", 3) for n in ("Z", "Z2"))
Z_MATRIX = normal("Z_MATRIX.re", 2, 2) + 1j * normal("Z_MATRIX.im", 2, 2)
MASK = np.array([[True, False, True], [True, True, False]])
VECTOR_MASK = np.array([True, False, True, True])
INDICES = np.array([2, 0, 2], np.int32)
LABELS = np.array([2, 0], np.int32)
SIGNS = f32(1, -1, -1, 1)

#: Rows on the simplex, and their logarithms.
SIMPLEX = np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]], np.float32)
SIMPLEX2 = np.array([[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]], np.float32)
LOG_SIMPLEX = np.log(SIMPLEX2)
ONE_HOT = np.array([[0, 0, 1], [1, 0, 0]], np.float32)

#: Matrices with a structure: positive definite, symmetric, lower triangular, far from singular.
SPD = (S @ S.T + 2 * np.eye(3)).astype(np.float32)
SYMMETRIC = ((S + S.T) / 2 + np.diag([-2.0, 0.0, 2.0])).astype(np.float32)
LOWER = (np.tril(S, -1) + np.diag([1.0, 2.0, 1.5])).astype(np.float32)
REGULAR = (S + 3 * np.eye(3)).astype(np.float32)
HERMITIAN = np.array([[2, 0.5 - 1j], [0.5 + 1j, -1]], np.complex64)
