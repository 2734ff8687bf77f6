"""New tensors of one value: `full`, `zeros`, `ones`, `empty`, and the `_like` forms."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from ..ops.filling import check_number, number_as
from . import dtypes
from .creation import new_like, shape_of
from .factory import asked, deliver
from .tensor import Tensor

_HOLDING_A_NUMBER: tuple[type, ...] = (Tensor, np.generic, jax.Array)


def full(size: Sequence[int], fill_value: Any, **options: Any) -> Tensor:
    """A tensor of one value; the dtype is that of the value unless given.

    Args:
        size: the shape.
        fill_value: a number, or a tensor that holds one; the dtype must hold it.
        options: `dtype`, `out`, `device`, `requires_grad`; `layout`, `pin_memory` and
            `memory_format` have no effect.
    """
    return _full("full", size, fill_value, options)


def _full(
    name: str, size: Any, value: Any, options: dict[str, Any], lacks: Sequence[str] = ()
) -> Tensor:
    if isinstance(value, _HOLDING_A_NUMBER):
        value = value.item()
    if not isinstance(value, (int, float, complex)):
        raise TypeError(
            f"{name}(): argument 'fill_value' (position 2) must be Number, not "
            f"{type(value).__name__}"
        )
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"argument 'size' must be tuple of ints, not {type(size).__name__}")
    shape = shape_of((size,))
    default = dtypes.of_number(value) if name == "full" else dtypes.default.dtype
    made = asked(name, options, default, lacks=lacks, ndim=len(shape))
    dtype = made.dtype.numpy
    check_number(value, dtype)
    return deliver(made, np.full(shape, number_as(value, dtype)))


def _filled(name: str, value: Any, text: str) -> Any:
    def factory(*size: Any, **options: Any) -> Tensor:
        if not size:
            if "size" not in options:
                raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
            size = (options.pop("size"),)
        return _full(name, shape_of(size), value, options)

    factory.__name__ = factory.__qualname__ = name
    factory.__doc__ = text
    return factory


zeros = _filled("zeros", 0, "A tensor of zeros of the given size.")
ones = _filled("ones", 1, "A tensor of ones of the given size.")
# PyTorch leaves `empty` uninitialised; a value that nobody wrote is zero here.
empty = _filled("empty", 0, "A tensor of the given size; its values mean nothing (here: zeros).")


def full_like(input: Tensor, fill_value: Any, **options: Any) -> Tensor:
    """A tensor of one value, with the shape, dtype and device of another."""
    return _like("full_like", input, fill_value, options)


def _like(name: str, input: Tensor, value: Any, options: dict[str, Any]) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    if options.get("dtype") is None:
        options = {**options, "dtype": input.dtype}
    if options.get("device") is None:
        options = {**options, "device": input.device}
    return _full(name, input.shape, value, options, lacks=("out",))


def zeros_like(input: Tensor, **options: Any) -> Tensor:
    """Zeros with the shape, dtype and device of another tensor."""
    return _like("zeros_like", input, 0, options)


def ones_like(input: Tensor, **options: Any) -> Tensor:
    """Ones with the shape, dtype and device of another tensor."""
    return _like("ones_like", input, 1, options)


def empty_like(input: Tensor, **options: Any) -> Tensor:
    """Like `zeros_like`; PyTorch leaves the values uninitialised."""
    return _like("empty_like", input, 0, options)


Tensor.new_zeros, Tensor.new_ones = new_like(zeros), new_like(ones)
Tensor.new_empty, Tensor.new_full = new_like(empty), new_like(full)
