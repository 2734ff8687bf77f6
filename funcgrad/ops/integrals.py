"""Integrals and slopes of sampled functions: the trapezoidal rule, differences at every point."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from .arithmetic import neg
from .dims import dim as axis
from .kinds import subtractable
from .promotion import BOOL, kind
from .row import row


def _cut(a, dim, start, stop):
    """From `start` to `stop` along a dimension; what is negative counts from the end."""
    n = a.shape[dim]
    start, stop = (min(max(i + n if i < 0 else i, 0), n) for i in (start, stop))
    return lax.slice_in_dim(a, start, max(start, stop), axis=dim)


def _areas(name, y, x, dx, dim):
    """Twice the area between each two neighbours."""
    if not y.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    dim = axis(dim, y.ndim)
    heights = _cut(y, dim, 0, -1) + _cut(y, dim, 1, y.shape[dim])
    if x is None:
        return heights * dx, dim
    if dx is not None:
        raise TypeError(f"{name}() received an invalid combination of arguments: x and dx")
    if x.ndim == 1:
        if x.shape[0] != y.shape[dim]:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        x = x.reshape([-1 if i == dim else 1 for i in range(y.ndim)])
    x = x.reshape((1,) * (y.ndim - x.ndim) + x.shape)
    along = dim - y.ndim + x.ndim
    widths = _cut(x, along, 1, x.shape[along]) - _cut(x, along, 0, -1)
    return widths * heights, along


def _no_bools(name: str) -> Any:
    def check(*arrays: Any, **_: Any) -> None:
        if BOOL in [kind(array.dtype) for array in arrays]:
            of = "`y`" if len(arrays) == 1 else "`x` or `y`"
            raise RuntimeError(f"{name}: received a bool input for {of}, but bool is not supported")

    return check


@row("trapezoid", "y x ~dx", "floating joined", "torch", alias="trapz", node="Mul",
     check=_no_bools("trapezoid"),
     overload=lambda **_: 1)  # fmt: skip
def trapezoid(y, x=None, dx=None, dim=-1):
    """The integral along a dimension of what is sampled at `x`, or every `dx` (by default 1)."""
    areas, dim = _areas("trapezoid", y, x, 1 if x is None and dx is None else dx, dim)
    return jnp.sum(areas, dim) / 2


@row("cumulative_trapezoid", "y x ~dx", "floating joined", "torch", node="Cumsum",
     check=_no_bools("cumulative_trapezoid"))  # fmt: skip
def cumulative_trapezoid(y, x=None, dx=None, dim=-1):
    """The same from the first sample to each of the others."""
    areas, dim = _areas("cumulative_trapezoid", y, x, 1 if x is None and dx is None else dx, dim)
    return jnp.cumsum(areas, dim) / 2


def _check_samples(input: Any, spacing: Any, **_: Any) -> None:
    if input.dtype == np.uint8:
        raise RuntimeError("torch.gradient does not support uint8 input; convert it with .float()")
    subtractable(input, input.dtype)
    if kind(spacing.dtype) == BOOL:
        neg(spacing)


@row("gradient.along", "input spacing", "floating joined", bind="", node="Cat",
     check=_check_samples)  # fmt: skip
def gradient_along(input, spacing, dim, edge_order):
    """The slope at every point along a dimension, from both neighbours, to the second order.

    Args:
        spacing: the distance of neighbours, or the coordinate of every point.
        edge_order: to which order at both ends.
    """
    n = input.shape[dim]

    def at(start: int, stop: int) -> Any:
        return _cut(input, dim, start, stop)

    def wide(steps: Any) -> Any:
        return steps.reshape([-1 if i == dim else 1 for i in range(input.ndim)])

    even = not spacing.ndim
    steps = jnp.broadcast_to(spacing, (n - 1,)) if even else spacing[1:] - spacing[:-1]
    a, b = wide(steps[:-1]), wide(steps[1:])
    if even:
        middle = (at(2, n) - at(0, -2)) / (2 * spacing)
    else:
        middle = (
            -b / (a * (a + b)) * at(0, -2)
            + (b - a) / (a * b) * at(1, -1)
            + a / (b * (a + b)) * at(2, n)
        )
    if edge_order == 1:
        first = (at(1, 2) - at(0, 1)) / steps[0]
        last = (at(n - 1, n) - at(n - 2, n - 1)) / steps[-1]
    else:
        p, q, r, s = steps[0], steps[1], steps[-2], steps[-1]
        first = (
            -(2 * p + q) / (p * (p + q)) * at(0, 1)
            + (p + q) / (p * q) * at(1, 2)
            - p / (q * (p + q)) * at(2, 3)
        )
        last = (
            s / (r * (r + s)) * at(n - 3, n - 2)
            - (r + s) / (r * s) * at(n - 2, n - 1)
            + (2 * s + r) / (s * (r + s)) * at(n - 1, n)
        )
    return jnp.concatenate([first, middle, last], dim)
