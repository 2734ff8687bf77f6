"""Images taken apart and put together: patches as columns, channels as pixels, channels in turn."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from .kinds import only
from .promotion import BOOL, COMPLEX, FLOAT
from .row import row
from .windows import batched, columns, per_axis, sliding

Array = jax.Array


def _pair(name: str, value: Any) -> tuple[int, ...]:
    count = len(value) if isinstance(value, (tuple, list)) else 1
    return per_axis(value, 2, f"It is expected {name} equals to 2, but got size {count}")


def _numbers(kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> list[Any]:
    """Kernel, dilation, padding and stride for both axes."""
    given = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding,
             "stride": stride}  # fmt: skip
    pairs = {name: _pair(name, value) for name, value in given.items()}
    for name in ("kernel_size", "stride", "dilation"):
        if min(pairs[name]) <= 0:
            shown = name.replace("_", " ")
            raise RuntimeError(f"{shown} should be greater than zero, but got {pairs[name]}")
    if min(pairs["padding"]) < 0:
        raise RuntimeError(f"padding should be non-negative, but got {pairs['padding']}")
    return list(pairs.values())


def _blocks(plane: Any, kernel: Any, dilation: Any, padding: Any, stride: Any) -> list[int]:
    """How many patches there are along each axis."""
    return [
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, d, p, s in zip(plane, kernel, dilation, padding, stride, strict=True)
    ]


def _taken(input: Array, kernel: Any, dilation: Any, padding: Any, stride: Any) -> Array:
    """(N, C, H, W) to (N, C · kernel, patches)."""
    blocks = _blocks(input.shape[2:], kernel, dilation, padding, stride)
    rows, lines = (
        sliding(k, s, p, d, count)
        for k, s, p, d, count in zip(kernel, stride, padding, dilation, blocks, strict=True)
    )
    parts = [part for line in columns(input, 2, rows) for part in columns(line, 3, lines)]
    count = blocks[0] * blocks[1]
    return jnp.stack(parts, 2).reshape(input.shape[0], input.shape[1] * len(parts), count)


@row("im2col", bind="")
def im2col(input, kernel_size, dilation=1, padding=0, stride=1):
    """Every patch that a kernel sees, as a column: (N, C, H, W) to (N, C · kernel, patches)."""
    if input.ndim not in (3, 4) or 0 in input.shape[-3:]:
        raise IndexError(
            "Dimension out of range: expected 3D or 4D (batch mode) tensor with non-zero "
            f"dimensions for input, but got: {list(input.shape)}"
        )
    only("im2col_out_cpu", input, BOOL, FLOAT, COMPLEX)
    numbers = _numbers(kernel_size, dilation, padding, stride)
    blocks = _blocks(input.shape[-2:], *numbers)
    if min(blocks) < 1:
        raise RuntimeError(
            f"Given input with spatial size {input.shape[-2:]}, kernel_size={numbers[0]}, "
            f"dilation={numbers[1]}, padding={numbers[2]}, calculated shape of the array of "
            f"sliding blocks as {tuple(blocks)}, but its components must be at least one."
        )
    input, alone = batched(input, 2)
    found = _taken(input, *numbers)
    return found[0] if alone else found


@row("fold", bind="functional", node="Col2Im")
def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Columns of patches put back, added where they overlap: the transpose of `unfold`."""
    if input.ndim not in (2, 3) or 0 in input.shape[-2:]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and "
            f"non-zero dimensions for input, but got: {list(input.shape)}"
        )
    only("col2im_out_cpu", input, FLOAT, COMPLEX)
    plane = _pair("output_size", output_size)
    numbers = _numbers(kernel_size, dilation, padding, stride)
    each = numbers[0][0] * numbers[0][1]
    if input.shape[-2] % each:
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, "
            f"but got input.size(1)={input.shape[-2]} and kernel_size={numbers[0]}."
        )
    blocks = _blocks(plane, *numbers)
    if min(blocks) < 0 or blocks[0] * blocks[1] != input.shape[-1]:
        raise RuntimeError(
            f"Given output_size={plane}, kernel_size={numbers[0]}, dilation={numbers[1]}, "
            f"padding={numbers[2]}, stride={numbers[3]}, expected size of input's dimension 2 to "
            f"match the calculated number of sliding blocks {blocks[0]} * {blocks[1]} = "
            f"{blocks[0] * blocks[1]}, but got input.size(2)={input.shape[-1]}."
        )
    input, alone = batched(input, 1)
    image = jax.ShapeDtypeStruct((len(input), input.shape[1] // each, *plane), input.dtype)
    (found,) = jax.linear_transpose(lambda x: _taken(x, *numbers), image)(input)
    return found[0] if alone else found


def _check_shuffle(name: str, input: Array, factor: int, what: str) -> None:
    if input.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {input.ndim} "
            "dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{name} expects a positive {what}, but got {factor}")


@row("pixel_shuffle", bind="torch functional")
def pixel_shuffle(input, upscale_factor):
    """(*, C · r², H, W) to (*, C, H · r, W · r): channels become pixels."""
    r = upscale_factor
    _check_shuffle("pixel_shuffle", input, r, "upscale_factor")
    *lead, channels, height, width = input.shape
    if channels % r**2:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square "
            f"of upscale_factor, but input.size(-3)={channels} is not divisible by {r**2}"
        )
    parts = input.reshape(math.prod(lead), channels // r**2, r, r, height, width)
    return parts.transpose(0, 1, 4, 2, 5, 3).reshape(*lead, channels // r**2, height * r, width * r)


@row("pixel_unshuffle", bind="torch functional")
def pixel_unshuffle(input, downscale_factor):
    """(*, C, H · r, W · r) to (*, C · r², H, W): pixels become channels."""
    r = downscale_factor
    _check_shuffle("pixel_unshuffle", input, r, "downscale_factor")
    *lead, channels, height, width = input.shape
    for name, size, at in (("height", height, -2), ("width", width, -1)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but "
                f"input.size({at})={size} is not divisible by {r}"
            )
    parts = input.reshape(math.prod(lead), channels, height // r, r, width // r, r)
    parts = parts.transpose(0, 1, 3, 5, 2, 4)
    return parts.reshape(*lead, channels * r**2, height // r, width // r)


@row("channel_shuffle", bind="torch functional")
def channel_shuffle(input, groups):
    """Channels taken in turn from each of the groups."""
    if input.ndim <= 2:
        raise RuntimeError(
            f"channel_shuffle expects input with > 2 dims, but got input with sizes "
            f"{list(input.shape)}"
        )
    if groups <= 0:
        raise RuntimeError(
            f"Number of groups to divide channels in must be positive. Value of groups:{groups}"
        )
    n, channels, *plane = input.shape
    if channels % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {channels} channels and "
            f"{groups} groups."
        )
    return input.reshape(n, groups, -1, *plane).swapaxes(1, 2).reshape(input.shape)
