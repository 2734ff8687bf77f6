"""New tensors of draws: `rand`, `randn`, `randint`, `randperm`, and the `_like` forms."""

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..creation import make, shape_of
from ..devices import get_default_device
from ..factory import Options, asked
from ..full import full
from ..outs import resize
from ..tensor import Tensor
from . import drawing
from .drawing import Draw, require
from .filling import check_std
from .generator import Generator, stream_of


def rand(*size: Any, **options: Any) -> Tensor:
    """Uniform values in [0, 1): `rand(2, 3)` or `rand((2, 3))`.

    Args:
        size: the shape.
        options: `generator`, `out`, `dtype` (floating or complex), `device`, `requires_grad`;
            `layout` and `pin_memory` have no effect.
    """
    return _create("rand", size, options, _uniform, "check_uniform_bounds")


def randn(*size: Any, **options: Any) -> Tensor:
    """Standard normal values: `randn(2, 3)` or `randn((2, 3))`.

    Args:
        size: the shape.
        options: those of `rand`.
    """
    return _create("randn", size, options, _normal(0.0, 1.0), "normal_kernel_cpu")


def _uniform(stream: Any, n: int, dtype: np.dtype, serial: bool) -> np.ndarray:
    return stream.rand(n, dtype=dtype)


def _normal(mean: float, std: float) -> Draw:
    return lambda stream, n, dtype, serial: stream.normal(mean, std, n, dtype, serial)


def normals(mean: float, std: float, size: Any, options: dict[str, Any]) -> Tensor:
    """`normal(mean, std, size)`."""
    check_std(std)
    return _create("normal", (size,), options, _normal(mean, std), "normal_kernel_cpu")


def _create(name: str, size: tuple, options: dict[str, Any], draw: Draw, kernel: str) -> Tensor:
    if not size and "size" in options:
        size = (options.pop("size"),)
    if not size or "size" in options:
        raise TypeError(
            f"{name}() received an invalid combination of arguments: it takes sizes, as integers "
            "or as one tuple"
        )
    return new(name, shape(name, size), draw, dtypes.default.dtype, options,
               lambda dtype: require(kernel, dtype, "fc"))  # fmt: skip


def shape(name: str, size: tuple) -> tuple[int, ...]:
    """A shape from loose integers or from one sequence of them."""
    sizes = size[0] if len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    for item in sizes:
        if isinstance(item, (bool, float)) or not hasattr(item, "__index__"):
            raise TypeError(
                f"{name}(): argument 'size' must be tuple of ints, not {type(item).__name__}"
            )
    return shape_of((tuple(operator.index(item) for item in sizes),))


def new(
    name: str,
    size: Sequence[int],
    draw: Draw,
    default: dtypes.DType,
    options: dict[str, Any],
    check: Any = None,
    axes: Sequence[int] | None = None,
) -> Tensor:
    """A tensor of draws.

    Args:
        name: the function, for its messages.
        size: the shape.
        draw: what to draw.
        default: the dtype where neither `dtype` nor `out` says it.
        options: the keyword arguments of the call.
        check: called with the NumPy dtype; raises where it cannot be drawn.
        axes: the order in which the draws follow each other; C order unless given.
    """
    made = asked(name, options, default, also=("generator",), ndim=len(size))
    dtype = made.dtype
    if made.out is not None:
        return _into(made, size, draw, check, options.get("generator"))
    if check is not None:
        check(dtype.numpy)
    device = made.device or get_default_device()
    strided = axes is not None and tuple(axes) != tuple(range(len(size)))
    values = drawing.drawn(
        stream_of(options.get("generator"), device), draw, size, dtype.numpy, axes, strided
    )
    return make(values, None, device, made.requires_grad)


def _into(made: Options, size: Sequence[int], draw: Draw, check: Any, generator: Any) -> Tensor:
    """Draw into a tensor that is given."""
    out: Any = made.out
    refuse_gradient(made.name, out)
    if check is not None:
        check(out.dtype.numpy)
    resize(out, full(size, 0, dtype=out.dtype, device=out.device)._read())
    drawn = drawing.fill(out, draw, "", generator)
    return drawn.requires_grad_() if made.requires_grad else drawn


def refuse_gradient(name: str, out: Tensor) -> None:
    """PyTorch's error for `out=` with a tensor that requires grad."""
    if out.requires_grad:
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )


def _like(input: Tensor, draw: Draw, kernel: str, name: str, options: dict[str, Any]) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    options = {"device": input.device, **options}
    return new(name, input.shape, draw, input.dtype, options,
               lambda dtype: require(kernel, dtype, "fc"), drawing.lies(input)[0])  # fmt: skip


