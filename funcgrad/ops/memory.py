"""Rows that only move values: copies, the identity, and what edits in place need."""

import jax.numpy as jnp

from .promotion import broadcast_shapes
from .row import row


@row("alias", bind="", view=True)
def alias(input):
    return input


@row("copy", "input src", bind="method", node="Copy")
def copy(input, src):
    """The source in the shape and dtype of the target, whose old value does not matter."""
    if broadcast_shapes([input.shape, src.shape]) != input.shape:
        raise RuntimeError(
            f"The expanded size of the tensor ({input.shape[-1] if input.ndim else 1}) must match "
            f"the existing size ({src.shape[-1]}) at non-singleton dimension "
            f"{max(input.ndim - 1, 0)}.  Target sizes: {list(input.shape)}.  Tensor sizes: "
            f"{list(src.shape)}"
        )
    return jnp.broadcast_to(src.astype(input.dtype), input.shape)
