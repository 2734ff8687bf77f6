"""Functions of values and of noise that was drawn for them."""

import jax.numpy as jnp

from .kinds import floating
from .row import row


@row("rrelu_with_noise", "input ~noise", bind="", saves="input noise")
def rrelu_with_noise(input, noise):
    """The element, or where it is not positive its product with the noise."""
    floating("rrelu_with_noise_out_cpu", input)
    return jnp.where(input > 0, input, input * noise.astype(input.dtype))
