"""Type promotion against PyTorch: every pair of dtypes, of every rank."""

import itertools

import ml_dtypes
import numpy as np
import pytest

from funcgrad.ops.promotion import DIMENSIONED, FLOAT32, FLOAT64, NUMBER, ZERO_DIM, result_type

NAMES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128"
NUMBERS = {"bool": True, "int64": 1, "float64": 1.0, "complex128": 1j}
OPERANDS = [(name, rank) for rank in (DIMENSIONED, ZERO_DIM) for name in NAMES.split()]
OPERANDS += [(name, NUMBER) for name in NUMBERS]


def theirs(torch, name: str, rank: int):
    """A tensor or number of this dtype and rank."""
    if rank == NUMBER:
        return NUMBERS[name]
    return torch.zeros((1,) if rank == DIMENSIONED else (), dtype=getattr(torch, name))


def code(name: str, rank: int):
    """The same as promotion sees it."""
    return np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name), rank


@pytest.mark.parametrize("default", [FLOAT32, FLOAT64], ids=str)
def test_result_type(oracle, default: np.dtype) -> None:
    oracle.set_default_dtype(getattr(oracle, default.name))
    try:
        for a, b in itertools.product(OPERANDS, OPERANDS):
            if a[1] == b[1] == NUMBER:
                continue
            expected = str(oracle.result_type(theirs(oracle, *a), theirs(oracle, *b)))[6:]
            # JAX has no complex numbers of two halves.
            expected = expected.replace("complex32", "complex64")
            assert result_type((code(*a), code(*b)), default).name == expected, (a, b)
    finally:
        oracle.set_default_dtype(oracle.float32)
