"""Convolutions: windows of the input times a kernel, summed over channels.

Shapes: input (N, C, *spatial) or (C, *spatial), kernel (O, C / groups, *kernel); a transposed
convolution reads its kernel as (C, O / groups, *kernel), for it is the derivative of a convolution
by its input.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from .kinds import numeric
from .row import row
from .windows import batched, columns, per_axis, sliding, times

Array = jax.Array
_AXES = {1: "W", 2: "HW", 3: "DHW"}


def _spread(name: str, value: Any, n: int) -> tuple[int, ...]:
    listed = list(value) if isinstance(value, (tuple, list)) else [value]
    return per_axis(
        value,
        n,
        f"expected {name} to be a single integer value or a list of {n} values to match the "
        f"convolution dimensions, but got {name}={listed}",
    )


def _check_numbers(groups: int, **numbers: Sequence[int]) -> None:
    for name in ("padding", "output_padding"):
        if min(numbers.get(name, (0,))) < 0:
            raise RuntimeError(f"negative {name} is not supported")
    for name in ("stride", "dilation"):
        if min(numbers[name]) <= 0:
            raise RuntimeError(f"non-positive {name} is not supported")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")


def _check_dimensions(name: str, input: Array, weight: Array, n: int) -> None:
    if input.ndim not in (n + 1, n + 2):
        raise RuntimeError(
            f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {name}, but got input "
            f"of size: {list(input.shape)}"
        )
    if weight.ndim != n + 2:
        raise RuntimeError(
            f"expected weight of {name} to have {n + 2} dimensions, but got weight of size "
            f"{list(weight.shape)}"
        )


def _check_channels(input: Array, weight: Array, groups: int, channels: int) -> None:
    size, first = list(weight.shape), weight.shape[0]
    if first < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but "
            f"got weight of size {size} instead"
        )
    if first % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, "
            f"but got weight of size {size} instead"
        )
    if input.shape[1] != channels:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {size}, expected input{list(input.shape)} to "
            f"have {channels} channels, but got {input.shape[1]} channels instead"
        )


def _plus_bias(result: Array, bias: Array | None, weight: Array, out: int) -> Array:
    if bias is None:
        return result
    if bias.shape != (out,):
        raise RuntimeError(
            f"Given weight of size {list(weight.shape)}, expected bias to be 1-dimensional with "
            f"{out} elements, but got bias of size {list(bias.shape)} instead"
        )
    return result + bias.reshape(-1, *[1] * (result.ndim - 2))


def _layout(n: int) -> tuple[str, str, str]:
    return f"NC{_AXES[n]}", f"OI{_AXES[n]}", f"NC{_AXES[n]}"


def _in_groups(
    input: Array, weight: Array, stride: Any, pads: Any, dilation: Any, groups: int, size: Any
) -> Array:
    """A convolution in groups, as matrix products of patches.

    XLA has a grouped convolution, but on a CPU its derivative by the kernel takes a hundred times
    as long.
    """
    parts, kernel = [input], weight.shape[2:]
    for i, (k, s, (low, _), d, count) in enumerate(
        zip(kernel, stride, pads, dilation, size, strict=True)
    ):
        positions = sliding(k, s, low, d, count)
        parts = [part for whole in parts for part in columns(whole, i + 2, positions)]
    patches = jnp.stack(parts, 2).reshape(
        input.shape[0], groups, weight.shape[1] * math.prod(kernel), math.prod(size)
    )
    rows = weight.reshape(groups, weight.shape[0] // groups, patches.shape[2])
    result = jnp.einsum("gok,ngkp->ngop", rows, patches)
    return result.reshape(input.shape[0], weight.shape[0], *size)


def _convolution(n: int) -> Callable[..., Array]:
    def convolve(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Array:
        numeric("slow_conv2d_cpu", input)
        _check_dimensions(f"conv{n}d", input, weight, n)
        stride, dilation = _spread("stride", stride, n), _spread("dilation", dilation, n)
        kernel = weight.shape[2:]
        if padding == "same" and max(stride) > 1:
            raise RuntimeError("padding='same' is not supported for strided convolutions")
        if padding == "same":
            # Of an odd total the larger half goes behind.
            total = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
            pads = [(t // 2, t - t // 2) for t in total]
        elif isinstance(padding, str) and padding != "valid":
            raise RuntimeError(f"Invalid padding string: '{padding}'; it is 'same' or 'valid'")
        else:
            pads = [(p, p) for p in _spread("padding", 0 if padding == "valid" else padding, n)]
        _check_numbers(groups, stride=stride, dilation=dilation, padding=[p for p, _ in pads])
        input, alone = batched(input, n)
        _check_channels(input, weight, groups, weight.shape[1] * groups)
        padded = [s + low + high for s, (low, high) in zip(input.shape[2:], pads, strict=True)]
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
        if any(r > p for r, p in zip(reach, padded, strict=True)):
            raise RuntimeError(
                f"Calculated padded input size per channel: ({times(padded)}). Kernel size: "
                f"({times(reach)}). Kernel size can't be greater than actual input size"
            )
        if groups == 1:
            result = lax.conv_general_dilated(
                input, weight, stride, pads, rhs_dilation=dilation, dimension_numbers=_layout(n)
            )
        else:
            size = [(p - r) // s + 1 for p, r, s in zip(padded, reach, stride, strict=True)]
            result = _in_groups(input, weight, stride, pads, dilation, groups, size)
        result = _plus_bias(result, bias, weight, weight.shape[0])
        return result[0] if alone else result

    convolve.__doc__ = f"A kernel slid over {n} axes: cross-correlation, as networks mean it."
    return convolve


def _transposed(n: int) -> Callable[..., Array]:
    def transposed(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Array:
        numeric("slow_conv_transpose2d_out_cpu", input)
        if isinstance(padding, str):
            raise TypeError(
                f"conv_transpose{n}d(): argument 'padding' must be tuple of ints, not str"
            )
        _check_dimensions(f"conv_transpose{n}d", input, weight, n)
        stride, dilation = _spread("stride", stride, n), _spread("dilation", dilation, n)
        padding = _spread("padding", padding, n)
        extra = _spread("output_padding", output_padding, n)
        _check_numbers(
            groups, stride=stride, dilation=dilation, padding=padding, output_padding=extra
        )
        if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
            raise RuntimeError(
                "output padding must be smaller than either stride or dilation, but got "
                f"output_padding: {times(extra)} stride: {times(stride)} dilation: "
                f"{times(dilation)}"
            )
        input, alone = batched(input, n)
        _check_channels(input, weight, groups, weight.shape[0])
        kernel = weight.shape[2:]
        pads = []
        for k, d, p, e in zip(kernel, dilation, padding, extra, strict=True):
            reach = d * (k - 1)
            pads.append((reach - p, reach - p + e))
        size = [
            (s - 1) * t + 1 + low + high - d * (k - 1)
            for s, t, d, k, (low, high) in zip(
                input.shape[2:], stride, dilation, kernel, pads, strict=True
            )
        ]
        if min(size) <= 0:
            raise RuntimeError(
                f"Given input size per channel: ({times(input.shape[2:])}). Calculated output "
                f"size per channel: ({times(size)}). Output size is too small"
            )
        # (C, O / groups) becomes (O, C / groups), and the kernel is read backwards.
        out = weight.shape[1]
        turned = weight.reshape(groups, -1, out, *kernel).swapaxes(1, 2)
        turned = turned.reshape(groups * out, -1, *kernel)
        turned = lax.rev(turned, tuple(range(2, n + 2)))
        result = lax.conv_general_dilated(
            input, turned, (1,) * n, pads, lhs_dilation=stride, rhs_dilation=dilation,
            dimension_numbers=_layout(n), feature_group_count=groups,
        )  # fmt: skip
        result = _plus_bias(result, bias, weight, groups * out)
        return result[0] if alone else result

    transposed.__doc__ = f"The derivative of `conv{n}d` by its input, as an operation."
    return transposed


for _n in (1, 2, 3):
    _columns = ("input weight bias", "convolution", "torch functional")
    row(f"conv{_n}d", *_columns, node="Convolution")(_convolution(_n))
    row(f"conv_transpose{_n}d", *_columns, node="Convolution")(_transposed(_n))
