"""Pooling as modules: a table, and unpooling."""

from functools import partial
from typing import Any

from ...tape.tensor import Tensor
from . import functional
from .conv import repeated
from .family import REQUIRED, Applied, applied
from .module import Module

_pooling = partial(applied, __name__)


class _Sliding(Applied):
    """The stride is the kernel's size unless it is given."""

    stride: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.stride is None:
            self.stride = self.kernel_size


class _Line(_Sliding):
    """PyTorch keeps numbers of one axis as tuples here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kernel_size", "stride", "padding"):
            setattr(self, name, repeated(getattr(self, name), 1))


_NUMBERS: dict[str, Any] = {"kernel_size": REQUIRED, "stride": None, "padding": 0}


def _max(n: int) -> type[Applied]:
    return _pooling(
        f"MaxPool{n}d", f"max_pool{n}d", f"The largest of each window over {n} axes.", _Sliding,
        **_NUMBERS, dilation=1, return_indices=False, ceil_mode=False,
        _shown=(*_NUMBERS, "dilation", "ceil_mode"),
    )  # fmt: skip


def _avg(n: int) -> type[Applied]:
    more = {} if n == 1 else {"divisor_override": None}
    return _pooling(
        f"AvgPool{n}d", f"avg_pool{n}d", f"The mean of each window over {n} axes.",
        _Line if n == 1 else _Sliding, **_NUMBERS, ceil_mode=False, count_include_pad=True,
        **more, _shown=tuple(_NUMBERS),
    )  # fmt: skip


def _lp(n: int) -> type[Applied]:
    return _pooling(
        f"LPPool{n}d", f"lp_pool{n}d", f"The p-norm of each window over {n} axes.",
        norm_type=REQUIRED, kernel_size=REQUIRED, stride=None, ceil_mode=False,
    )  # fmt: skip


def _adaptive_max(n: int) -> type[Applied]:
    doc = f"The largest of windows that share {n} axes evenly."
    return _pooling(
        f"AdaptiveMaxPool{n}d", f"adaptive_max_pool{n}d", doc,
        output_size=REQUIRED, return_indices=False, _shown=("output_size",),
    )  # fmt: skip


def _adaptive_avg(n: int) -> type[Applied]:
    doc = f"The mean of windows that share {n} axes evenly."
    return _pooling(f"AdaptiveAvgPool{n}d", f"adaptive_avg_pool{n}d", doc, output_size=REQUIRED)


MaxPool1d, MaxPool2d, MaxPool3d = map(_max, (1, 2, 3))
AvgPool1d, AvgPool2d, AvgPool3d = map(_avg, (1, 2, 3))
LPPool1d, LPPool2d, LPPool3d = map(_lp, (1, 2, 3))
AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d = map(_adaptive_max, (1, 2, 3))
AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d = map(_adaptive_avg, (1, 2, 3))


class MaxUnpool1d(Module):
    """Puts values back where `MaxPool1d(…, return_indices=True)` found them, zeros elsewhere.

    Args:
        kernel_size: of the pooling, as the next two.
        stride: the kernel's size unless it is given.
        padding: on both sides of each axis.

    The call takes values, indices and, where several sizes are possible, `output_size`.
    """

    axes = 1

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size = repeated(kernel_size, self.axes)
        self.stride = repeated(kernel_size if stride is None else stride, self.axes)
        self.padding = repeated(padding, self.axes)

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        unpool = getattr(functional, f"max_unpool{self.axes}d")
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool2d(MaxUnpool1d):
    """The same over two axes."""

    axes = 2


class MaxUnpool3d(MaxUnpool1d):
    """The same over three axes."""

    axes = 3
