"""One table of tolerances: the coarsest dtype decides, and the caller's numbers win."""

import itertools

import jax.numpy as jnp
import pytest

from funcgrad.testing.tolerances import tolerance

NAMES = ["float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"]


def of(*names, **given):
    return tolerance([jnp.dtype(name) for name in names], **given)


def test_coarser_dtypes_are_allowed_more():
    rows = [of(name) for name in NAMES]
    for fine, coarse in itertools.pairwise(rows):
        assert coarse.epsilon > fine.epsilon
        assert coarse.rtol > fine.rtol and coarse.atol > fine.atol
        # In roundings of its own a coarse dtype is allowed fewer, and in all still more.
        assert coarse.ulps <= fine.ulps
        assert coarse.ulps * coarse.epsilon > fine.ulps * fine.epsilon


@pytest.mark.parametrize("name", NAMES)
def test_epsilon_is_that_of_the_dtype(name):
    assert of(name).epsilon == float(jnp.finfo(name).eps)


@pytest.mark.parametrize("other", ["float64", "int32", "bool", "complex128"])
def test_the_coarsest_decides_and_integers_do_not(other):
    assert of("float32", other) == of(other, "float32") == of("float32")


def test_complex_numbers_are_as_good_as_their_parts():
    assert of("complex64") == of("float32") and of("complex128") == of("float64")


def test_of_nothing_it_is_the_strictest():
    assert of() == of("int32") == of("float64")


def test_the_caller_decides():
    given = of("float32", rtol=0.5)
    assert (given.rtol, given.atol) == (0.5, of("float32").atol)
    assert of("float32", atol=0.0).atol == 0.0
    assert of("float32", rtol=0.5).epsilon == of("float32").epsilon
