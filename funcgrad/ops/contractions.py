"""Sums of products over named or numbered dimensions, and other products of vectors."""

from typing import Any

import jax.numpy as jnp
from jax import lax

from . import kinds
from .dims import dim as axis
from .names import scalar_name
from .norms import norm_of
from .promotion import FLOAT, HALF, broadcast_shapes, kind
from .row import row

_FULL = lax.Precision.HIGHEST


def _terms(equation, operands):
    """The subscripts of each operand, after PyTorch's checks, and of the result (or None)."""
    for i, c in enumerate(equation):
        if not (c.isascii() and c.isalpha()) and c not in "->,. ":
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {i} in the equation string, "
                "subscripts must be in [a-zA-Z]"
            )
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        word = "fewer" if len(terms) > len(operands) else "more"
        raise RuntimeError(
            f"einsum(): {word} operands were provided than specified in the equation"
        )
    for i, (term, operand) in enumerate(zip(terms, operands, strict=True)):
        labels = term.replace("...", "")
        if "..." not in term and len(labels) != operand.ndim:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(labels)}) does not "
                f"match the number of dimensions ({operand.ndim}) for operand {i} and no ellipsis "
                "was given"
            )
        if len(labels) > operand.ndim:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(labels)}) is more than "
                f"the number of dimensions ({operand.ndim}) for operand {i}"
            )
    for label in right.replace("...", ""):
        if label not in left:
            raise RuntimeError(
                f"einsum(): output subscript {label} does not appear in the equation for any input "
                "operand"
            )
        if right.count(label) > 1:
            raise RuntimeError(
                f"einsum(): output subscript {label} appears more than once in the output"
            )
    return terms, right if arrow else None


def _broadcast(terms, operands):
    """Drop dimensions of size 1 whose subscript has another size elsewhere: they broadcast."""
    places = []
    for term, operand in zip(terms, operands, strict=True):
        before, _, after = term.partition("...")
        tail = operand.ndim - len(after)
        places.append([*enumerate(before), *((tail + j, label) for j, label in enumerate(after))])
    sizes: dict[str, int] = {}
    for i, (place, operand) in enumerate(zip(places, operands, strict=True)):
        for j, label in place:
            n, seen = operand.shape[j], sizes.get(label, 1)
            if n != 1 and seen not in (1, n):
                raise RuntimeError(
                    f"einsum(): subscript {label} has size {n} for operand {i} which does not "
                    f"broadcast with previously seen size {seen}"
                )
            sizes[label] = seen if n == 1 else n
    for i, place in enumerate(places):
        drop = [(j, label) for j, label in place if operands[i].shape[j] == 1 != sizes[label]]
        operands[i] = lax.squeeze(operands[i], [j for j, _ in drop])
        for _, label in drop:
            terms[i] = terms[i].replace(label, "")


@row("einsum", "*operands", "same", bind="", node="View")
def einsum(operands, equation):
    """Sums of products by Einstein's convention: `"ij,jk->ik"`."""
    terms, result = _terms(equation, operands)
    if result is None:
        # Every subscript that is there once, in alphabetical order, capitals first.
        labels = "".join(terms).replace(".", "")
        once = "".join(sorted(c for c in set(labels) if labels.count(c) == 1))
        result = ("..." if "..." in equation else "") + once
    operands = list(operands)
    _broadcast(terms, operands)
    return jnp.einsum(f"{','.join(terms)}->{result}", *operands, precision=_FULL)


@row("tensordot", "a b", "same", bind="torch", node="View")
def tensordot(a, b, dims: Any = 2):
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        pairs = [(a.ndim - dims + i, i) for i in range(dims)]
    else:
        first, second = ((d,) if isinstance(d, int) else d for d in dims)
        if len(first) != len(second):
            raise RuntimeError("both dimension lists should have same length")
        pairs = [(axis(i, a.ndim), axis(j, b.ndim)) for i, j in zip(first, second, strict=True)]
    for i, j in pairs:
        if a.shape[i] == 1:  # it is broadcast
            b = jnp.sum(b, j, keepdims=True)
        elif b.shape[j] == 1:
            a = jnp.sum(a, i, keepdims=True)
        if a.shape[i] != b.shape[j]:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {a.shape[i]} in dim {i} "
                f"and second has size {b.shape[j]} in dim {j}"
            )
    left, right = [i for i, _ in pairs], [j for _, j in pairs]
    return jnp.tensordot(a, b, (left, right), precision=_FULL)


def _cross(input, other, dim):
    shape = broadcast_shapes([input.shape, other.shape])
    a, b = (jnp.moveaxis(jnp.broadcast_to(x, shape), dim, 0) for x in (input, other))
    parts = [a[i - 2] * b[i - 1] - a[i - 1] * b[i - 2] for i in range(3)]
    return jnp.stack(parts, dim)


def _one_dtype(a: Any, b: Any, **_: Any) -> None:
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"expected scalar type {scalar_name(a.dtype)} but found {scalar_name(b.dtype)}; "
            "convert it with .to(...)"
        )


def _check_cross(input: Any, other: Any, **_: Any) -> None:
    kinds.numeric("cross", input)
    _one_dtype(input, other)


@row("cross", "input other", "common", node="LinalgCross", check=_check_cross)
def cross(input, other, dim=None):
    """Along `dim`, or the first dimension of size 3."""
    kinds.numeric("cross", input)
    if input.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    shape = broadcast_shapes([input.shape, other.shape])
    if dim is None:
        if 3 not in shape:
            raise RuntimeError("no dimension of size 3 in input")
        dim = shape.index(3)
    dim = axis(dim, len(shape))
    if shape[dim] != 3:
        raise RuntimeError(
            f"inputs dimension {dim} must have length 3. Got {input.shape[dim]} and "
            f"{other.shape[dim]}"
        )
    return _cross(input, other, dim)


@row("linalg.cross", "input other", "common", bind="", node="LinalgCross", check=_check_cross)
def linalg_cross(input, other, dim=-1):
    return cross(input, other, dim)


def _check_cdist(x1: Any, x2: Any, **_: Any) -> None:
    for name, x in (("X1", x1), ("X2", x2)):
        if min(x1.ndim, x2.ndim) >= 2 and kind(x.dtype) != FLOAT:
            raise RuntimeError(
                f"cdist only supports floating-point dtypes, {name} got: {scalar_name(x.dtype)}; "
                "convert it with .float()"
            )
        if x.dtype in HALF:
            raise NotImplementedError(f"\"cdist\" not implemented for '{scalar_name(x.dtype)}'")
    _one_dtype(x1, x2)


@row("cdist", "x1 x2", "joined", bind="torch", saves="x1 x2 result", check=_check_cdist)
def cdist(x1, x2, p=2.0, compute_mode=None):
    """Distances between every row of x1 (*, P, M) and of x2 (*, R, M): (*, P, R)."""
    for name, x in (("X1", x1), ("X2", x2)):
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(
            f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}"
        )
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    return norm_of(x1[..., :, None, :] - x2[..., None, :, :], p, (-1,), False)


@row("multi_dot", "*tensors", "same", bind="linalg", node="View")
def multi_dot(tensors):
    """The product of several matrices; the first and the last may be vectors."""
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    return jnp.linalg.multi_dot(tensors, precision=_FULL)


@row("chain_matmul", "*matrices", "same", bind="", node="View")
def chain_matmul(matrices):
    return matrices[0] if len(matrices) == 1 else multi_dot(matrices)
