"""How variables, one a row, vary together."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from .promotion import BOOL, COMPLEX, FLOAT, INT, kind
from .row import row


def _no_bool(input: Any) -> None:
    if kind(input.dtype) == BOOL:
        raise RuntimeError("cov(): bool dtype is not supported for input; convert it with .float()")


def _check_weights(input: Any, *weights: Any, correction: int, **_: Any) -> None:
    for a in weights:
        if kind(a.dtype) == INT and (np.asarray(a) < 0).any():
            raise RuntimeError("cov(): fweights cannot be negative")
        if kind(a.dtype) == FLOAT and (np.asarray(a) < 0).any():
            raise RuntimeError("cov(): aweights cannot be negative")
    if weights and not np.sum(np.prod([np.asarray(a).reshape(-1) for a in weights], 0)):
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")


def _weights(name, weights, count, wanted):
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with "
            f"{weights.ndim} dimensions"
        )
    if kind(weights.dtype) != wanted:
        word = "integral" if wanted == INT else "floating point"
        raise RuntimeError(
            f"cov(): expected {name} to have {word} dtype but got {name} with {weights.dtype} dtype"
        )
    if weights.size != count:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input "
            f"but got {weights.size} != {count}"
        )
    return weights.reshape(-1)


@row("cov", "input fweights aweights", "observed", check=_check_weights, node="Squeeze")
def cov(input, correction=1, fweights=None, aweights=None):
    """The covariance matrix of variables whose observations are the columns.

    Args:
        input: one row for each variable; a vector is one variable.
        correction: what is taken from the number of observations before it divides.
        fweights: how often each observation was made.
        aweights: how much each of them counts.
    """
    _no_bool(input)
    if input.ndim > 2:
        raise RuntimeError(
            "cov(): expected input to have two or fewer dimensions but got an input with "
            f"{input.ndim} dimensions"
        )
    table = input.reshape(1, -1) if input.ndim < 2 else input
    table = table if kind(table.dtype) >= FLOAT else table.astype(jnp.float64)
    count = table.shape[1]
    real = table.real.dtype
    weight: Any = jnp.ones((count,), real)
    if fweights is not None:
        weight = weight * _weights("fweights", fweights, count, INT).astype(real)
    mass = jnp.sum(weight)
    factor = mass - correction
    if aweights is not None:
        own = _weights("aweights", aweights, count, FLOAT).astype(real)
        weight = weight * own
        mass = jnp.sum(weight)
        factor = mass - correction * jnp.sum(weight * own) / mass
    mean = jnp.sum(table * weight, 1, keepdims=True) / mass
    off = table - mean
    found = jnp.matmul(off, jnp.conj(off * weight).T, precision=lax.Precision.HIGHEST)
    return jnp.squeeze(found / jnp.maximum(factor, 0))


@row("corrcoef", promote="floating", check=_no_bool, node="Clamp", overload=lambda: 1, saves=())
def corrcoef(input):
    """The covariance matrix over the standard deviations: 1 for what varies together."""
    if input.ndim > 2:
        raise RuntimeError(
            "corrcoef(): expected input to have two or fewer dimensions but got an input with "
            f"{input.ndim} dimensions"
        )
    c = cov(input)
    if not c.ndim:
        return c / c
    spread = jnp.sqrt(jnp.diagonal(c).real)
    c = c / spread[:, None] / spread[None, :]
    if kind(c.dtype) == COMPLEX:
        return lax.complex(jnp.clip(c.real, -1, 1), jnp.clip(c.imag, -1, 1))
    return jnp.clip(c, -1, 1)
