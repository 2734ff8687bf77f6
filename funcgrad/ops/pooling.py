"""Pooling by the largest: of windows that slide, or that share each axis evenly.

First it is found where the largest value is, then it is read there: so it gets the whole gradient.
Of equal values that is the first in memory, of several NaN the last.
"""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .kinds import floating, real
from .promotion import FLOAT, kind
from .row import row
from .windows import WORDS, batched, fitted, per_axis, split

Array = jax.Array
# A value, and its number in the plane; and the number of what is no value.
Pair = tuple[Any, Any]
_NONE = np.int32(2**31 - 1)


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


def _better(a: Pair, b: Pair) -> Pair:
    """The larger of two values with its number: the first of equal ones, the last of several NaN.

    It may be applied in any order, so XLA may choose one.
    """
    (x, i), (y, j) = a, b
    second = (y > x) | ((y == x) & (j < i))
    if kind(x.dtype) == FLOAT:
        first_nan, second_nan = jnp.isnan(x), jnp.isnan(y)
        by_nan = second_nan & (~first_nan | (j > i))
        second = jnp.where(first_nan | second_nan, by_nan, second)
    return jnp.where(second, y, x), jnp.where(second, j, i)


def _least(dtype: np.dtype) -> Pair:
    """What every value of a window is better than."""
    lowest = -np.inf if kind(dtype) == FLOAT else jnp.iinfo(dtype).min
    return np.asarray(lowest, dtype)[()], _NONE


def _picked(input: Array, n: int, places: Array, indices: bool) -> Any:
    """The values at these numbers of the plane, and the numbers if they are wanted."""
    lead = input.shape[:-n]
    flat, at = input.reshape(*lead, -1), places.reshape(*lead, -1)
    values = jnp.take_along_axis(flat, at, -1, mode="promise_in_bounds").reshape(places.shape)
    return (values, places.astype(np.int64)) if indices else values


def _numbered(input: Array, n: int) -> Array:
    plane = input.shape[-n:]
    numbers = jnp.arange(math.prod(plane), dtype=np.int32).reshape(plane)
    return jnp.broadcast_to(numbers, input.shape)


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

        lead = (1,) * (input.ndim - n)
        edges = [
            (pad, max(0, (count - 1) * step + (kernel - 1) * dilated + 1 - size - pad))
            for size, kernel, step, pad, dilated, count in zip(plane, k, s, p, d, out, strict=True)
        ]
        _, places = lax.reduce_window(
            (lax.stop_gradient(input), _numbered(input, n)), _least(input.dtype), _better,
            (*lead, *k), (*lead, *s), [*[(0, 0)] * len(lead), *edges],
            window_dilation=(*lead, *d),
        )  # fmt: skip
        return _picked(input, n, places, return_indices)

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
        blocks, numbers = lax.stop_gradient(input), np.zeros((), np.int64)
        for i, (size, count) in enumerate(zip(input.shape[-n:], out, strict=True)):
            positions, counts = (part.T for part in fitted(size, count))
            axis = input.ndim - n + 2 * i  # every axis before has become two
            blocks = split(blocks, axis, positions)
            own = np.where(counts, positions, _NONE)
            numbers = numbers[..., None, None] * size + own
            numbers = np.where(own == _NONE, _NONE, numbers)
        within = tuple(range(input.ndim - n + 1, blocks.ndim, 2))
        numbers = np.minimum(numbers, _NONE).astype(np.int32)
        least, none = _least(input.dtype)
        _, places = lax.reduce(
            (jnp.where(numbers == _NONE, least, blocks), jnp.broadcast_to(numbers, blocks.shape)),
            (least, none), _better, within,
        )  # fmt: skip
        return _picked(input, n, places, return_indices)

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


@jax.custom_jvp
def _nothing(x: Array) -> Array:
    """Zeros that move as x does; x − x would not do, for it may be infinite."""
    return jnp.zeros_like(x)


@_nothing.defjvp
def _nothing_jvp(primals: Any, tangents: Any) -> tuple[Array, Array]:
    return _nothing(*primals), tangents[0]


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
        places = planes.at[rows[..., None], channels[..., None], indices.reshape(flat.shape)]
        # PyTorch gives a value that another overwrites the gradient of its place, as a sum does.
        planes = lax.stop_gradient(places.set(flat)) + places.add(_nothing(flat))
        planes = planes.reshape(*values.shape[:2], *output_size)
        return planes[0] if alone else planes

    unpool.__doc__ = f"Values put back where `max_pool{n}d` found them, zeros elsewhere."
    return unpool


for _n in (1, 2, 3):
    _named: dict[str, Any] = {"overload": _squeezed} if _n == 1 else {}
    row(f"max_pool{_n}d", bind="torch functional", node=f"MaxPool{_n}DWithIndices", saves="input",
        **_named)(max_pool(_n))  # fmt: skip
    row(f"adaptive_max_pool{_n}d", bind="functional", node=f"AdaptiveMaxPool{_n}D", saves="input",
        **_named)(_adaptive_max_pool(_n))  # fmt: skip
    if _n > 1:  # one axis is unpooled as an image of one line
        row(f"max_unpool{_n}d", "input indices", bind="", node=f"MaxUnpool{_n}D",
            check=_check_indices)(_max_unpool(_n))  # fmt: skip
