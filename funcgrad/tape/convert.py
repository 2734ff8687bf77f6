"""From one dtype or device to another, and out to Python, NumPy and JAX."""

import warnings
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from ..ops import OPS, kind
from ..ops.promotion import COMPLEX, FLOAT
from . import devices, dtypes, legacy, modes, record, views
from .creation import make
from .formats import check_format
from .graph import Node
from .nodes import attach, x64
from .strides import is_conj
from .tensor import Tensor, wrap

_TO_DTYPE = OPS["to_dtype"]


class MoveNode(Node):
    """A copy to another device: the gradient goes back."""

    __slots__ = ("source",)

    def __init__(self, tensor: Tensor) -> None:
        super().__init__("ToCopyBackward0", [tensor._edge()], [tensor._read().aval])
        self.source = tensor.device

    def call(self, gradients: Sequence[Tensor | None], create: bool) -> Sequence[Tensor | None]:
        return [None if g is None else move(g, self.source) for g in gradients]


def move(tensor: Tensor, device: Any) -> Tensor:
    """A copy on another device, recorded; the tensor itself where it is there already."""
    target = devices.Device(device)
    array = tensor._read()
    place = devices.current(target)
    if isinstance(array, jax.core.Tracer) or array.devices() == {place}:
        return tensor
    with x64(True):
        moved = wrap(jax.device_put(array, place))
    if modes.state.grad and tensor.requires_grad:
        attach(MoveNode(tensor), [moved])
    return moved


def cast(tensor: Tensor, dtype: dtypes.DType) -> Tensor:
    """A copy in another dtype, recorded; the tensor itself where it has it already."""
    if tensor.dtype is dtype:
        return tensor
    if tensor.dtype.is_complex and not dtype.is_complex and dtype is not dtypes.bool_:
        warnings.warn(
            "Casting complex values to real discards the imaginary part", UserWarning, stacklevel=3
        )
    return record.call(_TO_DTYPE, [tensor], {"dtype": dtype.numpy})


def to(
    self: Tensor,
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """The tensor in another dtype, on another device, or as another tensor is."""
    for place, argument in enumerate(args):
        if isinstance(argument, dtypes.DType) or argument in dtypes.PYTHON:
            dtype = argument
        elif isinstance(argument, Tensor):
            dtype, device = argument.dtype, argument.device
        elif place == 0 and _names_device(argument):
            device = argument
        elif argument is not None and not isinstance(argument, bool):
            raise _no_target(args)
    if not (device is None or _names_device(device)):
        raise _no_target((device,))
    if not (dtype is None or isinstance(dtype, dtypes.DType) or dtype in dtypes.PYTHON):
        raise _no_target((dtype,))
    check_format("to", memory_format, self.ndim if memory_format is not None else None)
    result = self
    if device is not None:
        result = move(result, device)
    if dtype is not None:
        result = cast(result, dtypes.given(dtype))
    return result.clone() if copy and result is self else result


def _names_device(value: Any) -> bool:
    return isinstance(value, (str, int, devices.Device)) and not isinstance(value, bool)


def _no_target(args: Sequence[Any]) -> TypeError:
    return TypeError(
        "to() received an invalid combination of arguments - got "
        f"({', '.join(type(argument).__name__ for argument in args)}); it takes a dtype such as "
        "torch.float32, a device and then a dtype, or a tensor"
    )


def _caster(dtype: dtypes.DType) -> Any:
    def method(self: Tensor, memory_format: Any = None) -> Tensor:
        check_format(dtype.name, memory_format)
        return cast(self, dtype)

    method.__doc__ = f"The tensor as {dtype}."
    return method


for _name, _dtype in {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16,
    "bfloat16": dtypes.bfloat16, "int": dtypes.int32, "long": dtypes.int64,
    "short": dtypes.int16, "char": dtypes.int8, "byte": dtypes.uint8, "bool": dtypes.bool_,
    "cfloat": dtypes.complex64, "cdouble": dtypes.complex128,
}.items():  # fmt: skip
    setattr(Tensor, _name, _caster(_dtype))


def cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor on the CPU."""
    check_format("cpu", memory_format)
    return move(self, "cpu")


def cuda(
    self: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None
) -> Tensor:
    """The tensor on a GPU; an error that says what there is, where there is none."""
    check_format("cuda", memory_format)
    return move(self, "cuda" if device is None else device)


def type_(self: Tensor, dtype: Any = None) -> Any:
    """The legacy type name, or the tensor in another dtype."""
    if dtype is None:
        return dtypes.legacy_name(self.dtype.numpy)
    if isinstance(dtype, str):
        dtype = legacy.named(dtype)
    if isinstance(dtype, legacy.LegacyType):
        dtype = dtype.dtype
    if not isinstance(dtype, dtypes.DType):
        raise TypeError("dtype must be a type, str, or dtype object")
    return cast(self, dtype)


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor in the dtype, and on the device, of another."""
    return to(self, other)


def item(self: Tensor) -> Any:
    """The only element as a Python number."""
    if self.numel() != 1:
        raise RuntimeError(f"a Tensor with {self.numel()} elements cannot be converted to Scalar")
    return np.asarray(self._read()).item()


def tolist(self: Tensor) -> Any:
    """The values as nested lists of Python numbers."""
    return np.asarray(self._read()).tolist()


def numpy(self: Tensor, *, force: bool = False) -> np.ndarray:
    """The values as a NumPy array: a read-only snapshot, where PyTorch shares the memory.

    Raises:
        RuntimeError: the tensor requires grad (use `.detach().numpy()`, or `force=True`).
        TypeError: it lies on another device (use `.cpu()`), or it is of bfloat16.
    """
    if not force:
        if self.requires_grad:
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() "
                "instead."
            )
        if self.device.type != "cpu":
            raise TypeError(
                f"can't convert {self.device} device type tensor to numpy. Use Tensor.cpu() to "
                "copy the tensor to host memory first."
            )
    if self.dtype is dtypes.bfloat16:
        raise TypeError(
            "Got unsupported ScalarType BFloat16: NumPy has no such dtype. Use .float().numpy()"
        )
    return np.asarray(self._read())


