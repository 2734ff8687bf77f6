"""Pooling by the mean, and by a power mean: of windows that slide, or share each axis evenly."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .kinds import floating
from .pointwise import magnitude
from .pooling import (
    check_pool,
    check_size,
    check_windows,
    fitted_size,
    max_pool,
    output_size,
    pool_numbers,
)
from .promotion import FLOAT, INT64, kind
from .row import row
from .windows import fitted, sliding, split

Array = jax.Array


def _sums(input: Array, axis: int, size: int, count: int) -> tuple[Array, Any]:
    """The sums of windows that share an axis evenly, and how much each holds."""
    positions, counts = fitted(size, count)
    blocks = split(input, axis, positions.T)
    if not counts.all():
        blocks = jnp.where(
            counts.T.reshape(*counts.T.shape, *[1] * (input.ndim - axis - 1)), blocks, 0
        )
    return jnp.sum(blocks, axis + 1), counts.sum(0)


def _outer(vectors: Sequence[Any]) -> Any:
    """The product of one number for each axis, for every place."""
    return math.prod(np.ix_(*vectors))


def _long(name: str, input: Array) -> None:
    """Of integers PyTorch takes those of 64 bits alone."""
    if input.dtype != INT64:
        floating(name, input)


def _avg_pool(n: int) -> Callable[..., Array]:
    name = f"avg_pool{n}d"

    def pool(
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> Array:
        check_pool(name, input, n)
        _long(f"avg_pool{max(n, 2)}d{'_out_frame' if n == 3 else ''}", input)
        k, s, p = pool_numbers(name, n, kernel_size, stride, padding)
        check_windows(name, k, s, p, (1,) * n)
        if divisor_override == 0:
            raise RuntimeError("divisor must be not zero")
        plane = input.shape[-n:]
        out = [
            output_size(size, kernel, step, pad, 1, ceil_mode)
            for size, kernel, step, pad in zip(plane, k, s, p, strict=True)
        ]
        check_size(name, plane, out)
        lead, edges, divisors = (1,) * (input.ndim - n), [(0, 0)] * (input.ndim - n), []
        for axis, (size, count) in enumerate(zip(plane, out, strict=True)):
            positions = sliding(k[axis], s[axis], p[axis], 1, count)
            edges.append((p[axis], max(0, int(positions[-1, -1]) + 1 - size)))
            # Padding counts, but not what a last window begun in it reaches beyond.
            known = positions < size + p[axis]
            known = known if count_include_pad else (positions >= 0) & (positions < size)
            divisors.append(known.sum(0))
        total = lax.reduce_window(
            input, np.zeros((), input.dtype)[()], lax.add, (*lead, *k), (*lead, *s), edges
        )
        if divisor_override is not None:
            divisors = [np.full(count, divisor_override if i == 0 else 1)
                        for i, count in enumerate(out)]  # fmt: skip
        divisor = _outer(divisors)
        if kind(input.dtype) < FLOAT:
            return lax.div(total, jnp.broadcast_to(divisor.astype(input.dtype), total.shape))
        return total / divisor.astype(input.dtype)

    pool.__doc__ = f"The mean of each window over {n} axes."
    if n == 1:  # PyTorch has no other divisor here

        def pool1(
            input: Any,
            kernel_size: Any,
            stride: Any = None,
            padding: Any = 0,
            ceil_mode: bool = False,
            count_include_pad: bool = True,
        ) -> Array:
            return pool(input, kernel_size, stride, padding, ceil_mode, count_include_pad)

        pool1.__doc__ = pool.__doc__
        return pool1
    return pool


def _adaptive_avg_pool(n: int) -> Callable[..., Array]:
    name = f"adaptive_avg_pool{n}d"

    def pool(input: Any, output_size: Any) -> Array:
        out = fitted_size(name, input, n, output_size)
        floating(f"adaptive_avg_pool{max(n, 2)}d{'_cpu' if n == 3 else ''}", input)
        if min(out) < 0:
            raise RuntimeError(
                f"{name}: elements of output_size must be greater than or equal to 0 but received "
                f"{out}"
            )
        if 0 in out:
            return jnp.zeros((*input.shape[:-n], *out), input.dtype)
        total, divisors = input, []
        for axis, (size, count) in enumerate(zip(input.shape[-n:], out, strict=True)):
            total, held = _sums(total, input.ndim - n + axis, size, count)
            divisors.append(held)
        return total / _outer(divisors).astype(input.dtype)

    pool.__doc__ = f"The mean of windows that share {n} axes evenly."
    return pool


def _lp_name(n: int) -> Callable[..., str]:
    largest = f"MaxPool{n}DWithIndicesBackward0" if n > 1 else "SqueezeBackward1"
    return lambda norm_type, **_: {math.inf: largest, -math.inf: "NegBackward0"}.get(
        norm_type, "PowBackward0"
    )


def _lp_pool(n: int) -> Callable[..., Array]:
    mean, largest = _avg_pool(n), max_pool(n)

    def pool(
        input: Any, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
    ) -> Array:
        if math.isinf(norm_type):
            sign = 1 if norm_type > 0 else -1
            found = largest(sign * magnitude(input), kernel_size, stride, ceil_mode=ceil_mode)
            return sign * found
        size = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * n
        found = mean(input**norm_type, kernel_size, stride, 0, ceil_mode)
        zero = found == 0  # the root is infinitely steep there; PyTorch's gradient is 0
        root = (jnp.where(zero, 1, found) * math.prod(size)) ** (1.0 / norm_type)
        return jnp.where(zero, 0, root)

    pool.__doc__ = f"The p-norm of each window over {n} axes: the root of the sum of powers."
    return pool


for _n in (1, 2, 3):
    # PyTorch pools one axis as an image of one line.
    _named: dict[str, Any] = {"overload": lambda **_: "SqueezeBackward1"} if _n == 1 else {}
    _bound: dict[str, Any] = {"bind": "torch functional" if _n == 1 else "functional"}
    row(f"avg_pool{_n}d", node=f"AvgPool{_n}D", saves="input", **_bound, **_named)(_avg_pool(_n))
    row(f"adaptive_avg_pool{_n}d", node=f"AdaptiveAvgPool{_n}D", saves="input", **_bound, **_named)(
        _adaptive_avg_pool(_n)
    )
    row(f"lp_pool{_n}d", promote="floating", bind="functional", node="Pow",
        overload=_lp_name(_n))(_lp_pool(_n))  # fmt: skip
