"""PyTorch's dtype objects, each a name for a NumPy dtype; the default floating dtype."""

from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np

from ..ops.names import scalar_name
from ..ops.promotion import COMPLEX, FLOAT, INT, complex_of, kind
from ..ops.promotion import promote_types as promote_numpy
from . import changes


class DType:
    """A data type as PyTorch names it: `torch.float32`."""

    __slots__ = ("itemsize", "name", "numpy")
    _all: ClassVar[dict[np.dtype, Any]] = {}

    def __init__(self, name: str, numpy: Any) -> None:
        self.name, self.numpy = name, np.dtype(numpy)
        self.itemsize = self.numpy.itemsize
        DType._all[self.numpy] = self

    @property
    def is_floating_point(self) -> bool:
        return kind(self.numpy) == FLOAT

    @property
    def is_complex(self) -> bool:
        return kind(self.numpy) == COMPLEX

    @property
    def is_signed(self) -> bool:
        return kind(self.numpy) >= FLOAT or (
            kind(self.numpy) == INT and not jnp.issubdtype(self.numpy, np.unsignedinteger)
        )

    def to_complex(self) -> "DType":
        return of(complex_of(self.numpy))

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> Any:
        return of, (self.numpy,)


float64 = DType("float64", np.float64)
float32 = DType("float32", np.float32)
float16 = DType("float16", np.float16)
bfloat16 = DType("bfloat16", jnp.bfloat16)
complex64 = DType("complex64", np.complex64)
complex128 = DType("complex128", np.complex128)
int64 = DType("int64", np.int64)
int32 = DType("int32", np.int32)
int16 = DType("int16", np.int16)
int8 = DType("int8", np.int8)
uint8 = DType("uint8", np.uint8)
uint16 = DType("uint16", np.uint16)
uint32 = DType("uint32", np.uint32)
uint64 = DType("uint64", np.uint64)
bool_ = DType("bool", np.bool_)

# What a Python number is before it meets a tensor.
NUMBERS = {bool: np.dtype(bool), int: int64.numpy, float: float64.numpy, complex: complex128.numpy}


class _Default:
    """The default floating dtype; a process-wide setting, as in PyTorch."""

    dtype = float32


default = _Default()


def of(dtype: Any) -> DType:
    """The PyTorch dtype of a NumPy dtype, a PyTorch dtype, or a Python number type."""
    if isinstance(dtype, DType):
        return dtype
    if dtype is float:
        return default.dtype
    if dtype is bool or dtype is int:  # not NumPy's dtypes, which equal them
        return bool_ if dtype is bool else int64
    found = DType._all.get(np.dtype(dtype))
    if found is None:
        raise TypeError(f"PyTorch has no dtype for NumPy's {np.dtype(dtype)}")
    return found


# What Python's types of numbers mean as the `dtype` of a call.
PYTHON = {bool: bool_, int: int64, float: float64, complex: complex128}


def of_number(value: complex) -> DType:
    """The dtype that a Python number becomes."""
    if isinstance(value, bool):
        return bool_
    if isinstance(value, int):
        return int64
    return default.dtype.to_complex() if isinstance(value, complex) else default.dtype


def given(dtype: Any, function: str = "") -> DType:
    """The dtype that a caller names: PyTorch's object, or one of Python's types of numbers."""
    if isinstance(dtype, DType):
        return dtype
    if isinstance(dtype, type) and dtype in PYTHON:
        return PYTHON[dtype]
    raise TypeError(
        f"{function and function + '(): '}argument 'dtype' must be torch.dtype, not "
        f"{type(dtype).__name__}; give one such as "
        "torch.float32"
    )


def get_default_dtype() -> DType:
    """The dtype that floating Python numbers become, `torch.float32` unless it was set."""
    return default.dtype


def set_default_dtype(dtype: DType) -> None:
    """Set the dtype that floating Python numbers become."""
    if not isinstance(dtype, DType) or not dtype.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type, got {dtype}")
    default.dtype = dtype
    changes.note()


def promote_types(type1: DType, type2: DType) -> DType:
    """The smallest dtype that both convert to without losing their kind."""
    for i, dtype in enumerate((type1, type2), 1):
        if not isinstance(dtype, DType):
            raise TypeError(
                f"promote_types(): argument 'type{i}' (position {i}) must be torch.dtype, not "
                f"{type(dtype).__name__}"
            )
    return of(promote_numpy(type1.numpy, type2.numpy))


_LEGACY = {"float32": "Float", "float64": "Double", "float16": "Half", "bfloat16": "BFloat16",
           "int64": "Long", "int32": "Int", "int16": "Short", "int8": "Char", "uint8": "Byte",
           "bool": "Bool", "complex64": "ComplexFloat", "complex128": "ComplexDouble"}  # fmt: skip


def legacy_name(dtype: np.dtype) -> str:
    """The name in the messages of autograd, `torch.FloatTensor`."""
    return f"torch.{_LEGACY.get(dtype.name, dtype.name.title())}Tensor"


def saved_name(dtype: np.dtype) -> str:
    """That of a saved tensor: PyTorch's newer dtypes have no legacy name there."""
    newer = kind(dtype) == COMPLEX or dtype.name == "bfloat16"
    return f"CPU{scalar_name(dtype)}Type" if newer else legacy_name(dtype)


class finfo:
    """Limits of a floating dtype: `eps`, `max`, `min`, `tiny`, `smallest_normal`, `resolution`."""

    def __init__(self, type: DType | None = None) -> None:
        dtype = type or default.dtype
        if not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo "
                            "to handle 'torch.iinfo'")  # fmt: skip
        info = jnp.finfo(dtype.numpy)
        self.bits, self.dtype = info.bits, of(info.dtype).name  # of complex numbers: their parts'
        self.eps, self.max, self.min = float(info.eps), float(info.max), float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = 10.0**-info.precision

    def __repr__(self) -> str:
        return (f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, "
                f"eps={self.eps:g}, smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, "
                f"dtype={self.dtype})")  # fmt: skip


class iinfo:
    """Limits of an integer dtype: `bits`, `min`, `max`."""

    def __init__(self, type: DType) -> None:
        if kind(type.numpy) != INT:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to "
                            "handle 'torch.finfo'")  # fmt: skip
        info = np.iinfo(type.numpy)
        self.bits, self.min, self.max, self.dtype = info.bits, info.min, info.max, type.name

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
