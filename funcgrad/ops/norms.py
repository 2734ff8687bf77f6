"""Norms of vectors, with PyTorch's gradient where the root or the absolute value has a kink."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from .dims import dim as axis
from .extents import axes
from .promotion import COMPLEX, FLOAT, kind, promote_types, scalar_name
from .row import row


def norm_of(x, p, found, keepdim):
    """The p-norm along axes: at 0 the gradient is 0, for `p = 1` that of each element is."""
    over = {"axis": found, "keepdims": keepdim}
    if p == 0:
        return jnp.sum((x != 0).astype(x.real.dtype), **over)
    if p == 2:
        square = x.real * x.real + x.imag * x.imag if kind(x.dtype) == COMPLEX else x * x
        return _root(jnp.sum(square, **over), 2)
    # Written out, for JAX says that the derivative of `abs` at 0 is 1.
    size = jnp.where(x == 0, 0, jnp.abs(x))
    if p == 1:
        return jnp.sum(size, **over)
    if abs(p) == np.inf:
        return (jnp.max if p > 0 else jnp.min)(size, **over)
    if p < 0:
        return jnp.sum(size**p, **over) ** (1 / p)
    nothing = size == 0
    return _root(jnp.sum(jnp.where(nothing, 0, jnp.where(nothing, 1, size) ** p), **over), p)


def _root(total, p):
    flat = total == 0
    inner = jnp.where(flat, 1, total)
    return jnp.where(flat, 0, jnp.sqrt(inner) if p == 2 else inner ** (1 / p))


def floating(name, input):
    """Norms are of floating or complex numbers."""
    if kind(input.dtype) < FLOAT:
        raise RuntimeError(
            f"{name}: Expected a floating point or complex tensor as input. Got "
            f"{scalar_name(input.dtype)}; convert it with .float()"
        )


def convertible(x, *_, dtype=None, **__):
    """Refuse a `dtype` that is of another kind than the operand's, or narrower."""
    name = "linalg.vector_norm"
    floating(name, x)
    if dtype is None:
        return
    if kind(dtype) < FLOAT:
        raise RuntimeError(
            f"{name}: dtype should be floating point or complex, but got {scalar_name(dtype)}"
        )
    if (kind(dtype) == COMPLEX) != (kind(x.dtype) == COMPLEX):
        word = "complex" if kind(x.dtype) == COMPLEX else "real"
        raise RuntimeError(
            f"{name}: dtype should be {word} for {word} inputs, but got {scalar_name(dtype)}"
        )
    if promote_types(x.dtype, dtype) != dtype:
        raise RuntimeError(
            f"{name}: the dtype of the input ({scalar_name(x.dtype)}) should be convertible "
            f"without narrowing to the specified dtype ({scalar_name(dtype)})"
        )


def vector(name, x, p, dim, keepdim):
    """The norm of a vector, after PyTorch's checks; `dim` None takes all elements."""
    floating(name, x)
    found = axes(dim, x.ndim)
    empty = any(x.shape[d] == 0 for d in found)
    if empty and (p < 0 or p == np.inf):
        raise RuntimeError(
            f"{name} cannot compute the {p} norm on an empty tensor because the operation does "
            "not have an identity"
        )
    return norm_of(x, p, found, keepdim)


@row("vector_norm", "x", "parts", bind="linalg", node="LinalgVectorNorm", saves="x result",
     check=convertible)  # fmt: skip
def vector_norm(x, ord=2, dim=None, keepdim=False, dtype=None):
    return vector("linalg.vector_norm", x, ord, dim, keepdim)


@row("norm", promote="parts", node="LinalgVectorNorm", saves="input result",
     check=convertible)  # fmt: skip
def norm(input, p="fro", dim=None, keepdim=False, dtype=None):
    if p is None or p == "fro":
        p = 2
    elif p == "nuc":
        floating("linalg.matrix_norm", input)
        ds = axes(dim, input.ndim)
        if len(ds) != 2:
            raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {list(ds)}")
        total = jnp.sum(jnp.linalg.svd(jnp.moveaxis(input, ds, (-2, -1)), compute_uv=False), -1)
        return jnp.expand_dims(total, ds) if keepdim else total
    elif isinstance(p, str):
        raise RuntimeError(f"norm(): unknown order {p!r}; use a number, 'fro' or 'nuc'")
    return vector("linalg.vector_norm", input, p, dim, keepdim)


@row("dist", "input other", "distance", saves="input other result")
def dist(input, other, p=2):
    if kind(input.dtype) < FLOAT:
        raise RuntimeError(
            "norm(): input dtype should be either floating point or complex. Got "
            f"{scalar_name(input.dtype)} instead; convert it with .float()"
        )
    return norm_of(input - other, p, tuple(range(max(input.ndim, other.ndim))), False)


@row("renorm", bind="torch method inplace")
def renorm(input, p, dim, maxnorm):
    """Slices along `dim` whose norm exceeds `maxnorm`, brought down to it."""
    floating("linalg.vector_norm", input)
    dim = axis(dim, input.ndim)
    rest = tuple(i for i in range(input.ndim) if i != dim)
    size = norm_of(input, p, rest, True)
    return input * jnp.where(size > maxnorm, maxnorm / (size + 1e-7), 1)


@row("cosine_similarity", "x1 x2", "common", bind="torch functional", node="Sum",
     overload=lambda **_: 1)  # fmt: skip
def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    shape = jnp.broadcast_shapes(x1.shape, x2.shape)
    found = (axis(dim, len(shape)),)
    if not shape:
        return cosine_similarity(x1.reshape(1), x2.reshape(1), 0, eps)
    a, b = jnp.broadcast_to(x1, shape), jnp.broadcast_to(x2, shape)

    def unit(x):
        return x / jnp.maximum(norm_of(x, 2, found, True), lax.full((), eps, x.dtype))

    return jnp.sum(unit(a) * unit(b), found)
