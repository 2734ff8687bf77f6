"""`interpolate`: from what a user says of size and scale to an operation of the table."""

import warnings
from typing import Any

from ...ops import OPS
from ...tape.bind import function
from ...tape.tensor import Tensor
from .images import per_axis

_upsample = function(OPS["upsample"])
_MEANS = {n: function(OPS[f"adaptive_avg_pool{n}d"]) for n in (1, 2, 3)}
# For how many spatial axes each mode is.
_MODES = {"nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "area": (1, 2, 3), "linear": (1,),
          "bilinear": (2,), "trilinear": (3,), "bicubic": (2,), "lanczos": (2,)}  # fmt: skip
_LINES = ("linear", "bilinear", "trilinear")


def _check_mode(input: Tensor, mode: str, align_corners: bool | None, antialias: bool) -> None:
    n = input.ndim - 2
    if mode not in (*_LINES, "bicubic", "lanczos") and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear "
            "| bicubic | trilinear"
        )
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and n == 2):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires "
            "a 4-D tensor as input"
        )
    if mode in _LINES and n in (1, 2, 3) and n not in _MODES[mode]:
        raise NotImplementedError(
            f"Got {n + 2}D input, but {mode} mode needs {_MODES[mode][0] + 2}D input"
        )
    if n not in _MODES.get(mode, ()) or (mode == "lanczos" and not antialias):
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {n + 2}D) for the "
            f"modes: {' | '.join(_MODES)} (got {mode})"
        )


def _per_axis(name: str, value: Any, input: Tensor) -> tuple[Any, ...]:
    n = input.ndim - 2
    found = per_axis(value, n)
    if len(found) != n:
        what = "output" if name == "size" else "scale_factor"
        raise ValueError(
            f"Input and {what} must have the same number of spatial dimensions, but got input with "
            f"spatial dimensions of {list(input.shape[2:])} and {name} of {found}; the input is "
            "(N, C, d1, d2, …) and there is one number for each d"
        )
    if name == "size" and not all(hasattr(item, "__index__") for item in found):
        kinds = [type(item) for item in found]
        raise TypeError(f"expected size to be one of int or Tuple[int], but got {kinds}")
    return found


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """The input at another size.

    Args:
        input: (N, C, L), (N, C, H, W) or (N, C, D, H, W).
        size: of the spatial axes; one number for all of them, or one for each.
        scale_factor: the same as a multiple of the input's size; one of the two is given.
        mode: `"nearest"`, `"nearest-exact"`, `"linear"`, `"bilinear"`, `"trilinear"`, `"bicubic"`,
            `"area"`, or `"lanczos"` with `antialias`.
        align_corners: the corners' values stay; otherwise the image's edges do.
        recompute_scale_factor: take the factor from the resulting size, which is a whole number.
        antialias: smooth before the size shrinks.
    """
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if size is not None and recompute_scale_factor:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    _check_mode(input, mode, align_corners, antialias)
    scales = None
    if size is None:
        scales = tuple(map(float, _per_axis("scale_factor", scale_factor, input)))
        size = [int(old * s) for old, s in zip(tuple(input.shape)[2:], scales, strict=True)]
        if recompute_scale_factor:
            scales = None
    size = _per_axis("size", size, input)
    if mode == "area":
        return _MEANS[len(size)](input, size)
    return _upsample(input, size, scales, mode, bool(align_corners), antialias)


def _retired(name: str) -> None:
    warnings.warn(
        f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.",
        stacklevel=3,
    )


def upsample(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """The old name of `interpolate`."""
    _retired("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The old name of `interpolate` by the nearest value."""
    _retired("upsample_nearest")
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The old name of `interpolate` by straight lines between aligned corners."""
    _retired("upsample_bilinear")
    return interpolate(input, size, scale_factor, "bilinear", True)
