"""Linear algebra of square matrices: determinants, inverses, systems, powers; matrix norms.

Where XLA returns infinities or NaN for a singular matrix, PyTorch raises `LinAlgError`; so the
rows that need an inverse look at the matrix on the host first.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from .dims import dim as axis
from .norms import convertible, floating, norm_of, vector
from .promotion import COMPLEX, kind
from .row import row


class LinAlgError(RuntimeError):
    """The matrix does not allow the operation: it is singular, or not positive-definite."""


def matrices(name: str, *operands: Any, square: bool = True) -> None:
    """PyTorch's errors for what is not a (batch of) matrices."""
    for a in operands:
        floating(name, a)
        if a.ndim < 2:
            raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
        if square and a.shape[-2] != a.shape[-1]:
            raise RuntimeError(
                f"{name}: A must be batches of square matrices, but they are {a.shape[-2]} by "
                f"{a.shape[-1]} matrices"
            )


def singular(a: Any) -> tuple[str, int] | None:
    """The first singular matrix: which of a batch, and the pivot that is missing, from 1."""
    a = np.asarray(a)
    if a.ndim < 2 or a.shape[-2] != a.shape[-1] or a.dtype.kind not in "fc" or not a.size:
        return None
    for i, matrix in enumerate(a.reshape(-1, *a.shape[-2:])):
        if np.isfinite(matrix).all() and np.linalg.slogdet(matrix)[0] == 0:
            ranks = (np.linalg.matrix_rank(matrix[:, : k + 1]) for k in range(len(matrix)))
            place = next((k + 1 for k, rank in enumerate(ranks) if rank <= k), len(matrix))
            return f"(Batch element {i}): " if a.ndim > 2 else "", place
    return None


def check_inverse(A: Any, **_: Any) -> None:
    found = singular(A)
    if found is not None:
        which, place = found
        raise LinAlgError(
            f"linalg.inv: {which}The diagonal element {place} is zero, the inversion could not be "
            "completed because the input matrix is singular."
        )


def _check_inverse_of_input(input: Any, **_: Any) -> None:
    check_inverse(input)


def check_solve(A: Any, B: Any, **_: Any) -> None:
    found = singular(A)
    if found is not None:
        raise LinAlgError(
            f"torch.linalg.solve: {found[0]}The solver failed because the input matrix is singular."
        )


@row("inv", "A", bind="linalg", node="LinalgInvEx", check=check_inverse, saves="result")
def inv(A):
    matrices("linalg.inv", A)
    return jnp.linalg.inv(A) if A.size else A


@row("inverse", node="LinalgInvEx", check=_check_inverse_of_input, saves="result")
def inverse(input):
    return inv(input)


@row("det", "A", bind="torch method linalg", node="LinalgDet", saves="A result")
def det(A):
    """The determinant; at a singular matrix the gradient is the cofactors, PyTorch's is 0."""
    matrices("linalg.det", A)
    return jnp.linalg.det(A) if A.shape[-1] else jnp.ones(A.shape[:-2], A.dtype)


@row(
    "slogdet",
    "A",
    bind="torch method linalg",
    fields="sign logabsdet",
    node="LinalgSlogdet",
    saves="A sign",
)
def slogdet(A):
    matrices("linalg.slogdet", A)
    return tuple(jnp.linalg.slogdet(A))


@row("logdet", node="Where")
def logdet(input):
    """The logarithm of the determinant; NaN if that is negative."""
    matrices("logdet", input)
    sign, logabsdet = jnp.linalg.slogdet(input)
    result = jnp.where(sign == -1, np.nan, logabsdet)
    return result if kind(input.dtype) < COMPLEX else logabsdet + jnp.log(sign)


@row(
    "solve",
    "A B",
    "same",
    bind="linalg",
    node="LinalgSolveEx",
    check=check_solve,
    saves="A result",
)
def solve(A, B, left=True):
    """X of AX = B, or of XA = B; a B that fits as a batch of vectors is one."""
    matrices("linalg.solve", A)
    if B.ndim == 1 or (A.ndim - 1 == B.ndim and B.shape == A.shape[:-1]):
        if not left:
            raise RuntimeError(
                "linalg.solve: Vector broadcasting of the left hand side is not supported for "
                "left=False"
            )
        return _solve(A, B[..., None])[..., 0]
    if B.shape[-2 if left else -1] != A.shape[-1]:
        equation = "AX = B" if left else "XA = B"
        raise RuntimeError(
            f"linalg.solve: Incompatible shapes of A and B for the equation {equation} "
            f"({A.shape[-2]}x{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})"
        )
    if left:
        return _solve(A, B)
    return jnp.swapaxes(_solve(jnp.swapaxes(A, -1, -2), jnp.swapaxes(B, -1, -2)), -1, -2)


def _solve(a, b):
    batch = jnp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return jnp.linalg.solve(
        jnp.broadcast_to(a, batch + a.shape[-2:]), jnp.broadcast_to(b, batch + b.shape[-2:])
    )


@row("solve_triangular", "A B", "same", bind="linalg", node="LinalgSolveTriangular")
def solve_triangular(A, B, upper, left=True, unitriangular=False):
    """X of AX = B (or XA = B) for a triangular A, of which the other half is not read."""
    matrices("linalg.solve_triangular", A)
    if B.ndim < 2 or B.shape[-2 if left else -1] != A.shape[-1]:
        raise RuntimeError(
            "linalg.solve_triangular: Incompatible shapes of A and B for the equation "
            f"{'AX = B' if left else 'XA = B'} ({A.shape[-2]}x{A.shape[-1]} and "
            f"{'x'.join(map(str, B.shape[-2:]))})"
        )
    batch = jnp.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    return lax.linalg.triangular_solve(
        jnp.broadcast_to(A, batch + A.shape[-2:]),
        jnp.broadcast_to(B, batch + B.shape[-2:]),
        left_side=left,
        lower=not upper,
        unit_diagonal=unitriangular,
    )


