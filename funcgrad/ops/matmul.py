"""Products of vectors and matrices.

On accelerators every product is taken at full float32 precision, PyTorch's default.
"""

import jax.numpy as jnp
from jax import lax

from . import kinds
from .names import scalar_name
from .promotion import broadcast_shapes
from .row import row

_FULL = lax.Precision.HIGHEST


def _multiply(a, b, kernel="addmm_impl_cpu_"):
    kinds.numeric(kernel, a)
    return jnp.matmul(a, b, precision=_FULL)


def _matrices(a, b):
    """PyTorch's errors for a product of two matrices."""
    if a.ndim != 2:
        raise RuntimeError("self must be a matrix")
    if b.ndim != 2:
        raise RuntimeError(f"mat2 must be a matrix, got {b.ndim}-D tensor")
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and "
            f"{b.shape[0]}x{b.shape[1]})"
        )


@row("mm", "input mat2", "same")
def mm(input, mat2):
    _matrices(input, mat2)
    return _multiply(input, mat2)


@row("mv", "input vec", "same")
def mv(input, vec):
    if input.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {input.ndim}, {vec.ndim}")
    if input.shape[1] != vec.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({input.shape[0]}), mat ({input.shape[0]}x"
            f"{input.shape[1]}), vec ({vec.shape[0]})"
        )
    return _multiply(input, vec, "addmv_impl_cpu")


def _batches(batch1, batch2):
    for i, batch in ((1, batch1), (2, batch2)):
        if batch.ndim != 3:
            raise RuntimeError(f"batch{i} must be a 3D tensor")
    expected = [batch1.shape[0], batch1.shape[2]]
    if list(batch2.shape[:2]) != expected:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: {expected} but got: "
            f"{list(batch2.shape[:2])}."
        )


@row("bmm", "input mat2", "same")
def bmm(input, mat2):
    _batches(input, mat2)
    return _multiply(input, mat2, "bmm")


@row("matmul", "input other", "same", bind="", node="UnsafeView")
def matmul(input, other):
    """Any dimensions; `dot`, `mv` and `mm` are the cases that PyTorch records by those names."""
    if not (input.ndim and other.ndim):
        raise RuntimeError(
            "both arguments to matmul need to be at least 1D, but they are "
            f"{input.ndim}D and {other.ndim}D"
        )
    inner = other.shape[-2] if other.ndim > 1 else other.shape[0]
    if input.shape[-1] != inner:
        if input.ndim > 2 and other.ndim > 2:
            raise RuntimeError(
                "Expected size for first two dimensions of batch2 tensor to be: "
                f"{[input.shape[0], input.shape[-1]]} but got: {[other.shape[0], inner]}."
            )
        m = input.size // max(input.shape[-1], 1)
        n = other.shape[-1] if other.ndim > 1 else 1
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({m}x{input.shape[-1]} and {inner}x{n})"
        )
    broadcast_shapes([input.shape[:-2], other.shape[:-2]])
    return _multiply(input, other)


def _vectors(a, b):
    if a.ndim != 1 or b.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {scalar_name(a.dtype)} "
            f"and {scalar_name(b.dtype)}"
        )
    if a.size != b.size:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{a.size}] and src [{b.size}] to have the "
            f"same number of elements, but got {a.size} and {b.size} elements respectively"
        )


@row("dot", "input tensor", check=_vectors)
def dot(input, tensor):
    _vectors(input, tensor)
    return _multiply(input, tensor, "dot")


@row("vdot", "input other", check=_vectors)
def vdot(input, other):
    _vectors(input, other)
    return _multiply(jnp.conj(input), other, "dot")


@row("inner", "input other", "same", node="View")
def inner(input, other):
    if not (input.ndim and other.ndim):
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(input.shape)} and {list(other.shape)}"
        )
    kinds.numeric("dot" if input.ndim == other.ndim == 1 else "addmm_impl_cpu_", input)
    return jnp.inner(input, other, precision=_FULL)


@row("outer", "input vec2", "joined", alias="ger", node="Mul")
def outer(input, vec2):
    for name, vector in (("self", input), ("vec2", vec2)):
        if vector.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {vector.ndim}-D")
    return input[:, None] * vec2


