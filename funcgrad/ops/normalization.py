"""Normalisation: values scaled by what they are among."""

import jax
import jax.numpy as jnp
from jax import lax

from .kinds import only
from .promotion import COMPLEX, FLOAT
from .row import row

Array = jax.Array


def _axes(input: Array, shape: tuple[int, ...], **affine: Array | None) -> tuple[int, ...]:
    """The last axes, which must have this shape, as must a weight and a bias."""
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
            "element, but got normalized_shape = []"
        )
    start = input.ndim - len(shape)
    if start < 0 or input.shape[start:] != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape "
            f"[*, {str(list(shape))[1:-1]}], but got input of size{list(input.shape)}"
        )
    for name, factor in affine.items():
        if factor is not None and factor.shape != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(factor.shape)} and normalized_shape = {list(shape)}"
            )
    return tuple(range(start, input.ndim))


@row("layer_norm", "input weight bias", "same", "functional", node="NativeLayerNorm")
def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """Mean 0 and variance 1 over the last axes, then times the weight, plus the bias."""
    axes = _axes(input, tuple(normalized_shape), weight=weight, bias=bias)
    centred = input - jnp.mean(input, axes, keepdims=True)
    variance = jnp.mean(jnp.square(centred), axes, keepdims=True)
    result = centred * lax.rsqrt(variance + eps)
    result = result if weight is None else result * weight
    return result if bias is None else result + bias


@row("rms_norm", "input weight", "same", "torch functional", node="Mul",
     saves="input weight")  # fmt: skip
def rms_norm(input, normalized_shape, weight=None, eps=None):
    """Mean square 1 over the last axes, then times the weight; eps is that of the dtype."""
    only("rms_norm", input, FLOAT, COMPLEX)
    axes = _axes(input, tuple(normalized_shape), weight=weight)
    eps = float(jnp.finfo(input.dtype).eps) if eps is None else eps
    result = input * lax.rsqrt(jnp.mean(jnp.square(input), axes, keepdims=True) + eps)
    return result if weight is None else result * weight
