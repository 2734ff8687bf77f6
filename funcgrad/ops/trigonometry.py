"""Circular and hyperbolic functions and their inverses."""

import jax.numpy as jnp
from jax import lax

from .row import row


@row("sin", promote="floating", bind="torch method inplace")
def sin(input):
    return lax.sin(input)


@row("cos", promote="floating", bind="torch method inplace")
def cos(input):
    return lax.cos(input)


@row("tan", promote="floating", bind="torch method inplace")
def tan(input):
    return lax.tan(input)


@row("asin", promote="floating", bind="torch method inplace", alias="arcsin")
def asin(input):
    return lax.asin(input)


@row("acos", promote="floating", bind="torch method inplace", alias="arccos")
def acos(input):
    return lax.acos(input)


@row("atan", promote="floating", bind="torch method inplace", alias="arctan")
def atan(input):
    return lax.atan(input)


@row("sinh", promote="floating", bind="torch method inplace")
def sinh(input):
    return lax.sinh(input)


@row("cosh", promote="floating", bind="torch method inplace")
def cosh(input):
    return lax.cosh(input)


@row("tanh", promote="floating", bind="torch method inplace functional")
def tanh(input):
    return lax.tanh(input)


@row("asinh", promote="floating", bind="torch method inplace", alias="arcsinh")
def asinh(input):
    return lax.asinh(input)


@row("acosh", promote="floating", bind="torch method inplace", alias="arccosh")
def acosh(input):
    return lax.acosh(input)


@row("atanh", promote="floating", bind="torch method inplace", alias="arctanh")
def atanh(input):
    return lax.atanh(input)


@row("sinc", promote="floating", bind="torch method inplace special")
def sinc(input):
    """`sin(pi x) / (pi x)`, 1 at 0."""
    origin = input == 0
    angle = jnp.pi * jnp.where(origin, 1, input)
    return jnp.where(origin, 1, lax.sin(angle) / angle)
