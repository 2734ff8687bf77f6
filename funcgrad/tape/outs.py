"""Where `out=` puts a result: the tensor takes its shape, as in PyTorch."""

import warnings
from collections.abc import Sequence

import jax

from . import inplace
from .tensor import Tensor


def refuse_view(out: Tensor, shape: Sequence[int]) -> None:
    """Raise where a view would be given another shape."""
    if out._steps:
        raise NotImplementedError(
            f"out= is a view of shape {list(out.shape)}, and the result has shape {list(shape)}; a "
            "view is not resized here. Pass a view of that shape, or a tensor that is no view"
        )


def resize(out: Tensor, array: jax.Array) -> None:
    """Give the tensor of `out=` the shape of what is going to be written; that is no edit."""
    if tuple(out.shape) != tuple(array.shape):
        refuse_view(out, array.shape)
        out._cell.array = array
        out._cell.writes += 1


def put(out: Tensor, array: jax.Array, *, warn: bool) -> None:
    """Write a result into the tensor of `out=`.

    Args:
        out: the tensor; of another shape than the result it is given that shape.
        array: the result, in the dtype of `out`.
        warn: whether PyTorch warns where a tensor that has elements is given another shape.

    Raises:
        NotImplementedError: where a view would be given another shape; PyTorch lets it read and
            write what lies behind it in the base, whatever that is.
    """
    if tuple(out.shape) != tuple(array.shape):
        refuse_view(out, array.shape)
        if warn and out.numel():
            warnings.warn(
                "An output with one or more elements was resized since it had shape "
                f"{list(out.shape)}, which does not match the required output shape "
                f"{list(array.shape)}. This behavior is deprecated, and in a future PyTorch "
                "release outputs will not be resized unless they have zero elements. Pass a "
                "tensor of that shape, or one without elements.",
                UserWarning,
                stacklevel=4,
            )
    inplace.write(out, array)
