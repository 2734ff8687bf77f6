"""Type promotion equals PyTorch's: every pair of dtypes, every rank, every kind of number."""

import itertools

import jax.numpy as jnp
import numpy as np
import pytest

import funcgrad.torch as ours
from funcgrad.ops.promotion import (
    DIMENSIONED,
    FLOAT32,
    NUMBER,
    ZERO_DIM,
    broadcast_shapes,
    promote_types,
    result_type,
)

DTYPES = {
    name: np.dtype(getattr(jnp, name))
    for name in ("bool_", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16",
                 "float32", "float64", "complex64", "complex128")
}  # fmt: skip
NUMBERS = {True: "bool_", 2: "int64", 2.5: "float64", 1j: "complex128"}


def theirs(oracle, name):
    return getattr(oracle, name.rstrip("_"))


# JAX has no complex32, which PyTorch gives for float16 with complex numbers: complex64 is ours.
def expected(oracle, dtype):
    return "torch.complex64" if dtype is oracle.complex32 else str(dtype)


def named(dtype):
    return f"torch.{dtype.name}"


@pytest.mark.parametrize("name", DTYPES)
def test_promote_types(name, oracle):
    for other in DTYPES:
        theirs_is = oracle.promote_types(theirs(oracle, name), theirs(oracle, other))
        found = promote_types(DTYPES[name], DTYPES[other])
        assert named(found) == expected(oracle, theirs_is), (name, other)


def test_the_face_says_so_too(oracle):
    for a, b in itertools.product(("bool", "uint8", "int64", "float32", "complex64"), repeat=2):
        for ask in (
            lambda torch, a=a, b=b: torch.promote_types(getattr(torch, a), getattr(torch, b)),
            lambda torch, a=a, b=b: torch.result_type(
                *(torch.ones(1, dtype=getattr(torch, name)) for name in (a, b))
            ),
        ):
            assert str(ask(ours)) == str(ask(oracle)), (a, b)


@pytest.mark.parametrize("name", DTYPES)
def test_result_type_over_ranks(name, oracle):
    shapes = {DIMENSIONED: (1,), ZERO_DIM: ()}
    for other, rank, rank2 in itertools.product(DTYPES, shapes, shapes):
        a = oracle.ones(shapes[rank], dtype=theirs(oracle, name))
        b = oracle.ones(shapes[rank2], dtype=theirs(oracle, other))
        found = result_type(((DTYPES[name], rank), (DTYPES[other], rank2)), FLOAT32)
        assert named(found) == expected(oracle, oracle.result_type(a, b)), (
            name,
            rank,
            other,
            rank2,
        )


@pytest.mark.parametrize("name", DTYPES)
def test_result_type_with_numbers(name, oracle):
    for (rank, shape), (number, kind) in itertools.product(
        [(DIMENSIONED, (1,)), (ZERO_DIM, ())], NUMBERS.items()
    ):
        a = oracle.ones(shape, dtype=theirs(oracle, name))
        found = result_type(((DTYPES[name], rank), (DTYPES[kind], NUMBER)), FLOAT32)
        assert named(found) == expected(oracle, oracle.result_type(a, number)), (name, rank, number)


def test_broadcast_shapes(oracle):
    shapes = [(), (1,), (3,), (2, 1), (2, 3), (4, 1, 3), (0,), (1, 0)]
    for a, b in itertools.product(shapes, shapes):
        try:
            wanted = tuple(oracle.broadcast_shapes(a, b))
        except RuntimeError:
            with pytest.raises(RuntimeError, match="must match the size of tensor b"):
                broadcast_shapes([a, b])
        else:
            assert broadcast_shapes([a, b]) == wanted
