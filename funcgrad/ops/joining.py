"""Several tensors into one, and one into several."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from .dims import dim as axis
from .extents import extent
from .row import row


@row("split_with_sizes", bind="")
def split_with_sizes(input, split_sizes, dim=0):
    """The parts as results of one operation; the tape makes views of them."""
    dim = axis(dim, input.ndim)
    n = extent(input.shape, dim)
    if any(k < 0 for k in split_sizes):
        raise RuntimeError(
            "split_with_sizes expects split_sizes have only non-negative entries, but got "
            f"split_sizes={list(split_sizes)}"
        )
    if sum(split_sizes) != n:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at "
            f"dimension {dim}), but got split_sizes={list(split_sizes)}"
        )
    return tuple(lax.split(input, split_sizes, dim))


@row("unbind", bind="")
def unbind(input, dim=0):
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    dim = axis(dim, input.ndim)
    return tuple(lax.squeeze(part, [dim]) for part in lax.split(input, [1] * input.shape[dim], dim))


def _joined(tensors, dim):
    """`cat`: what is one-dimensional and empty is passed over, as it always was in PyTorch."""
    for i, tensor in enumerate(tensors):
        if not tensor.ndim:
            raise RuntimeError(
                f"zero-dimensional tensor (at position {i}) cannot be concatenated; use torch.stack"
            )
    dim = axis(dim, next((t.ndim for t in tensors if t.shape != (0,)), 1))
    kept = [t for t in tensors if t.shape != (0,)] or list(tensors[:1])
    first = kept[0]
    for tensor in kept:
        if tensor.ndim != first.ndim:
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {first.ndim} and {tensor.ndim}"
            )
    for i, tensor in enumerate(tensors):
        for j, (n, m) in enumerate(zip(first.shape, tensor.shape, strict=False)):
            if j != dim and n != m and tensor.shape != (0,):
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {n} but "
                    f"got size {m} for tensor number {i} in the list."
                )
    return lax.concatenate(kept, dim)


def _some(name, tensors, error=RuntimeError):
    if not tensors:
        raise error(f"{name} expects a non-empty TensorList")


@row("cat", "*tensors", "joined", bind="torch", alias="concat concatenate")
def cat(tensors, dim=0):
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    return _joined(tensors, dim)


@row("stack", "*tensors", "joined", bind="torch")
def stack(tensors, dim=0):
    _some("stack", tensors)
    first = tensors[0].shape
    for i, tensor in enumerate(tensors):
        if tensor.shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                f"{list(tensor.shape)} at entry {i}"
            )
    dim = axis(dim, len(first) + 1)
    return lax.concatenate([lax.expand_dims(t, [dim]) for t in tensors], dim)


@row("hstack", "*tensors", "joined", bind="torch", node="Cat")
def hstack(tensors):
    _some("hstack", tensors)
    lines = [jnp.atleast_1d(t) for t in tensors]
    return _joined(lines, 0 if lines[0].ndim == 1 else 1)


@row("vstack", "*tensors", "joined", bind="torch", alias="row_stack", node="Cat")
def vstack(tensors):
    _some("vstack", tensors)
    return _joined([jnp.atleast_2d(t) for t in tensors], 0)


@row("dstack", "*tensors", "joined", bind="torch", node="Cat")
def dstack(tensors):
    _some("dstack", tensors)
    return _joined([jnp.atleast_3d(t) for t in tensors], 2)


@row("column_stack", "*tensors", "joined", bind="torch", node="Cat")
def column_stack(tensors):
    _some("column_stack", tensors)
    return _joined([t.reshape(t.size, 1) if t.ndim <= 1 else t for t in tensors], 1)


def _one_dtype(*tensors: Any, **_: Any) -> None:
    if any(tensor.dtype != tensors[0].dtype for tensor in tensors):
        raise RuntimeError("torch.meshgrid expects all tensors to have the same dtype")


@row("meshgrid", "*tensors", bind="", node="Expand", check=_one_dtype)
def meshgrid(tensors, indexing="ij"):
    if indexing not in ("ij", "xy"):
        raise RuntimeError(
            f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}'
        )
    _some("meshgrid", tensors)
    for tensor in tensors:
        if tensor.ndim > 1:
            raise RuntimeError(
                "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: "
                f"{list(tensor.shape)}"
            )
    return tuple(jnp.meshgrid(*(t.reshape(-1) for t in tensors), indexing=indexing))


@row("block_diag", "*tensors", "joined", bind="")
def block_diag(tensors):
    for i, tensor in enumerate(tensors):
        if tensor.ndim > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input "
                f"{i} has {tensor.ndim} dimensions"
            )
    blocks = [jnp.atleast_2d(t) for t in tensors]
    width = sum(b.shape[1] for b in blocks)
    rows, left = [], 0
    for block in blocks:
        right = width - left - block.shape[1]
        zero = np.zeros((), block.dtype)
        rows.append(lax.pad(block, zero, [(0, 0, 0), (left, right, 0)]))
        left += block.shape[1]
    return lax.concatenate(rows, 0)


@row("cartesian_prod", "*tensors", bind="", node="Stack", check=_one_dtype)
def cartesian_prod(tensors):
    for tensor in tensors:
        if tensor.ndim != 1:
            raise RuntimeError("Expect a 1D vector, but got shape " + str(list(tensor.shape)))
    if len(tensors) == 1:
        return tensors[0].copy()
    grids = jnp.meshgrid(*tensors, indexing="ij")
    return jnp.stack([grid.reshape(-1) for grid in grids], 1)
