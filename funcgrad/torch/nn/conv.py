"""Convolutions as modules."""

import math
from collections.abc import Iterable
from typing import Any

from ...tape.full import empty
from ...tape.parameter import Parameter
from ...tape.tensor import Tensor
from . import functional, init
from .module import Module

_STRINGS = ("valid", "same")
_MODES = ("zeros", "reflect", "replicate", "circular")


def repeated(value: Any, n: int) -> tuple[Any, ...]:
    """A number for each of n axes, or the numbers as given."""
    return tuple(value) if isinstance(value, Iterable) else (value,) * n


class _Convolution(Module):
    """A kernel slid over the spatial axes of (N, C, *spatial) or (C, *spatial).

    Weight and bias start uniform in ±1/√(values that an output reads).
    """

    axes: int
    transposed = False
    weight: Parameter
    bias: Parameter | None

    def _setup(
        self,
        in_channels: int,
        out_channels: int,
        groups: int,
        bias: bool,
        padding: Any,
        padding_mode: str,
        made: dict[str, Any],
        **numbers: Any,
    ) -> None:
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ValueError(f"{name} must be divisible by groups")
        for name, value in numbers.items():
            setattr(self, name, repeated(value, self.axes))
        if isinstance(padding, str):
            if padding not in _STRINGS:
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {_STRINGS}")
            if padding == "same" and any(s != 1 for s in self.stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in _MODES:
            raise ValueError(f"padding_mode must be one of {_MODES}, but got {padding_mode=}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.padding = padding if isinstance(padding, str) else repeated(padding, self.axes)
        self.padding_mode = padding_mode
        first, second = in_channels, out_channels
        if not self.transposed:
            first, second = second, first
        self.weight = Parameter(empty((first, second // groups, *self.kernel_size), **made))
        self.register_parameter("bias", Parameter(empty(out_channels, **made)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights."""
        # With a = √5 Kaiming's bound is 1/√fan_in, which is the bias's too.
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        shown = [f"kernel_size={self.kernel_size}, stride={self.stride}"]
        defaults = {
            "padding": (0,) * len(self.padding),
            "dilation": (1,) * len(self.dilation),
            "output_padding": (0,) * len(self.output_padding),
            "groups": 1,
        }
        values = {name: getattr(self, name) for name in defaults}
        shown += [f"{k}={v}" for k, v in values.items() if v != defaults[k]]
        if self.bias is None:
            shown.append("bias=False")
        if self.padding_mode != "zeros":
            shown.append(f"padding_mode={self.padding_mode}")
        return f"{self.in_channels}, {self.out_channels}, " + ", ".join(shown)


class _Forward(_Convolution):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self._setup(
            in_channels, out_channels, groups, bias, padding, padding_mode,
            {"device": device, "dtype": dtype},
            kernel_size=kernel_size, stride=stride, dilation=dilation, output_padding=0,
        )  # fmt: skip

    def _edges(self) -> list[int]:
        """What to put around the input, the last axis first, as `functional.pad` takes it."""
        if not isinstance(self.padding, str):
            return [p for p in reversed(self.padding) for _ in range(2)]
        if self.padding == "valid":
            return [0] * (2 * self.axes)
        totals = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
        return [p for total in reversed(totals) for p in (total // 2, total - total // 2)]

    def forward(self, input: Tensor) -> Tensor:
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input = functional.pad(input, self._edges(), mode=self.padding_mode)
            padding = 0
        convolve = getattr(functional, f"conv{self.axes}d")
        return convolve(
            input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )


class Conv1d(_Forward):
    """(N, C, L) to (N, out_channels, L′): a kernel slid along the last axis.

    Args:
        in_channels: C of the input.
        out_channels: of the output.
        kernel_size: of the kernel; this and the next three are a number, or one for each axis.
        stride: how far the kernel moves.
        padding: put on both sides of each axis; or `"same"`, which keeps the size, or `"valid"`.
        dilation: distance between the values that the kernel reads.
        groups: into so many the channels are split, and each group sees only its own.
        bias: whether there is a bias.
        padding_mode: what is put there: `"zeros"`, `"reflect"`, `"replicate"` or `"circular"`.
        device: where the weights are made.
        dtype: of the weights.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.nn.Conv1d(2, 4, kernel_size=3, padding=1)(torch.ones(2, 8)).shape
        torch.Size([4, 8])
    """

    axes = 1


class Conv2d(_Forward):
    """(N, C, H, W) to (N, out_channels, H′, W′); arguments as of `Conv1d`."""

    axes = 2


class Conv3d(_Forward):
    """(N, C, D, H, W) to (N, out_channels, D′, H′, W′); arguments as of `Conv1d`."""

    axes = 3


class _Transposed(_Convolution):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__()
        self._setup(
            in_channels, out_channels, groups, bias, padding, padding_mode,
            {"device": device, "dtype": dtype},
            kernel_size=kernel_size, stride=stride, dilation=dilation,
            output_padding=output_padding,
        )  # fmt: skip

    def _extra(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        """What to add behind to reach the size asked for."""
        n = self.axes
        leading = 2 if input.ndim == n + 2 else 1
        wanted = tuple(output_size)[leading if len(output_size) == leading + n else 0 :]
        if len(wanted) != n:
            raise ValueError(
                f"ConvTranspose{n}D: for {input.ndim}D input, output_size must have {n} or "
                f"{leading + n} elements (got {len(wanted)})"
            )
        least = [
            (s - 1) * t - 2 * p + d * (k - 1) + 1
            for s, t, p, d, k in zip(
                tuple(input.shape)[leading:], self.stride, self.padding, self.dilation,
                self.kernel_size, strict=True,
            )
        ]  # fmt: skip
        extra = tuple(w - m for w, m in zip(wanted, least, strict=True))
        if any(not 0 <= e < t for e, t in zip(extra, self.stride, strict=True)):
            most = [m + t - 1 for m, t in zip(least, self.stride, strict=True)]
            raise ValueError(
                f"requested an output size of {wanted}, but valid sizes range from {least} to "
                f"{most} (for an input of {input.shape[2:]})"
            )
        return extra

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        extra = self.output_padding if output_size is None else self._extra(input, output_size)
        convolve = getattr(functional, f"conv_transpose{self.axes}d")
        return convolve(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups,
            self.dilation,
        )  # fmt: skip


class ConvTranspose1d(_Transposed):
    """(N, C, L) to (N, out_channels, L′): the derivative of `Conv1d` by its input, as a layer.

    Args:
        in_channels: C of the input.
        out_channels: of the output.
        kernel_size: of the kernel; this and all but groups are a number, or one for each axis.
        stride: distance at which the input's values are laid out.
        padding: taken away on both sides of each axis.
        output_padding: put behind each axis, where several sizes are possible.
        groups: into so many the channels are split, and each group sees only its own.
        bias: whether there is a bias.
        dilation: distance between the values that the kernel writes.
        padding_mode: `"zeros"`.
        device: where the weights are made.
        dtype: of the weights.

    The call takes `output_size` instead of `output_padding`.
    """

    axes = 1


class ConvTranspose2d(_Transposed):
    """(N, C, H, W) to (N, out_channels, H′, W′); arguments as of `ConvTranspose1d`."""

    axes = 2


class ConvTranspose3d(_Transposed):
    """(N, C, D, H, W) to (N, out_channels, D′, H′, W′); arguments as of `ConvTranspose1d`."""

    axes = 3
