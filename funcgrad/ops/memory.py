"""Rows that only move values: copies, the identity, and what edits in place need."""

import jax.numpy as jnp

from .casting import cast
from .extents import infer
from .joining import split_with_sizes
from .promotion import broadcast_shapes
from .row import row


@row("alias", bind="", view=True)
def alias(input):
    return input


@row("copy", "input src", "as is", bind="inplace",
     overload=lambda: "torch::autograd::CopyBackwards")  # fmt: skip
def copy(input, src):
    """The source in the shape and dtype of the target, whose old value does not matter."""
    shape = broadcast_shapes([input.shape, src.shape])
    if shape != input.shape:
        raise RuntimeError(
            f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(shape)}"
        )
    return jnp.broadcast_to(cast(src, input.dtype), input.shape)


@row("reshape_copy", bind="", node="UnsafeView")
def reshape_copy(input, size):
    """`reshape` where no view can be had."""
    return input.reshape(infer(size, input.size))


@row("squeeze_product", bind="", node="Squeeze", overload=lambda dim: 4)
def squeeze_product(input, dim):
    """How a vector times a matrix ends in PyTorch's graph: the row's axis goes, in place."""
    return jnp.squeeze(input, dim)


@row("split.equal", bind="", node="Split")
def split_equal(input, split_sizes, dim):
    """`split` into parts of one size: PyTorch names its node otherwise."""
    return split_with_sizes(input, split_sizes, dim)
