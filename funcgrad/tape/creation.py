"""New tensors from data."""

import warnings
from typing import Any

import jax
import numpy as np

from ..ops import kind
from ..ops.promotion import COMPLEX, FLOAT, HALF, INT, complex_of
from . import devices, dtypes
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


def is_tensor(value: Any) -> bool:
    """Whether the value is a tensor."""
    return isinstance(value, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a floating one."""
    return input.dtype.is_floating_point


def is_complex(input: Tensor) -> bool:
    """Whether the dtype is a complex one."""
    return kind(input._read().dtype) == COMPLEX


def new_like(factory: Any) -> Any:
    """A method that makes tensors as a function does, with the dtype and on the device of one."""

    def method(self: Tensor, *args: Any, dtype: Any = None, device: Any = None, **options: Any):
        device = self.device if device is None else device
        return factory(*args, dtype=dtype or self.dtype, device=device, **options)

    return method


Tensor.new_tensor = new_like(tensor)
