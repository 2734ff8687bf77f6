"""New tensors: from data, and filled."""

import warnings
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from ..ops import kind
from ..ops.filling import check_number, number_as
from ..ops.names import scalar_name
from ..ops.promotion import COMPLEX, FLOAT, HALF, INT, complex_of
from . import devices, dtypes
from .formats import check_format, check_layout
from .given import check_array, check_range, no_array
from .size import ints
from .tensor import Tensor, wrap

DType = dtypes.DType


def make(array: Any, dtype: DType | None, device: Any, requires_grad: bool) -> Tensor:
    """A leaf from a NumPy array (copied) or a JAX array."""
    with jax.enable_x64(True):
        if isinstance(array, jax.core.Tracer):
            result = array if dtype is None else array.astype(dtype.numpy)
        else:
            if dtype is not None and array.dtype != dtype.numpy:
                array = _real(array) if kind(dtype.numpy) in (INT, FLOAT) else array
                with np.errstate(all="ignore"):
                    array = array.astype(dtype.numpy)
            result = jax.device_put(array, devices.current(device))
    tensor = wrap(result)
    if not isinstance(requires_grad, bool):
        raise TypeError(
            f"argument 'requires_grad' must be bool, not {type(requires_grad).__name__}"
        )
    if requires_grad:
        tensor._require(True)
    return tensor


def _real(array: Any) -> Any:
    if kind(array.dtype) != COMPLEX:
        return array
    warnings.warn(
        "Casting complex values to real discards the imaginary part", UserWarning, stacklevel=4
    )
    return array.real


def _plain(data: Any) -> Any:
    """Nested sequences that may hold tensors, as nested Python numbers."""
    if isinstance(data, Tensor):
        return data.tolist()
    if isinstance(data, (list, tuple)):
        return [_plain(item) for item in data]
    return data


def _array(data: Any, dtype: DType | None = None) -> Any:
    """Data as an array in the dtype that PyTorch infers; one that is given keeps all digits."""
    if isinstance(data, Tensor):
        return data._read()
    if isinstance(data, jax.Array):
        return data
    if isinstance(data, (np.ndarray, np.generic)):
        check_array(data)
        return np.array(data)
    plain = _plain(data)
    try:
        array = np.array(plain)
    except ValueError:  # rows of several lengths
        raise no_array(plain) from None
    if array.dtype.kind not in "biufc":
        raise no_array(plain)
    wide = array.dtype == np.uint64 and not _holds_arrays(data)
    if wide and (dtype is None or (kind(dtype.numpy) == INT and dtype is not dtypes.uint64)):
        raise no_array(plain)
    if dtype is not None:
        check_range(array, plain, dtype.numpy)
        # PyTorch rounds a number twice on its way into a half type.
        twice = dtype.numpy in HALF and array.dtype.kind == "f"
        with np.errstate(over="ignore"):
            return array.astype(np.float32) if twice else array
    if isinstance(data, (list, tuple)) and _holds_arrays(data):
        return array
    if array.dtype.kind in "fc":
        own = dtypes.default.dtype.numpy
        with np.errstate(over="ignore"):
            return array.astype(own if array.dtype.kind == "f" else complex_of(own))
    return array.astype(np.int64) if array.dtype.kind in "iu" else array


def _holds_arrays(data: Any) -> bool:
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return isinstance(data, (np.ndarray, np.generic))


def tensor(
    data: Any,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A leaf with a copy of the data: numbers, nested sequences, NumPy or JAX arrays.

    Args:
        data: floating Python numbers take the default dtype, integers int64, arrays keep theirs.
        dtype: overrides that.
        device: where to put it.
        requires_grad: whether autograd follows it.
        pin_memory: accepted, without effect.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.tensor([1, 2]).dtype
        torch.int64
    """
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach()"
            ".clone() or sourceTensor.detach().clone().requires_grad_(True), rather than "
            "torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
    dtype = None if dtype is None else dtypes.given(dtype)
    return make(_array(data, dtype), dtype, device, requires_grad)


def as_tensor(data: Any, dtype: DType | None = None, device: Any = None) -> Tensor:
    """The tensor itself where nothing changes, else a new one."""
    dtype = None if dtype is None else dtypes.given(dtype)
    if isinstance(data, Tensor):
        same = (dtype is None or data.dtype is dtype) and device is None
        return data if same else data.to(device=device, dtype=dtype)
    return make(_array(data, dtype), dtype, device, False)


def from_numpy(array: np.ndarray) -> Tensor:
    """A tensor with the array's values: a snapshot, where PyTorch shares the memory."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    check_array(array)
    return make(np.array(array), None, None, False)


def shape_of(size: tuple) -> tuple[int, ...]:
    """`zeros(2, 3)` and `zeros((2, 3))` alike."""
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = tuple(size[0])
    shape = ints("size", size)
    if any(n < 0 for n in shape):
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}"
        )
    return shape


