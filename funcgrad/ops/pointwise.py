"""Functions of one operand, element by element."""

import jax.numpy as jnp

from .row import row


@row("exp", promote="floating", bind="torch method inplace")
def exp(input):
    return jnp.exp(input)


@row("sin", promote="floating", bind="torch method inplace")
def sin(input):
    return jnp.sin(input)


@row("to_dtype", bind="", node="ToCopy")
def to_dtype(input, dtype):
    return input.astype(dtype)


@row("clone", bind="torch method")
def clone(input):
    return input.copy()