def _check_power(input: Any, n: int) -> None:
    if n < 0:
        check_inverse(input)


def _power_node(n):
    return {
        0: "torch::autograd::CopyBackwards",
        1: "CloneBackward0",
        -1: "LinalgInvExBackward0",
    }.get(n, "MmBackward0")


@row("matrix_power", bind="torch method linalg", overload=_power_node, check=_check_power)
def matrix_power(input, n):
    matrices("linalg.matrix_power", input)
    return jnp.linalg.matrix_power(input, n)


# Numerator of the Padé approximant of order 13, and the 1-norm up to which it is exact in double
# precision; floats, for the first is no int32. Source: Higham, "The scaling and squaring method
# for the matrix exponential", 2005.
_PADE = (
    64764752532480000.0,
    32382376266240000.0,
    7771770303897600.0,
    1187353796428800.0,
    129060195264000.0,
    10559470521600.0,
    670442572800.0,
    33522128640.0,
    1323241920.0,
    40840800.0,
    960960.0,
    16380.0,
    182.0,
    1.0,
)
_THETA = 5.371920351148152  # fmt: skip
_SQUARINGS = 32


@row("matrix_exp", bind="torch method linalg", node="LinalgMatrixExp")
def matrix_exp(input):
    """Scaled until the approximant is exact, then squared; good up to a norm of 2e10."""
    matrices("linalg.matrix_exp", input)
    norm = lax.stop_gradient(jnp.max(jnp.sum(jnp.abs(input), -2), -1, initial=0))
    times = jnp.ceil(jnp.log2(jnp.maximum(norm / _THETA, 1)))[..., None, None]
    a = input * jnp.exp2(-times).astype(input.dtype)
    square, even, odd = a @ a, 0, 0
    power = jnp.broadcast_to(jnp.eye(a.shape[-1], dtype=a.dtype), a.shape)
    for k in range(0, 14, 2):
        even, odd = even + _PADE[k] * power, odd + _PADE[k + 1] * power
        power = power @ square
    odd = a @ odd
    start = jnp.linalg.solve(even - odd, even + odd)

    def squared(i, x):
        return jnp.where(i < times, x @ x, x)

    return lax.fori_loop(0, _SQUARINGS, squared, start)


@row("vecdot", "x y", "common", bind="linalg", node="Sum", overload=lambda **_: 1)
def vecdot(x, y, dim=-1):
    shape = jnp.broadcast_shapes(x.shape, y.shape)
    return jnp.sum(jnp.conj(x) * y, axis(dim, len(shape)))


def _matrix_norm(a: Any, ord: Any, dim: Any, keepdim: bool) -> Any:
    name = "linalg.matrix_norm"
    floating(name, a)
    if a.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    first, second = (axis(d, a.ndim) for d in dim)
    if first == second:
        raise RuntimeError(f"{name}: dims must be different. Got {tuple(dim)}")
    if ord in ("fro", "f"):
        return norm_of(a, 2, (first, second), keepdim)
    if ord != "nuc" and (isinstance(ord, str) or abs(ord) not in (1, 2, np.inf)):
        raise RuntimeError(f"{name}: Order {ord} not supported.")
    extremum = jnp.sum if ord == "nuc" else jnp.max if ord > 0 else jnp.min
    if ord in ("nuc", 2, -2):
        values = jnp.linalg.svd(jnp.moveaxis(a, (first, second), (-2, -1)), compute_uv=False)
        result = extremum(values, -1)
    else:
        rows, columns = (second, first) if abs(ord) == np.inf else (first, second)
        result = extremum(norm_of(a, 1, (rows,), True), columns, keepdims=True)
        result = jnp.squeeze(result, (first, second))
    return jnp.expand_dims(result, (first, second)) if keepdim else result


def _norm_node(ord: Any = "fro", dim: Any = None, **_: Any) -> str:
    if ord == "nuc":
        return "SumBackward1"
    if isinstance(ord, str) or ord is None or not (dim is None or len(np.shape(dim))):
        return "LinalgVectorNormBackward0"
    return "AmaxBackward0" if ord > 0 else "AminBackward0"


@row("matrix_norm", "A", "parts", bind="linalg", overload=_norm_node, saves="A result",
     check=convertible)  # fmt: skip
def matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, dtype=None):
    return _matrix_norm(A, ord, dim, keepdim)


@row("linalg.norm", "A", "parts", bind="", node="LinalgVectorNorm", saves="A result",
     check=convertible)  # fmt: skip
def linalg_norm(A, ord=None, dim=None, keepdim=False, dtype=None):
    """A norm of vectors for one dimension, of matrices for two; of all elements by default."""
    if ord is None:
        return vector("linalg.vector_norm", A, 2, dim, keepdim)
    if dim is None:
        if A.ndim not in (1, 2):
            raise RuntimeError(
                "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
                f"{A.ndim}D."
            )
        dim = tuple(range(A.ndim))
    dim = (dim,) if isinstance(dim, int) else dim
    if len(dim) == 2:
        return _matrix_norm(A, ord, dim, keepdim)
    if isinstance(ord, str):
        raise RuntimeError(f"linalg.norm: order {ord!r} needs two dimensions, got {list(dim)}")
    return vector("linalg.vector_norm", A, ord, dim, keepdim)
