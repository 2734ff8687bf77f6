"""Several views of one tensor: `split`, `chunk`, `unbind`."""

from itertools import pairwise
from typing import Any

from ..ops import OPS
from ..ops.dims import dim as normalise
from . import dtypes, views
from .indexing import slice_
from .size import ints
from .tensor import Tensor


def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of equal size (the last may be smaller), or of the given sizes, along an axis."""
    dim = normalise(dim, tensor.ndim)
    size = tensor.shape[dim]
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        if step <= 0 and not (step == 0 and size == 0):
            raise RuntimeError(
                f"split expects split_size be non-negative, but got split_size={step}"
            )
        sizes = [min(step, size - at) for at in range(0, size, step)] if size else [0]
    else:
        given = split_size_or_sections
        sizes = list(ints("split_sizes", given if isinstance(given, (tuple, list)) else [given]))
        if sum(sizes) != size:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {size} (input tensor's "
                f"size at dimension {dim}), but got split_sizes={sizes}"
            )
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    parts = [
        (OPS["slice.at"], [start], {"dim": dim, "length": n, "step": 1})
        for start, n in zip(starts, sizes, strict=True)
    ]
    statics = {"split_sizes": tuple(sizes), "dim": dim}
    equal = isinstance(split_size_or_sections, int)
    row = OPS["split.equal" if equal else "split_with_sizes"]
    return views.call_many(row, tensor, statics, parts)


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` views of equal size along an axis."""
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = input.shape[normalise(dim, input.ndim)]
    return split(input, max(1, -(-size // chunks)), dim)


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views split at the given places, or into that many parts of nearly equal size."""
    dim = normalise(dim, input.ndim)
    size = input.shape[dim]
    if isinstance(indices_or_sections, Tensor):
        indices_or_sections = _places(indices_or_sections)
    if isinstance(indices_or_sections, int):
        base, extra = divmod(size, indices_or_sections)
        sizes = [base + (i < extra) for i in range(indices_or_sections)]
        ends = [sum(sizes[: i + 1]) for i in range(len(sizes) - 1)]
    else:
        ends = list(indices_or_sections)
    bounds = [0, *ends, size]
    return tuple(slice_(input, dim, slice(a, b)) for a, b in pairwise(bounds))


def _split_along(name: str, least: int, dim: int, input: Tensor, where: Any) -> tuple[Tensor, ...]:
    if input.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor "
            f"with {input.ndim} dimensions!"
        )
    size = input.shape[dim]
    if isinstance(where, int) and (where <= 0 or size % where):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
            f"{size} is not divisible by the split_size {where}!"
        )
    return tensor_split(input, where, dim)


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Views beside each other: split along the second dimension, of a vector along its own."""
    return _split_along("hsplit", 1, min(input.ndim - 1, 1), input, indices_or_sections)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Views below each other: split along the first dimension."""
    return _split_along("vsplit", 2, 0, input, indices_or_sections)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Views behind each other: split along the third dimension."""
    return _split_along("dsplit", 3, 2, input, indices_or_sections)


def split_with_sizes(input: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of the given sizes along an axis."""
    return split(input, list(split_sizes), dim)


def _places(tensor: Tensor) -> Any:
    """The number, or the numbers, in a tensor that says where to split."""
    if tensor.dtype is not dtypes.int64 or tensor.ndim > 1:
        raise RuntimeError(
            "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or "
            f"one-dimensional tensor of dtype long, but got a tensor with {tensor.ndim} dims and "
            f"dtype {str(tensor.dtype).removeprefix('torch.')}"
        )
    return tensor.tolist()


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The views of one element each along an axis."""
    dim = normalise(dim, input.ndim)
    parts = [(OPS["select.at"], [i], {"dim": dim}) for i in range(input.shape[dim])]
    return views.call_many(OPS["unbind"], input, {"dim": dim}, parts)


for _made in (split, chunk, unbind, tensor_split, hsplit, vsplit, dsplit, split_with_sizes):
    setattr(Tensor, _made.__name__, _made)