def _plus(input, product, beta, alpha):
    """`beta * input + alpha * product`; a `beta` of 0 leaves no trace of a NaN in the input."""
    lead = product.ndim - input.ndim
    for i, n in enumerate(input.shape):
        if lead < 0 or n not in (1, product.shape[lead + i]):
            raise RuntimeError(
                f"The expanded size of the tensor ({product.shape[lead + i]}) must match the "
                f"existing size ({n}) at non-singleton dimension {lead + i}.  Target sizes: "
                f"{list(product.shape)}.  Tensor sizes: {list(input.shape)}"
            )
    if alpha is not None:
        product = alpha.astype(product.dtype) * product
    if beta is not None:
        input = jnp.where(beta == 0, 0, beta.astype(input.dtype) * input)
    return input + product


@row("addmm", "input mat1 mat2 ~beta ~alpha", "same", "torch method inplace", holds="beta alpha")
def addmm(input, mat1, mat2, beta=None, alpha=None):
    if mat1.ndim != 2 or mat2.ndim != 2:
        raise RuntimeError(
            f"mat1 and mat2 must be matrices, got {mat1.ndim}-D and {mat2.ndim}-D tensors"
        )
    _matrices(mat1, mat2)
    return _plus(input, _multiply(mat1, mat2), beta, alpha)


@row("addmv", "input mat vec ~beta ~alpha", "same", "torch method inplace", holds="beta alpha")
def addmv(input, mat, vec, beta=None, alpha=None):
    return _plus(input, mv(mat, vec), beta, alpha)


@row("addr", "input vec1 vec2 ~beta ~alpha", "joined", "torch method inplace", holds="beta alpha")
def addr(input, vec1, vec2, beta=None, alpha=None):
    return _plus(input, outer(vec1, vec2), beta, alpha)


@row("baddbmm", "input batch1 batch2 ~beta ~alpha", "same", "torch method inplace",
     holds="beta alpha")  # fmt: skip
def baddbmm(input, batch1, batch2, beta=None, alpha=None):
    _batches(batch1, batch2)
    return _plus(input, _multiply(batch1, batch2, "baddbmm"), beta, alpha)


@row("addbmm", "input batch1 batch2 ~beta ~alpha", "same", "torch method inplace",
     holds="beta alpha")  # fmt: skip
def addbmm(input, batch1, batch2, beta=None, alpha=None):
    _batches(batch1, batch2)
    return _plus(input, jnp.einsum("bij,bjk->ik", batch1, batch2, precision=_FULL), beta, alpha)


@row("linear", "input weight bias", "same", bind="functional", node="Addmm")
def linear(input, weight, bias=None):
    """`input @ weight.T + bias`: (*, in), (out, in) and (out,) to (*, out)."""
    if weight.ndim not in (1, 2):
        raise RuntimeError(f"mat2 must be a matrix, got {weight.ndim}-D tensor")
    n = input.shape[-1] if input.ndim else 1
    if not input.ndim or n != weight.shape[-1]:
        m = input.size // max(n, 1)
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({m}x{n} and "
            f"{weight.shape[-1]}x{weight.shape[0] if weight.ndim == 2 else 1})"
        )
    contract = (((input.ndim - 1,), (weight.ndim - 1,)), ((), ()))
    product = lax.dot_general(input, weight, contract, precision=_FULL)
    return product if bias is None else _plus(bias, product, None, None)


@row("bilinear", "input1 input2 weight bias", "same", bind="functional", node="Add")
def bilinear(input1, input2, weight, bias=None):
    """(*, i), (*, j), (o, i, j) and (o,) to (*, o)."""
    if (input1.shape[-1], input2.shape[-1]) != weight.shape[1:]:
        raise RuntimeError(
            f"bilinear(): input1 and input2 sizes {list(input1.shape)} and {list(input2.shape)} "
            f"do not fit the weight {list(weight.shape)}"
        )
    product = jnp.einsum("...i,oij,...j->...o", input1, weight, input2, precision=_FULL)
    return product if bias is None else product + bias
