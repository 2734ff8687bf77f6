"""Complex numbers from their parts, or from their size and angle."""

import jax.numpy as jnp
from jax import lax

from .promotion import broadcast_shapes, scalar_name
from .row import row


def _parts(one, other):
    """Both in one shape, after PyTorch's checks."""
    names = [scalar_name(part.dtype) for part in (one, other)]
    if not {"Half", "Float", "Double"}.issuperset(names):
        raise RuntimeError(
            f"Expected both inputs to be Half, Float or Double tensors but got {names[0]} and "
            f"{names[1]}"
        )
    if names[0] != names[1]:
        raise RuntimeError(
            f"Expected object of scalar type {names[0]} but got scalar type {names[1]} for second "
            "argument"
        )
    if "Half" in names:  # for want of complex numbers of half precision
        one, other = one.astype(jnp.float32), other.astype(jnp.float32)
    shape = broadcast_shapes([one.shape, other.shape])
    return jnp.broadcast_to(one, shape), jnp.broadcast_to(other, shape)


@row("complex", "real imag", "as is", "torch", saves="real@real imag@imag")
def complex_(real, imag):
    return lax.complex(*_parts(real, imag))


@row("polar", "abs angle", "as is", "torch", saves="result")
def polar(abs, angle):
    """Of a size of 0 the derivative is 0: PyTorch reads the direction off the result."""
    abs, angle = _parts(abs, angle)
    size = jnp.where(abs == 0, lax.stop_gradient(abs), abs)
    return lax.complex(size * jnp.cos(angle), size * jnp.sin(angle))
