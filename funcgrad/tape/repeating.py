"""`repeat_interleave`: elements one after the other, each as often as is asked for."""

from typing import Any

import numpy as np

from ..ops import OPS
from ..ops.dims import dim as axis
from ..ops.names import scalar_name
from . import record
from .creation import make
from .tensor import Tensor


def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Every element, or every slice along `dim`, several times, one after the other.

    Args:
        input: tensor, flattened where there is no `dim`. Alone it is the counts, and the numbers of
            the elements are given: `repeat_interleave(counts)`.
        repeats: how often: a number, or a tensor of int32 or int64 with one number for all or one
            for each slice.
        dim: along which dimension.
        output_size: the sum of the counts, which is checked.

    Raises:
        RuntimeError: counts that are negative, or not as many as there are slices.
        NotImplementedError: counts of another dtype.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> x.repeat_interleave(torch.tensor([1, 2]), dim=0)
        tensor([[1., 2.],
                [3., 4.],
                [3., 4.]])
        >>> torch.repeat_interleave(torch.tensor([1, 0, 2]))
        tensor([0, 2, 2])
    """
    if repeats is None:
        if input.ndim != 1:
            raise RuntimeError(
                "repeat_interleave only accept 1D vector as repeat, not one of shape "
                f"{list(input.shape)}"
            )
        places = np.repeat(np.arange(input.numel()), _counts(input))
        return make(places.astype(input.dtype.numpy), None, input.device, False)
    if isinstance(repeats, Tensor):
        return _by_counts(input, repeats, dim, output_size)
    if isinstance(repeats, bool) or not isinstance(repeats, int):
        raise TypeError(
            "repeat_interleave() received an invalid combination of arguments: repeats must be an "
            f"int or a Tensor, not {type(repeats).__name__}"
        )
    result = record.call(OPS["repeat_interleave"], [input], {"repeats": repeats, "dim": dim})
    size = result.shape[0 if dim is None else dim]
    if output_size not in (None, size):
        raise RuntimeError(
            f"repeat_interleave: Invalid output_size, expected {size} but got {output_size}"
        )
    return result


def _by_counts(input: Tensor, repeats: Tensor, dim: int | None, size: int | None) -> Tensor:
    line = input.flatten() if dim is None else input
    along = axis(0 if dim is None else dim, line.ndim)
    if not line.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if repeats.ndim > 1:
        raise RuntimeError(
            "repeats must be 0-dim or 1-dim tensor, not one of shape " + str(list(repeats.shape))
        )
    count = line.shape[along]
    if repeats.ndim and repeats.numel() not in (1, count):
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{repeats.numel()} and input.size({along}) = {count}"
        )
    counts = np.broadcast_to(_counts(repeats), (count,))
    _check_size(int(counts.sum()), size)
    places = make(np.repeat(np.arange(count), counts), None, input.device, False)
    return record.call(OPS["index_select"], [line, places], {"dim": along})


def _counts(repeats: Tensor) -> np.ndarray:
    """How often each, read on the host."""
    if repeats.dtype.numpy not in (np.int32, np.int64):
        raise NotImplementedError(
            f"\"repeat_interleave_cpu\" not implemented for '{scalar_name(repeats.dtype.numpy)}'; "
            "convert it with .long()"
        )
    counts = np.asarray(repeats._read())
    if (counts < 0).any():
        raise RuntimeError(f"repeats can not be negative, but there is {counts.min()}")
    return counts


def _check_size(size: int, stated: int | None) -> None:
    if stated not in (None, size):
        raise RuntimeError(
            f"allocated size does not match required size: output_size is {stated}, and the "
            f"counts make {size}"
        )


Tensor.repeat_interleave = repeat_interleave
