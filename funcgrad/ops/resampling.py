"""Resampling of (N, C, *spatial) to other sizes: nearest value, straight lines, cubic curves.

Along an axis every output is a sum of a few inputs; which and with what weights is known before
the array is. Axes are done one after another.
"""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from jax import lax

from .kinds import floating
from .row import row
from .windows import columns

Array = jax.Array
_NAMES = {"nearest": "Nearest", "nearest-exact": "NearestExact", "linear": "Linear",
          "bilinear": "Bilinear", "trilinear": "Trilinear", "bicubic": "Bicubic",
          "lanczos": "Lanczos"}  # fmt: skip


def _cubic(x: Any, a: float) -> Any:
    """The cubic convolution kernel (Keys, 1981)."""
    x = np.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


# What smooths before a size shrinks: a function, and half the width where it is not zero.
_FILTERS: dict[str, tuple[Callable[[Any], Any], float]] = {
    "bilinear": (lambda x: np.maximum(1 - np.abs(x), 0), 1.0),
    "bicubic": (lambda x: _cubic(x, -0.5), 2.0),
    "lanczos": (lambda x: np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0), 3.0),
}


def _step(size: int, out: int, scale: float | None, corners: bool, dtype: Any) -> Any:
    """Distance of two outputs, counted in inputs."""
    if corners:
        return dtype((size - 1) / (out - 1)) if out > 1 else dtype(0)
    return dtype(1 / scale) if scale is not None and scale > 0 else dtype(size / out)


def _nearest(size: int, out: int, scale: float | None, exact: bool) -> Any:
    # In float32 whatever the values are, for PyTorch counts in float32.
    step = _step(size, out, scale, False, np.float32)
    at = (np.arange(out, dtype=np.float32) + np.float32(exact / 2)) * step
    return np.minimum(np.floor(at).astype(np.int64), size - 1)[None]


def _smooth(
    size: int, out: int, scale: float | None, corners: bool, mode: str, dtype: Any
) -> tuple[Any, Any]:
    """Positions and weights of lines or cubic curves."""
    step = _step(size, out, scale, corners, dtype)
    half = dtype(0 if corners else 0.5)
    at = step * (np.arange(out, dtype=dtype) + half) - half
    if mode != "bicubic":
        at = np.maximum(at, 0)
        low = np.minimum(np.floor(at).astype(np.int64), size - 1)
        part = np.clip(at - low.astype(dtype), 0, 1)
        return np.stack([low, np.minimum(low + 1, size - 1)]), np.stack([1 - part, part])
    low = np.floor(at).astype(np.int64)
    offsets = np.arange(-1, 3)[:, None]
    weights = _cubic(at - low.astype(dtype) - offsets.astype(dtype), -0.75)
    return np.clip(low + offsets, 0, size - 1), weights


def _smoothed(
    size: int, out: int, scale: float | None, corners: bool, mode: str, dtype: Any
) -> tuple[Any, Any]:
    """The same, of all inputs that an output stands for."""
    kernel, reach = _FILTERS[mode]
    step = float(_step(size, out, scale, corners, dtype))
    stretch = max(step, 1.0)
    centre = step * (np.arange(out) + 0.5)
    first = np.maximum((centre - reach * stretch + 0.5).astype(np.int64), 0)
    last = np.minimum((centre + reach * stretch + 0.5).astype(np.int64), size)
    positions = first + np.arange(max(last - first))[:, None]
    weights = np.where(positions < last, kernel((positions - centre + 0.5) / stretch), 0)
    return np.minimum(positions, size - 1), weights / weights.sum(0)


def _along(input: Array, axis: int, positions: Any, weights: Any) -> Array:
    shape = [1] * input.ndim
    shape[axis] = -1
    parts = columns(input, axis, positions)
    total = parts[0] * weights[0].astype(input.dtype).reshape(shape)
    for part, weight in zip(parts[1:], weights[1:], strict=True):
        total = total + part * weight.astype(input.dtype).reshape(shape)
    return total


def _repeated(input: Array, axis: int, times: int) -> Array:
    """Every value several times in a row; unlike a gather, its derivative is a plain sum."""
    wide = lax.broadcast_in_dim(
        input,
        (*input.shape[: axis + 1], times, *input.shape[axis + 1 :]),
        [d for d in range(input.ndim + 1) if d != axis + 1],
    )
    return wide.reshape(*input.shape[:axis], -1, *input.shape[axis + 1 :])


def _name(size: Any, mode: str, antialias: bool = False, **_: Any) -> str:
    return f"Upsample{_NAMES[mode]}{len(size)}D{'Aa' if antialias else ''}Backward0"


@row("upsample", bind="", overload=_name)
def upsample(input, size, scales=None, mode="nearest", align_corners=False, antialias=False):
    """The input at another size; `scales` say where it lies, if not from end to end."""
    n, plane = len(size), input.shape[2:]
    shown = f"input {list(plane)} output {list(size)}"
    if min(size) <= 0 or 0 in plane:
        raise RuntimeError(f"Input and output sizes should be greater than 0, but got {shown}")
    if not input.shape[1]:
        raise RuntimeError(
            f"Non-empty {n + 2}D data tensor expected but got a tensor with sizes "
            f"{list(input.shape)}"
        )
    nearest = mode.startswith("nearest")
    if not (nearest and input.dtype == np.uint8):
        floating(f"upsample_{mode.removesuffix('-exact')}{n}d_channels_last", input)
    for i, (old, new) in enumerate(zip(plane, size, strict=True)):
        scale = None if scales is None else scales[i]
        if old == new and scale in (None, 1.0):
            continue
        if nearest:
            positions = _nearest(old, new, scale, mode == "nearest-exact")
            if new % old == 0 and (positions[0] == np.arange(new) // (new // old)).all():
                input = _repeated(input, i + 2, new // old)
            else:
                (input,) = columns(input, i + 2, positions)
            continue
        choose = _smoothed if antialias else _smooth
        placed = choose(old, new, scale, align_corners, mode, input.dtype.type)
        input = _along(input, i + 2, *placed)
    return input