_HOLDING_A_NUMBER: tuple[type, ...] = (Tensor, np.generic, jax.Array)


def full(
    size: Sequence[int],
    fill_value: Any,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    out: Any = None,
    layout: Any = None,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of one value; the dtype is that of the value unless given."""
    if isinstance(fill_value, _HOLDING_A_NUMBER):
        fill_value = fill_value.item()
    if not isinstance(fill_value, (int, float, complex)):
        raise TypeError(
            "full(): argument 'fill_value' (position 2) must be Number, not "
            f"{type(fill_value).__name__}"
        )
    if dtype is None:  # an integer is an int64 however large it is
        dtype = dtypes.of(_array(0 if type(fill_value) is int else fill_value).dtype)
    dtype = dtypes.given(dtype)
    check_number(fill_value, dtype.numpy)
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"argument 'size' must be tuple of ints, not {type(size).__name__}")
    shape = shape_of((size,))
    check_layout("full", layout)
    check_format("full", memory_format, len(shape))
    made = make(np.full(shape, number_as(fill_value, dtype.numpy)), None, device, requires_grad)
    return made if out is None else out.copy_(made)


def _filled(value: Any) -> Any:
    def factory(*size: Any, dtype: DType | None = None, **options: Any) -> Tensor:
        if not size and "size" in options:
            size = (options.pop("size"),)
        return full(shape_of(size), value, dtype=dtype or dtypes.default.dtype, **options)

    return factory


zeros, ones = _filled(0), _filled(1)
# PyTorch leaves `empty` uninitialised; a value that nobody wrote is zero here.
empty = _filled(0)
for _name, _made, _text in (
    ("zeros", zeros, "A tensor of zeros of the given size."),
    ("ones", ones, "A tensor of ones of the given size."),
    ("empty", empty, "A tensor of the given size; its values mean nothing (here: zeros)."),
):
    _made.__name__ = _made.__qualname__ = _name
    _made.__doc__ = _text


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    **options: Any,
) -> Tensor:
    """A tensor of one value, with the shape, dtype and device of another."""
    device = input.device if device is None else device
    return full(input.shape, fill_value, dtype=dtype or input.dtype, device=device,
                requires_grad=requires_grad, **options)  # fmt: skip


def zeros_like(input: Tensor, **options: Any) -> Tensor:
    """Zeros with the shape, dtype and device of another tensor."""
    return full_like(input, 0, **options)


def ones_like(input: Tensor, **options: Any) -> Tensor:
    """Ones with the shape, dtype and device of another tensor."""
    return full_like(input, 1, **options)


def empty_like(input: Tensor, **options: Any) -> Tensor:
    """Like `zeros_like`; PyTorch leaves the values uninitialised."""
    return full_like(input, 0, **options)


def complex_of_parts(real: Tensor, imag: Tensor) -> Tensor:
    """A complex tensor from its parts."""
    names = [scalar_name(part.dtype.numpy) for part in (real, imag)]
    if not {"Half", "Float", "Double"}.issuperset(names):
        raise RuntimeError(
            f"Expected both inputs to be Half, Float or Double tensors but got {names[0]} and "
            f"{names[1]}"
        )
    if real.dtype is not imag.dtype:
        raise RuntimeError(
            f"Expected object of scalar type {names[0]} but got scalar type {names[1]} for second "
            "argument"
        )
    return real.__add__(imag.__mul__(1j))


def is_tensor(value: Any) -> bool:
    """Whether the value is a tensor."""
    return isinstance(value, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a floating one."""
    return input.dtype.is_floating_point


def is_complex(input: Tensor) -> bool:
    """Whether the dtype is a complex one."""
    return kind(input._read().dtype) == COMPLEX


def _new(factory: Any) -> Any:
    def method(self: Tensor, *args: Any, dtype: Any = None, device: Any = None, **options: Any):
        device = self.device if device is None else device
        return factory(*args, dtype=dtype or self.dtype, device=device, **options)

    return method


Tensor.new_zeros, Tensor.new_ones, Tensor.new_empty = _new(zeros), _new(ones), _new(empty)
Tensor.new_full, Tensor.new_tensor = _new(full), _new(tensor)
