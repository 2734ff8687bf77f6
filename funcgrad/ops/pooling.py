"""Pooling by the largest: of windows that slide, or that share each axis evenly.

A window of several axes is taken one axis after another, the last first. Of equal values the first
in memory wins, and gets the whole gradient; of several NaN the last.
"""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .kinds import floating, real
from .promotion import FLOAT, kind
from .row import row
from .windows import WORDS, batched, columns, fitted, per_axis, sliding

Array = jax.Array
# Values, and where they were in the plane if that is wanted.
Found = tuple[Array, ...]


def output_size(size: int, k: int, s: int, p: int, d: int, ceil: bool) -> int:
    """How many windows there are along an axis; with `ceil` also one that begins in its padding.

    >>> output_size(5, 2, 2, 0, 1, False), output_size(5, 2, 2, 0, 1, True)
    (2, 3)
    """
    reach = size + 2 * p - d * (k - 1) - 1
    out = -(-reach // s) + 1 if ceil else reach // s + 1
    return out - 1 if ceil and (out - 1) * s >= size + p else out


def check_pool(name: str, input: Array, n: int) -> None:
    """Refuse an input that has not n spatial axes, or none of a size."""
    if input.ndim not in (n + 1, n + 2) or 0 in input.shape[-n - 1 :]:
        article = "" if input.ndim in (n + 1, n + 2) else "non-empty "
        raise RuntimeError(
            f"{name}: Expected {n + 1}D or {n + 2}D (batch mode) tensor with optional 0 dim batch "
            f"size for input, but got:{list(input.shape)}; a {article}{n + 1}D or {n + 2}D (batch "
            "mode) tensor expected for input"
        )


def check_windows(name: str, k: Any, s: Any, p: Any, d: Any) -> None:
    """Refuse windows that cannot slide."""
    if min(k) <= 0 or min(s) <= 0:
        raise RuntimeError(
            f"{name}: kernel_size and stride must be greater than zero; stride should not be zero"
        )
    if min(d) <= 0:
        raise RuntimeError(f"{name}: dilation should be greater than zero, but got {d}")
    if min(p) < 0:
        raise RuntimeError(f"{name}: pad must be non-negative, but got pad: {min(p)}")
    for kernel, pad, dilation in zip(k, p, d, strict=True):
        if 2 * pad > (kernel - 1) * dilation + 1:
            raise RuntimeError(
                f"{name}: pad should be at most half of effective kernel size, but got pad={pad}, "
                f"kernel_size={kernel} and dilation={dilation}"
            )


def check_size(name: str, plane: Any, out: Any) -> None:
    """Refuse windows larger than the input."""
    if min(out) < 1:
        raise RuntimeError(
            f"{name}: Given input size: {tuple(plane)}. Calculated output size: {tuple(out)}. "
            "Output size is too small"
        )


def pool_numbers(name: str, n: int, kernel_size: Any, stride: Any, padding: Any) -> list[Any]:
    """Kernel, stride (of the kernel's size unless given) and padding for each axis."""
    stride = kernel_size if stride is None or stride in ((), []) else stride
    given = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    words = dict.fromkeys(given, "be a single int, or a tuple of")
    words["stride"] = "be omitted, a single int, or a tuple of"
    return [
        per_axis(value, n, f"{name}: {key} must either {words[key]} {WORDS[n]}")
        for key, value in given.items()
    ]


def _later(a: Found, b: Found, forced: Any = None, allowed: Any = None) -> Found:
    """The larger of two, the first if they are equal, the second if it is NaN."""
    take = b[0] > a[0]
    if kind(b[0].dtype) == FLOAT:
        take |= jnp.isnan(b[0])
    if allowed is not None:
        take = (take & allowed) | forced
    return tuple(jnp.where(take, y, x) for x, y in zip(a, b, strict=True))


def _window(found: Found, axis: int, positions: Any, counts: Any) -> Found:
    """The largest of each window along an axis."""
    if positions.shape[1] == 1 and counts.all():
        return _whole(found, axis, positions[:, 0])
    best, *others = zip(*(columns(part, axis, positions) for part in found), strict=True)
    shape = [1] * found[0].ndim
    shape[axis] = -1
    begun = counts[0]
    for other, counted in zip(others, counts[1:], strict=True):
        masks = () if counts.all() else (counted & ~begun, counted)
        best = _later(best, other, *(mask.reshape(shape) for mask in masks))
        begun = begun | counted
    return best


def _whole(found: Found, axis: int, places: Any) -> Found:
    """One window along an axis, compared in pairs of neighbours, which keeps who is first."""

    def cut(start: int, stop: int, step: int) -> Found:
        return tuple(lax.slice_in_dim(part, start, stop, step, axis) for part in found)

    step = int(places[1] - places[0]) if len(places) > 1 else 1
    found = cut(int(places[0]), int(places[-1]) + 1, step)
    while (size := found[0].shape[axis]) > 1:
        last = cut(size - 1, size, 1)
        pairs = _later(cut(0, size - size % 2, 2), cut(1, size, 2))
        if size % 2:
            pairs = tuple(jnp.concatenate(ends, axis) for ends in zip(pairs, last, strict=True))
        found = pairs
    return found


def _largest(input: Array, n: int, windows: Any, indices: bool) -> Any:
    """The largest of each window of n axes; with its number in the plane if that is wanted."""
    plane = input.shape[-n:]
    found: Found = (input,)
    if indices:
        numbers = jnp.arange(int(np.prod(plane)), dtype=np.int64).reshape(plane)
        found = (input, jnp.broadcast_to(numbers, input.shape))
    for axis, (positions, counts) in reversed(list(enumerate(windows, input.ndim - n))):
        found = _window(found, axis, positions, counts)
    return found if indices else found[0]


def max_pool(n: int) -> Callable[..., Any]:
    """`max_pool1d`, `max_pool2d` or `max_pool3d`."""
    name = f"max_pool{n}d"

    def pool(
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:
        check_pool(name, input, n)
        (floating if n == 1 else real)(f"{name}_impl" if n == 1 else name, input)
        k, s, p = pool_numbers(name, n, kernel_size, stride, padding)
        d = per_axis(
            dilation, n, f"{name}: dilation must be either a single int, or a tuple of {WORDS[n]}"
        )
        check_windows(name, k, s, p, d)
        plane = input.shape[-n:]
        out = [output_size(*numbers, ceil_mode) for numbers in zip(plane, k, s, p, d, strict=True)]
        check_size(name, plane, out)

        def windows() -> Iterator[Any]:
            for i, size in enumerate(plane):
                positions = sliding(k[i], s[i], p[i], d[i], out[i])
                yield positions, (positions >= 0) & (positions < size)

        return _largest(input, n, windows(), return_indices)

    pool.__doc__ = f"The largest of each window over {n} axes; with its index if asked."
    return pool


def fitted_size(name: str, input: Array, n: int, output_size: Any) -> tuple[int, ...]:
    """The output size of adaptive pooling: None keeps an axis."""
    if input.ndim not in (n + 1, n + 2):
        raise RuntimeError(
            f"{name}(): Expected {n + 1}D or {n + 2}D tensor, but got: {list(input.shape)}"
        )
    if 0 in input.shape[-n - 1 :]:
        raise RuntimeError(
            f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input "
            f"has sizes {list(input.shape)}"
        )
    if not isinstance(output_size, (tuple, list)):
        output_size = (output_size,) * n
    if len(output_size) != n:
        raise RuntimeError(f"{name}: output_size must be {n} numbers, got {list(output_size)}")
    sizes = zip(output_size, input.shape[-n:], strict=True)
    return per_axis([size if out is None else out for out, size in sizes], n, "")


def _adaptive_max_pool(n: int) -> Callable[..., Any]:
    name = f"adaptive_max_pool{n}d"

    def pool(input: Any, output_size: Any, return_indices: bool = False) -> Any:
        out = fitted_size(name, input, n, output_size)
        floating(f"adaptive_max_pool{max(n, 2)}d{'_cpu' if n == 3 else ''}", input)
        if min(out) < 0:
            raise RuntimeError(f"{name}: Trying to create tensor with negative dimension {out}")
        if 0 in out:
            empty = jnp.zeros((*input.shape[:-n], *out), input.dtype)
            return (empty, empty.astype(np.int64)) if return_indices else empty
        windows = (fitted(size, count) for size, count in zip(input.shape[-n:], out, strict=True))
        return _largest(input, n, windows, return_indices)

    pool.__doc__ = f"The largest of windows that share {n} axes evenly; with its index if asked."
    return pool


def _squeezed(**_: Any) -> str:
    return "SqueezeBackward1"  # PyTorch pools one axis as an image of one line


def _check_indices(input: Any, indices: Any, output_size: Any) -> None:
    found = np.asarray(indices)
    size = int(np.prod(output_size))
    wrong = found[(found < 0) | (found >= size)]
    if wrong.size:
        raise RuntimeError(
            f"Found an invalid max index: {wrong.flat[0]} (output volumes are of size "
            f"{'x'.join(map(str, output_size))})"
        )


def _max_unpool(n: int) -> Callable[..., Array]:
    def unpool(input: Any, indices: Any, output_size: Any) -> Array:
        if indices.dtype != np.int64:
            raise RuntimeError("elements in indices should be type int64; convert with .long()")
        if indices.shape != input.shape:
            raise RuntimeError(
                "Expected shape of indices to be same as that of the input tensor "
                f"({list(input.shape)}) but got indices tensor with shape: {list(indices.shape)}"
            )
        values, alone = batched(input, n)
        flat = values.reshape(*values.shape[:2], -1)
        planes = jnp.zeros((*values.shape[:2], int(np.prod(output_size))), input.dtype)
        rows, channels = jnp.ogrid[: flat.shape[0], : flat.shape[1]]
        at = indices.reshape(flat.shape)
        planes = planes.at[rows[..., None], channels[..., None], at].set(flat)
        planes = planes.reshape(*values.shape[:2], *output_size)
        return planes[0] if alone else planes

    unpool.__doc__ = f"Values put back where `max_pool{n}d` found them, zeros elsewhere."
    return unpool


for _n in (1, 2, 3):
    _named: dict[str, Any] = {"overload": _squeezed} if _n == 1 else {}
    row(f"max_pool{_n}d", bind="torch functional", node=f"MaxPool{_n}DWithIndices", **_named)(
        max_pool(_n)
    )
    row(f"adaptive_max_pool{_n}d", bind="functional", node=f"AdaptiveMaxPool{_n}D", **_named)(
        _adaptive_max_pool(_n)
    )
    if _n > 1:  # one axis is unpooled as an image of one line
        row(f"max_unpool{_n}d", "input indices", bind="", node=f"MaxUnpool{_n}D",
            check=_check_indices)(_max_unpool(_n))  # fmt: skip