def rand_like(input: Tensor, **options: Any) -> Tensor:
    """Uniform values in [0, 1), with the shape, dtype and device of another tensor."""
    return _like(input, _uniform, "check_uniform_bounds", "rand_like", options)


def randn_like(input: Tensor, **options: Any) -> Tensor:
    """Standard normal values, with the shape, dtype and device of another tensor."""
    return _like(input, _normal(0.0, 1.0), "normal_kernel_cpu", "randn_like", options)


def randint(*args: Any, **options: Any) -> Tensor:
    """Integers in [low, high): `randint(high, size)` or `randint(low, high, size)`.

    Args:
        args: low (0 unless given), high and the shape, also by name.
        options: those of `rand`; the dtype is int64 unless given.
    """
    names = ("low", "high", "size")
    at = next((i for i, value in enumerate(args) if isinstance(value, (tuple, list))), None)
    loose = {name: options.pop(name) for name in names if name in options}
    positional = names if at == 2 or (at is None and len(args) + len(loose) == 3) else names[1:]
    if at is None and "size" in loose:
        positional = names[:2] if len(args) == 2 else positional
    given = dict(zip(positional, args, strict=False))
    if len(args) > len(positional) or given.keys() & loose.keys():
        raise _invalid("randint", args)
    given |= loose
    if "high" not in given or "size" not in given:
        raise _invalid("randint", args)
    draw = _integers("randint", given.get("low", 0), given["high"])
    size = given["size"]
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"randint(): argument 'size' must be tuple of ints, not {type(size).__name__}"
        )
    return new("randint", shape("randint", (size,)), draw, dtypes.int64, options, _countable)


def randint_like(input: Tensor, *args: Any, **options: Any) -> Tensor:
    """Integers in [low, high), with the shape, dtype and device of another tensor."""
    loose = {name: options.pop(name) for name in ("low", "high") if name in options}
    names = ("low", "high") if len(args) + len(loose) == 2 else ("high",)
    given = {**dict(zip(names, args, strict=False)), **loose}
    if len(given) != len(args) + len(loose) or "high" not in given:
        raise _invalid("randint_like", args)
    draw = _integers("randint_like", given.get("low", 0), given["high"])
    options = {"device": input.device, **options}
    axes = drawing.lies(input)[0]
    return new("randint_like", input.shape, draw, input.dtype, options, _countable, axes)


def _integers(name: str, low: Any, high: Any) -> Draw:
    for word, bound in (("low", low), ("high", high)):
        if isinstance(bound, (bool, float)) or not hasattr(bound, "__index__"):
            raise TypeError(f"{name}(): argument '{word}' must be int, not {type(bound).__name__}")
    low, high = operator.index(low), operator.index(high)
    return lambda stream, n, dtype, serial: stream.randint(low, high, n, dtype)


def _invalid(name: str, args: tuple) -> TypeError:
    got = ", ".join(type(value).__name__ for value in args)
    return TypeError(
        f"{name}() received an invalid combination of arguments - got ({got}), but expected high, "
        "or low and high, and a size unless it is a _like function"
    )


def _countable(dtype: np.dtype) -> None:
    if dtype.kind == "c":
        raise RuntimeError(
            "check_random_bounds handles only integral, floating-point and boolean types"
        )


def randperm(n: int, **options: Any) -> Tensor:
    """A random permutation of 0 … n-1.

    Args:
        n: the length.
        options: those of `rand`; the dtype is int64 unless given.
    """
    if isinstance(n, (bool, float)) or not hasattr(n, "__index__"):
        raise TypeError(
            f"randperm(): argument 'n' (position 1) must be int, not {type(n).__name__}"
        )
    n = operator.index(n)

    def check(dtype: np.dtype) -> None:
        require("randperm", dtype, "fi")
        largest = {"float16": 2**11 + 1, "bfloat16": 2**8 + 1}.get(dtype.name, math.inf)
        if n > largest:
            raise RuntimeError(f"n cannot be greater than {largest} for {dtype} type.")
        if np.issubdtype(dtype, np.integer) and n > np.iinfo(dtype).max:
            raise RuntimeError(f"value cannot be converted to type {dtype} without overflow")

    size = shape_of((n,))
    return new("randperm", size, lambda stream, n, dtype, serial: stream.randperm(n, dtype),
               dtypes.int64, options, check)  # fmt: skip


def permutation(n: int, generator: Generator | None = None) -> np.ndarray:
    """`randperm`'s numbers as an array."""
    return stream_of(generator).randperm(n)


def draw_seed(generator: Generator | None = None) -> int:
    """A seed for another stream: 63 bits of this one, as `torch.empty(()).random_()` gives."""
    return int(stream_of(generator).random())