def _array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
    array = numpy(self)
    return array if dtype is None else array.astype(dtype, copy=False)


def _jax_array(self: Tensor) -> jax.Array:
    """The JAX array behind the tensor, without a copy.

    Raises:
        RuntimeError: the tensor requires grad, and JAX code would lose the gradient silently.

    A 64-bit array handed to code that runs with 64-bit types off is cut to 32 bits there; the
    warning says so.
    """
    if self.requires_grad and modes.state.grad:
        raise RuntimeError(
            "Can't hand a Tensor that requires grad to JAX: its gradient would be lost. Use "
            "tensor.detach(), or torch operations on tensors only."
        )
    array = self._read()
    wide = array.dtype.itemsize > (8 if kind(array.dtype) == COMPLEX else 4)
    if wide and not jax.config.jax_enable_x64:
        warnings.warn(
            f"a {array.dtype} array leaves funcgrad.torch while JAX's 64-bit types are off: JAX "
            "code will compute with 32 bits. Convert it with .float() or .int(), or set "
            "jax_enable_x64.",
            UserWarning,
            stacklevel=2,
        )
    return array


def _number(convert: Any) -> Any:
    def method(self: Tensor) -> Any:
        if self.numel() != 1:
            raise ValueError(
                "only one element tensors can be converted to Python scalars, this one has "
                f"{self.numel()}"
            )
        value = item(self)
        if isinstance(value, complex) and convert is not complex:
            if value.imag:
                kind_ = "int64_t" if convert is int else "double"
                raise RuntimeError(f"value cannot be converted to type {kind_} without overflow")
            value = value.real
        return convert(value)

    return method


def _bool(self: Tensor) -> bool:
    if self.numel() == 0:
        raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
    if self.numel() > 1:
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
    return bool(item(self))


def _index(self: Tensor) -> int:
    if self.numel() != 1 or kind(self._read().dtype) >= FLOAT:
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(item(self))


def _array_wrap(
    self: Tensor, array: np.ndarray, context: Any = None, return_scalar: bool = False
) -> Tensor:
    """What NumPy makes of a tensor is a tensor; PyTorch turns its bools into bytes."""
    return make(np.asarray(array, np.uint8 if array.dtype == bool else None), None, None, False)


def _format(self: Tensor, spec: str) -> str:
    valueless = isinstance(self._read(), jax.core.Tracer) and not spec
    if self.ndim == 0 and type(self) is Tensor and not valueless:
        return format(item(self), spec)
    return object.__format__(self, spec)


Tensor.to, Tensor.cpu, Tensor.cuda, Tensor.type, Tensor.type_as = to, cpu, cuda, type_, type_as
Tensor.item, Tensor.tolist, Tensor.numpy, Tensor.jax = item, tolist, numpy, _jax_array
Tensor.__array__, Tensor.__jax_array__ = _array, _jax_array
Tensor.__float__, Tensor.__int__ = _number(float), _number(int)
Tensor.__complex__, Tensor.__bool__ = _number(complex), _bool
for _name, _method in {
    "__index__": _index, "__format__": _format, "__array_wrap__": _array_wrap,
}.items():  # fmt: skip
    setattr(Tensor, _name, _method)
# NumPy leaves `array * tensor` to the tensor, as PyTorch has it.
Tensor.__array_priority__ = 1000


def _part(name: str) -> property:
    row, place = OPS[name], int(name == "imag")

    def part(self: Tensor) -> Tensor:
        if not self.dtype.is_complex:
            return self if name == "real" else views.call(row, [self], {})
        if is_conj(self):
            return views.call(row, [self], {})
        pairs = views.call(OPS["view_as_real"], [self], {})
        return views.call(OPS["select.at"], [pairs, place], {"dim": pairs.ndim - 1})

    return property(part, doc=f"The {name} part; a view.")


Tensor.real, Tensor.imag = _part("real"), _part("imag")
