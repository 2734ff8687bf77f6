"""Leaves as one real vector and back: a pairing of cotangent and tangent is a dot product."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcgrad.testing.coordinates import Coordinates, dtype_of, is_complex, is_inexact, wide

NAMES = ["float32", "float64", "float16", "bfloat16", "complex64", "complex128"]
SHAPES = st.lists(st.integers(0, 3), max_size=3).map(tuple)


@st.composite
def layouts(draw):
    leaves = draw(st.lists(st.tuples(SHAPES, st.sampled_from(NAMES)), max_size=4))
    return Coordinates(
        tuple(f"x{number}" for number in range(len(leaves))),
        tuple(shape for shape, _ in leaves),
        tuple(jnp.dtype(name) for _, name in leaves),
    )


def numbers(layout, seed, *, widened=False):
    """Random leaves of a layout, exact in every dtype: halves of small integers."""
    random = np.random.default_rng(seed)
    leaves = []
    for shape, dtype in zip(layout.shapes, layout.dtypes, strict=True):
        leaf = random.integers(-8, 8, shape) / 2
        if is_complex(dtype):
            leaf = leaf + 1j * random.integers(-8, 8, shape) / 2
        leaves.append(np.asarray(leaf).astype(wide(dtype) if widened else dtype))
    return leaves


@given(layouts(), st.booleans(), st.integers(0, 99))
def test_there_and_back(layout, dual, seed):
    leaves = numbers(layout, seed)
    vector = layout.vector(leaves, dual=dual)
    assert vector.shape == (layout.size,) and vector.dtype == np.float64
    back = layout.leaves(vector, dual=dual)
    for leaf, again in zip(leaves, back, strict=True):
        assert again.dtype == leaf.dtype and again.shape == leaf.shape
        assert np.array_equal(leaf, again)


@given(layouts(), st.booleans(), st.integers(0, 99))
def test_back_and_there(layout, dual, seed):
    vector = np.random.default_rng(seed).integers(-8, 8, layout.size) / 4
    assert np.array_equal(layout.vector(layout.leaves(vector, dual=dual), dual=dual), vector)
    assert np.array_equal(layout.rounded(vector[None])[0], vector)


@given(layouts(), st.integers(0, 99))
def test_a_pairing_is_the_dot_product(layout, seed):
    cotangents, tangents = numbers(layout, seed, widened=True), numbers(layout, seed + 1)
    # JAX pairs without a conjugate.
    expected = sum(
        np.sum(np.asarray(g) * np.asarray(t).astype(wide(t.dtype))).real
        for g, t in zip(cotangents, tangents, strict=True)
    )
    got = layout.vector(cotangents, dual=True) @ layout.vector(tangents)
    assert got == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("dual", [False, True])
@pytest.mark.parametrize("widened", [False, True])
def test_what_traces_is_the_same(dual, widened):
    layout = Coordinates(
        ("a", "b", "c"),
        ((2, 3), (), (2,)),
        (jnp.dtype("float32"), jnp.dtype("bfloat16"), jnp.dtype("complex64")),
    )
    leaves = numbers(layout, 3)
    with jax.enable_x64(True):
        vector = jax.jit(lambda leaves: layout.pack(leaves, dual=dual))(leaves)
        back = jax.jit(lambda v: layout.unpack(v, dual=dual, widened=widened))(vector)
    assert vector.dtype == np.float64
    assert np.array_equal(vector, layout.vector(leaves, dual=dual))
    for leaf, again in zip(leaves, back, strict=True):
        assert again.dtype == (wide(leaf.dtype) if widened else leaf.dtype)
        assert np.array_equal(leaf, np.asarray(again))


@given(layouts())
def test_every_coordinate_has_a_name_of_its_own(layout):
    names = [layout.name(number) for number in range(layout.size)]
    assert len(set(names)) == layout.size
    with pytest.raises(IndexError):
        layout.name(layout.size)


def test_names_say_where():
    layout = Coordinates(
        ("w", "s", "z", "m"),
        ((2, 3), (), (2,), (50,)),
        (*[np.dtype(np.float32)] * 2, np.dtype(np.complex64), np.dtype(np.float64)),
    )
    assert layout.spans == [(0, 6), (6, 7), (7, 11), (11, 61)]
    assert [layout.name(n) for n in (0, 5, 6, 7, 8, 9, 10)] == [
        "w[0, 0]", "w[1, 2]", "s", "z[0].real", "z[1].real", "z[0].imag", "z[1].imag",
    ]  # fmt: skip
    assert layout.names(5, 6) == "w[1, 2]"
    assert layout.names(0, 6) == "w"
    assert layout.names(1, 3) == "w.ravel()[1:3]"
    assert layout.names(21, 31) == "m[10:20]"
    assert layout.names(5, 8) == "w[1, 2] to z[0].real"


def test_rounding_is_that_of_the_leaf():
    layout = Coordinates(("a", "b"), ((1,), (1,)), (jnp.dtype("bfloat16"), np.dtype(np.float32)))
    assert layout.rounded(np.array([[1.001, 1.001]])).tolist() == [[1.0, float(np.float32(1.001))]]


def test_an_overflow_is_infinite_and_no_warning():
    layout = Coordinates(("a",), ((1,),), (np.dtype(np.float16),))
    assert layout.leaves(np.array([1e6]))[0].tolist() == [np.inf]


@pytest.mark.parametrize(
    ("name", "inexact", "complex_", "widest"),
    [
        ("float32", True, False, "float64"),
        ("bfloat16", True, False, "float64"),
        ("float8_e4m3fn", True, False, "float64"),
        ("complex64", True, True, "complex128"),
        ("int32", False, False, "int32"),
        ("bool", False, False, "bool"),
    ],
)
def test_dtypes(name, inexact, complex_, widest):
    dtype = jnp.dtype(name)
    assert is_inexact(dtype) is inexact and is_complex(dtype) is complex_
    assert wide(dtype) == np.dtype(widest)


def test_the_dtype_of_a_number():
    assert dtype_of(1.0) == np.float64 and dtype_of(1j) == np.complex128
    assert dtype_of(np.float32(1)) == np.float32 and dtype_of(jnp.ones(2)) == np.float32
