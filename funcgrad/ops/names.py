"""Dtypes as PyTorch's errors spell them: by `Float`, by the type in C++, by a short form of it."""

import numpy as np

_SCALARS = {
    "float32": "Float", "float64": "Double", "float16": "Half", "bfloat16": "BFloat16",
    "int64": "Long", "int32": "Int", "int16": "Short", "int8": "Char", "uint8": "Byte",
    "uint16": "UInt16", "uint32": "UInt32", "uint64": "UInt64", "bool": "Bool",
    "complex64": "ComplexFloat", "complex128": "ComplexDouble",
}  # fmt: skip

_TYPES = {
    "float32": "float", "float64": "double", "float16": "c10::Half", "bfloat16": "c10::BFloat16",
    "int64": "long int", "int32": "int", "int16": "short int", "int8": "signed char",
    "uint8": "unsigned char", "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}  # fmt: skip


def scalar_name(dtype: np.dtype) -> str:
    """As most of them do: `Float`, `Long`."""
    return _SCALARS.get(dtype.name, dtype.name.title())


def type_name(dtype: np.dtype) -> str:
    """As those that compare dtypes do: `float`, `long int`."""
    return _TYPES.get(dtype.name, dtype.name)


def c_name(dtype: np.dtype) -> str:
    """As those of products of matrices do: `float`, `long long`."""
    return "long long" if dtype == np.int64 else type_name(dtype)


def cast_name(dtype: np.dtype) -> str:
    """As those of numbers that a dtype does not hold do: `float`, `int64_t`."""
    return f"{dtype.name}_t" if dtype.kind in "iu" and dtype != np.int32 else type_name(dtype)
