"""A product and a sum are rounded once, to the nearest, ties to even."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcgrad.streams.rounding import libm, scale_and_shift


def floats(width):
    return st.floats(-1e6, 1e6, allow_subnormal=False, width=width)


def assert_nearest(value, exact):
    """No neighbour of the value is nearer to the exact number; of two the even one is taken."""
    off = abs(Fraction(float(value)) - exact)
    for beyond in (-np.inf, np.inf):
        neighbour = np.nextafter(value, value.dtype.type(beyond))
        other = abs(Fraction(float(neighbour)) - exact)
        bits = value.view(np.int32 if value.dtype == np.float32 else np.int64)
        assert off < other or (off == other and bits % 2 == 0), (value, neighbour)


# In float64 the sum is the middle between two float32, and the rest that decides is lost.
MIDDLE = ((1 + 2.0**-23) * 2**-12, (1 - 2.0**-23) * 2**-12, 1 + 2.0**-23)


@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_a_middle_in_float32(signs):
    value, scale, shift = MIDDLE[0] * signs[0], MIDDLE[1], MIDDLE[2] * signs[1]
    (found,) = scale_and_shift(np.array([value], np.float32), scale, shift)
    assert_nearest(found, Fraction(value) * Fraction(scale) + Fraction(shift))


@pytest.mark.parametrize("width", [32, 64])
def test_rounds_once(width):
    dtype = np.dtype(f"float{width}").type

    @given(st.lists(floats(width), min_size=1, max_size=9), floats(width), floats(width))
    def check(values, scale, shift):
        found = scale_and_shift(np.array(values, dtype), scale, shift)
        for value, result in zip(values, found, strict=True):
            exact = Fraction(value) * Fraction(scale) + Fraction(shift)
            if exact == 0 or abs(exact) > np.finfo(dtype).tiny:
                assert_nearest(result, exact)

    check()


def test_what_is_not_finite_stays_so():
    values = np.array([np.inf, 1e308, -np.inf])
    assert np.array_equal(scale_and_shift(values, 3.0, 1.0), [np.inf, np.inf, -np.inf])


def test_poles_and_overflow_are_infinite():
    import math

    assert np.array_equal(libm(math.log, np.array([0.0, 1.0])), [-np.inf, 0.0])
    assert np.array_equal(libm(math.exp, np.array([0.0, 1e3])), [1.0, np.inf])
