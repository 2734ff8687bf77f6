"""Normalisation of the channels of (N, C, *spatial): over a batch, an example, a group of them."""

import math
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from .kinds import floating
from .promotion import scalar_name
from .row import row

Array = jax.Array


def _check_channels(input: Any, named: dict[str, Any]) -> None:
    """Refuse parameters that are not one number for each channel, or of another dtype."""
    channels = input.shape[1] if input.ndim > 1 else 0
    for name, value in named.items():
        if value is None:
            continue
        if value.shape != (channels,):
            raise RuntimeError(f"{name} should contain {channels} elements not {value.size}")
        if value.dtype != input.dtype:
            raise RuntimeError(
                f"mixed dtype (CPU): expect parameter to have scalar type of "
                f"{scalar_name(input.dtype)}, and all inputs must share same datatype: {name} is "
                f"{scalar_name(value.dtype)}"
            )


def _wide(value: Any, ndim: int) -> Array:
    """One number for each channel, to be broadcast against (N, C, *spatial)."""
    return value.reshape(1, -1, *[1] * (ndim - 2))


def _affine(result: Array, weight: Any, bias: Any) -> Array:
    if weight is not None:
        result = result * _wide(weight, result.ndim)
    return result if bias is None else result + _wide(bias, result.ndim)


def _standardised(input: Array, axes: tuple[int, ...], eps: float) -> Array:
    """Mean 0 and variance 1 over the axes."""
    centred = input - jnp.mean(input, axes, keepdims=True)
    variance = jnp.mean(jnp.square(centred), axes, keepdims=True)
    return centred * lax.rsqrt(variance + eps)


def _by_running(input: Array, mean: Any, var: Any, eps: float) -> Array:
    return (input - _wide(mean, input.ndim)) * lax.rsqrt(_wide(var, input.ndim) + eps)


@row("batch_norm", "input running_mean running_var weight bias", bind="", node="NativeBatchNorm",
     saves="input running_mean running_var weight")  # fmt: skip
def batch_norm(input, running_mean=None, running_var=None, weight=None, bias=None, training=False,
               eps=1e-5):  # fmt: skip
    """Every channel with mean 0 and variance 1: over the batch, or by running numbers."""
    floating("batch_norm", input)
    running = {"running_mean": running_mean, "running_var": running_var}
    for name, value in running.items():
        if value is None and not training:
            raise RuntimeError(f"{name} must be defined in evaluation mode")
    if input.shape == (0,):
        return input
    _check_channels(input, {**running, "weight": weight, "bias": bias})
    if training:
        result = _standardised(input, (0, *range(2, input.ndim)), eps)
    else:
        result = _by_running(input, running_mean, running_var, eps)
    return _affine(result, weight, bias)


@row("instance_norm", "input running_mean running_var weight bias", bind="", node="View",
     saves="input")  # fmt: skip
def instance_norm(input, running_mean=None, running_var=None, weight=None, bias=None,
                  use_input_stats=True, eps=1e-5):  # fmt: skip
    """Every channel of every example with mean 0 and variance 1."""
    floating("batch_norm", input)
    running = {"running_mean": running_mean, "running_var": running_var}
    _check_channels(input, {**running, "weight": weight, "bias": bias})
    if use_input_stats:
        result = _standardised(input, tuple(range(2, input.ndim)), eps)
    elif running_mean is None or running_var is None:
        raise RuntimeError(
            "Expected running_mean and running_var to be defined when use_input_stats is false"
        )
    else:
        result = _by_running(input, running_mean, running_var, eps)
    return _affine(result, weight, bias)


@row("running_moments", "input running_mean running_var ~momentum", "as is", bind="")
def running_moments(input, running_mean, running_var, momentum, each=False):
    """Running mean and variance moved towards those of the input by the part `momentum`.

    The variance is the unbiased one; with `each`, the mean of those of the examples.
    """
    kept = (2 if each else 0, *range(2 + each, input.ndim)) if input.ndim > 2 else (0,)
    values = input.astype(running_mean.dtype)
    momentum = momentum.astype(running_mean.dtype)
    variance = jnp.var(values, kept, ddof=1)
    found = (
        jnp.mean(values, (0, *range(2, input.ndim))),
        jnp.mean(variance, 0) if each else variance,
    )
    return tuple(
        (1 - momentum) * old + momentum * new
        for old, new in zip((running_mean, running_var), found, strict=True)
    )


@row("group_norm", "input weight bias", bind="torch functional", node="NativeGroupNorm")
def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    """Every group of channels of every example with mean 0 and variance 1."""
    if input.ndim < 2:
        raise RuntimeError(
            f"Expected at least 2 dimensions for input tensor but received {input.ndim}"
        )
    if num_groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    size, channels = list(input.shape), input.shape[1]
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of "
            f"shape {size} and num_groups={num_groups}"
        )
    if input.shape[0] * math.prod(input.shape[2:]) * channels // num_groups == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {size}"
        )
    floating("GroupNormKernelImpl", input)
    for name, value in (("weight", weight), ("bias", bias)):
        if value is not None and value.shape != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, "
                f"but got {name} of shape {list(value.shape)} and input of shape {size}"
            )
    grouped = input.reshape(size[0], num_groups, channels // num_groups * math.prod(size[2:]))
    result = _standardised(grouped, (2,), eps).reshape(input.shape)
    return _affine(result, weight, bias)


@row("local_response_norm", bind="functional", node="Div")
def local_response_norm(input, size, alpha=1e-4, beta=0.75, k=1.0):
    """Values divided by a power of the mean square of `size` neighbouring channels."""
    if input.ndim < 3:
        raise ValueError(
            f"Expected 3D or higher dimensionality input (got {input.ndim} dimensions)"
        )
    if size <= 0:
        raise RuntimeError(f"kernel size should be greater than zero, but got {size}")
    floating("avg_pool2d", input)
    edges = [(0, 0)] * input.ndim
    edges[1] = (size // 2, (size - 1) // 2)
    squares = jnp.pad(jnp.square(input), edges)
    count = input.shape[1]
    total = sum(lax.slice_in_dim(squares, i, i + count, 1, 1) for i in range(size))
    return input / (total / size * alpha + k) ** beta
