"""Padding: something put around an array, or, by negative numbers, taken away from it."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .row import row
from .windows import per_axis

Array = jax.Array
_NODES = {"reflect": "ReflectionPad", "replicate": "ReplicationPad"}


def _name(pad: Any, mode: str = "constant", **_: Any) -> str:
    if mode == "circular":
        return "CopySlices"  # PyTorch fills an empty tensor part by part
    return (
        f"{_NODES[mode]}{len(pad) // 2}DBackward0" if mode in _NODES else "ConstantPadNdBackward0"
    )


def _constant(input: Array, edges: list[tuple[int, int]], value: Any) -> Array:
    sizes = [n + low + high for n, (low, high) in zip(input.shape, edges, strict=True)]
    if min(sizes, default=0) < 0:
        raise RuntimeError(f"narrow(): length must be non-negative; padding leads to size {sizes}")
    fill = jnp.zeros((), input.dtype) if value is None else value.astype(input.dtype)
    return lax.pad(input, fill, [(*edge, 0) for edge in edges])


def _cut(input: Array, axis: int, start: int, stop: int) -> Array:
    return lax.slice_in_dim(input, start, stop, 1, axis)


def _around(input: Array, axis: int, low: int, high: int, mode: str) -> Array:
    """Padding along one axis by the values that are there."""
    size = input.shape[axis]
    limit = {"reflect": size - 1, "circular": size}.get(mode)
    if limit is not None and max(low, high) > limit:
        raise RuntimeError(
            f"Padding size should be less than the corresponding input dimension, but got: padding "
            f"({low}, {high}) at dimension {axis} of input {list(input.shape)}; by more the value "
            "causes wrapping around more than once"
        )
    cropped = size + min(low, 0) + min(high, 0)
    if mode == "replicate" and cropped <= 0 < min(size, size + low + high):
        nearest = np.clip(np.arange(size + low + high) - low, 0, size - 1)
        return jnp.take(input, nearest, axis)  # of what is cropped the edge is left
    if min(cropped, size + low + high) < (mode != "circular"):
        raise RuntimeError(
            f"Negative padding value is resulting in an empty dimension: input {list(input.shape)} "
            f"is too small for padding ({low}, {high}) at dimension {axis}"
        )
    body = _cut(input, axis, max(0, -low), size - max(0, -high))
    source = body if mode == "circular" else input
    last = source.shape[axis]
    parts = [body]
    if low > 0:
        start, stop = {"circular": (last - low, last), "reflect": (1, low + 1)}.get(mode, (0, 1))
        parts.insert(0, _edge(source, axis, start, stop, low, mode))
    if high > 0:
        start, stop = {"circular": (0, high), "reflect": (last - 1 - high, last - 1)}.get(
            mode, (last - 1, last)
        )
        parts.append(_edge(source, axis, start, stop, high, mode))
    return jnp.concatenate(parts, axis)


def _edge(source: Array, axis: int, start: int, stop: int, count: int, mode: str) -> Array:
    part = _cut(source, axis, start, stop)
    if mode == "reflect":
        return lax.rev(part, (axis,))
    return jnp.repeat(part, count, axis) if mode == "replicate" else part


def _check_value(input: Any, value: Any = None, *, pad: Any, mode: str = "constant") -> None:
    if mode != "constant" and value is not None and float(value):
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')


@row("pad", "input ~value", bind="functional", overload=_name, check=_check_value, holds="value")
def pad(input, pad, mode="constant", value=None):
    """Pads the last axes: `(left, right, top, bottom, …)`, the last axis first."""
    pad = per_axis(pad, len(pad), "")
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got "
            f"padding length {len(pad)} and input of dimension {input.ndim}"
        )
    axes = [(input.ndim - 1 - i // 2, pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    if mode == "constant":
        edges = [(0, 0)] * input.ndim
        for axis, low, high in axes:
            edges[axis] = (low, high)
        return _constant(input, edges, value)
    if len(pad) not in (2 * input.ndim - 2, 2 * input.ndim - 4) or not 2 <= len(pad) <= 6:
        raise NotImplementedError(
            f"Padding size {len(pad)} is not supported for {input.ndim}D input tensor: it is for "
            "the spatial axes of (N, C, *spatial) or (C, *spatial)"
        )
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    for axis, low, high in axes:
        input = _around(input, axis, low, high, mode)
    return input
