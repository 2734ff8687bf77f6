"""Layers that change the size of images, or take them apart: a table."""

from functools import partial
from typing import Any

from ...tape.tensor import Tensor
from . import functional
from .family import REQUIRED, applied
from .module import Module

_layer = partial(applied, __name__)


class Upsample(Module):
    """The input at another size; arguments as of `functional.interpolate`."""

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.size, self.mode = size, mode
        if isinstance(scale_factor, tuple):
            self.scale_factor: Any = tuple(map(float, scale_factor))
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None
        self.align_corners, self.recompute_scale_factor = align_corners, recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        return functional.interpolate(
            input, self.size, self.scale_factor, self.mode, self.align_corners,
            self.recompute_scale_factor,
        )  # fmt: skip

    def extra_repr(self) -> str:
        name = "size" if self.scale_factor is None else "scale_factor"
        return f"{name}={getattr(self, name)!r}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """`Upsample` of (N, C, H, W) by the nearest value."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor)


class UpsamplingBilinear2d(Upsample):
    """`Upsample` of (N, C, H, W) by straight lines between aligned corners."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", True)


PixelShuffle = _layer(
    "PixelShuffle", "pixel_shuffle", "(*, C · r², H, W) to (*, C, H · r, W · r).",
    upscale_factor=REQUIRED,
)  # fmt: skip
PixelUnshuffle = _layer(
    "PixelUnshuffle", "pixel_unshuffle", "(*, C, H · r, W · r) to (*, C · r², H, W).",
    downscale_factor=REQUIRED,
)  # fmt: skip
ChannelShuffle = _layer(
    "ChannelShuffle", "channel_shuffle", "Channels taken in turn from each group.",
    groups=REQUIRED,
)  # fmt: skip
_NUMBERS: dict[str, Any] = {"kernel_size": REQUIRED, "dilation": 1, "padding": 0, "stride": 1}
Unfold = _layer("Unfold", "unfold", "Every patch that a kernel sees, as a column.", **_NUMBERS)
Fold = _layer(
    "Fold", "fold", "Columns of patches put back, added where they overlap.",
    output_size=REQUIRED, **_NUMBERS,
)  # fmt: skip
