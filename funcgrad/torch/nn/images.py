"""Functions of images and their kin that find a size first, or whose name means two things."""

from collections.abc import Callable
from typing import Any

from ...ops import OPS
from ...tape.bind import function
from ...tape.tensor import Tensor

_im2col = function(OPS["im2col"])
_unpool = {n: function(OPS[f"max_unpool{n}d"]) for n in (2, 3)}


def per_axis(value: Any, n: int) -> tuple[Any, ...]:
    """A number for each of n axes, or the numbers as given."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * n


def _unpooled_size(n: int, shape: Any, kernel: Any, stride: Any, padding: Any, wanted: Any) -> Any:
    least = [
        (size - 1) * s + k - 2 * p
        for size, k, s, p in zip(tuple(shape)[-n:], kernel, stride, padding, strict=True)
    ]
    if wanted is None:
        return tuple(least)
    wanted = tuple(wanted)
    size = wanted[2:] if len(wanted) == n + 2 else wanted
    if len(size) != n:
        raise ValueError(
            f"output_size should be a sequence containing {n} or {n + 2} elements, but it has a "
            f"length of '{len(size)}'"
        )
    for d, (found, given, s) in enumerate(zip(least, size, stride, strict=True)):
        if not found - s < given < found + s:
            raise ValueError(
                f'invalid output_size "{size}" (dim {d} must be between {found - s} and '
                f"{found + s})"
            )
    return size


def _max_unpool(n: int) -> Callable[..., Tensor]:
    def unpool(
        input: Tensor,
        indices: Tensor,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        output_size: Any = None,
    ) -> Tensor:
        kernel = per_axis(kernel_size, n)
        steps = kernel if stride is None else per_axis(stride, n)
        size = _unpooled_size(n, input.shape, kernel, steps, per_axis(padding, n), output_size)
        if n == 1:  # as an image of lines of one value
            return _unpool[2](input.unsqueeze(-1), indices.unsqueeze(-1), (*size, 1)).squeeze(-1)
        return _unpool[n](input, indices, size)

    unpool.__name__ = unpool.__qualname__ = f"max_unpool{n}d"
    unpool.__doc__ = f"Values put back where `max_pool{n}d` found them, zeros elsewhere."
    return unpool


max_unpool1d, max_unpool2d, max_unpool3d = map(_max_unpool, (1, 2, 3))


def unfold(
    input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Every patch that a kernel sees, as a column: (N, C, H, W) to (N, C · kernel, patches)."""
    return _im2col(input, kernel_size, dilation, padding, stride)
