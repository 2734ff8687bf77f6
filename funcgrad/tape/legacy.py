"""The constructors from before `torch.tensor`: `torch.Tensor(…)`, `torch.FloatTensor(…)`.

Whole numbers are a size, a sequence is data. A name such as `torch.FloatTensor` is no class of its
own: its instances are the tensors of that dtype.
"""

import operator
import warnings
from typing import Any, ClassVar

import numpy as np

from . import creation, dtypes
from .full import zeros
from .size import Size
from .tensor import Tensor


def construct(dtype: dtypes.DType, args: tuple, options: dict[str, Any]) -> Tensor:
    """A tensor of a size, or of data cast to the dtype; of a tensor, that tensor again."""
    device = options.pop("device", None)
    if not args and "size" in options:
        args = (Size(options.pop("size")),)
    elif not args:
        args = tuple(options.pop(name) for name in ("data", "other") if name in options)
    if options or (len(args) > 1 and not all(map(_whole, args))):
        given = [type(value).__name__ for value in (*args, *options.values())]
        raise TypeError(
            f"new() received an invalid combination of arguments - got ({', '.join(given)}); it "
            "takes a size, a sequence or a tensor, and a device"
        )
    if not args:
        return zeros(0, dtype=dtype, device=device)
    data = args[0]
    if isinstance(data, Size) or _whole(data):
        size = data if isinstance(data, Size) else args
        return zeros(tuple(size), dtype=dtype, device=device)
    if isinstance(data, Tensor):
        return data.view(data.shape)
    if isinstance(data, str):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if not hasattr(data, "__getitem__") or isinstance(data, np.generic):
        raise TypeError(f"new(): data must be a sequence (got {type(data).__name__})")
    return creation.make(creation._array(_listed(data), dtype), dtype, device, False)


def _whole(value: Any) -> bool:
    if isinstance(value, (bool, Tensor)):
        return False
    try:
        operator.index(value)
    except TypeError:
        return False
    return True


def _listed(data: Any) -> Any:
    return data if isinstance(data, np.ndarray) else list(data)


def _new(cls: type, *args: Any, **options: Any) -> Tensor:
    made = construct(dtypes.default.dtype, args, options)
    if cls is Tensor:
        return made
    tensor: Tensor = object.__new__(cls)
    tensor.__dict__.update(made.__dict__)
    return tensor


setattr(Tensor, "__new__", _new)  # noqa: B010 (mypy takes no other way to give a class its maker)


class LegacyType(type):
    """The type of `torch.FloatTensor` and the like."""

    dtype: ClassVar[dtypes.DType]
    is_cuda = False

    def __call__(cls, *args: Any, **options: Any) -> Tensor:
        data = args[0] if args else None
        if isinstance(data, Tensor) and data.dtype is not cls.dtype:
            raise TypeError(
                f"expected a tensor of {cls.dtype} (got {data.dtype}); convert it with "
                f".to({cls.dtype})"
            )
        return construct(cls.dtype, args, options)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype


def _legacy(dtype: dtypes.DType) -> LegacyType:
    name = dtypes.legacy_name(dtype.numpy).removeprefix("torch.")
    return LegacyType(name, (), {"dtype": dtype, "__module__": "torch"})


FloatTensor, DoubleTensor = _legacy(dtypes.float32), _legacy(dtypes.float64)
HalfTensor, BFloat16Tensor = _legacy(dtypes.float16), _legacy(dtypes.bfloat16)
LongTensor, IntTensor = _legacy(dtypes.int64), _legacy(dtypes.int32)
ShortTensor, CharTensor = _legacy(dtypes.int16), _legacy(dtypes.int8)
ByteTensor, BoolTensor = _legacy(dtypes.uint8), _legacy(dtypes.bool_)


def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype by an old name of a type: `torch.DoubleTensor`, or its name."""
    warnings.warn(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use "
        "torch.set_default_dtype() and torch.set_default_device() as alternatives.",
        UserWarning,
        stacklevel=2,
    )
    dtypes.set_default_dtype(named(t) if isinstance(t, str) else getattr(t, "dtype", t))


def named(name: str) -> dtypes.DType:
    """The dtype of an old name."""
    for dtype in dtypes.DType._all.values():
        if dtypes.legacy_name(dtype.numpy) == name:
            return dtype
    raise ValueError(f"invalid type: '{name}'")
