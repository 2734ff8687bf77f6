"""Normalisation: values scaled by what they are among."""

import jax.numpy as jnp
from jax import lax

from .row import row


@row("layer_norm", "input weight bias", "same", "functional", node="NativeLayerNorm")
def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """Mean 0 and variance 1 over the last axes, then times the weight, plus the bias."""
    shape = tuple(normalized_shape)
    start = input.ndim - len(shape)
    if start < 0 or input.shape[start:] != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape "
            f"[*, {str(list(shape))[1:-1]}], but got input of size{list(input.shape)}"
        )
    for name, affine in (("weight", weight), ("bias", bias)):
        if affine is not None and affine.shape != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(affine.shape)} and normalized_shape = {list(shape)}"
            )
    axes = tuple(range(start, input.ndim))
    centred = input - jnp.mean(input, axes, keepdims=True)
    variance = jnp.mean(jnp.square(centred), axes, keepdims=True)
    result = centred * lax.rsqrt(variance + eps)
    result = result if weight is None else result * weight
    return result if bias is None else result + bias
