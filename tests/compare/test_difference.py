"""A comparison is judged by the differences it catches: each is planted here, just large enough."""

import numpy as np
import pytest

from funcgrad.compare.difference import difference
from funcgrad.compare.tolerance import EXACT, TOLERANCES, Tolerance

F32, F64, I32, I64 = np.float32, np.float64, np.int32, np.int64


def array(*values, dtype=F32):
    return np.array(values, dtype)


def scalar(value, dtype=F32):
    return np.array(value, dtype)


EQUAL = {
    "equal arrays": (array(1, 2), array(1, 2)),
    "below the relative tolerance": (array(1.0), array(1.0 + 9e-6)),
    "below the absolute tolerance": (array(0.0), array(9e-7)),
    "nan is nan": (array(np.nan), array(np.nan)),
    "infinity is infinity": (array(np.inf, -np.inf), array(np.inf, -np.inf)),
    "integers of two widths": (array(3, dtype=I32), array(3, dtype=I64)),
    "a number without a dtype": (array(0.1), [0.1]),
    "a scalar and a number": (scalar(0.1), 0.1),
    "a boolean scalar and True": (np.asarray(True), True),
    "no elements": (array(), array()),
    "strings": ("MulBackward0", "MulBackward0"),
    "None": (None, None),
    "a mixed list": ([None, "a", 1.0, True], [None, "a", 1.0 + 1e-9, True]),
    "ragged lists": ([[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0]]),
    "lists of arrays": ([array(1), array(1, 2)], [array(1), array(1, 2)]),
    "empty lists": ([], []),
    "complex": (array(1 + 2j, dtype=np.complex64), array(1 + 2j, dtype=np.complex64)),
}

PLANTED = {
    "above the relative tolerance": (array(1.0), array(1.0 + 1.2e-5), "apart"),
    "above the absolute tolerance": (array(0.0), array(1.1e-6), "apart"),
    "one element of many": (np.zeros(1000, F32), np.eye(1, 1000, 500, F32)[0] * 1e-3, "at [500]"),
    "a small one beside a large one": (array(1e6, 1e-3), array(1e6, 1.1e-3), "at [1]"),
    "nan and a number": (array(np.nan), array(1.0), "nan and 1"),
    "infinity and a number": (array(np.inf), array(1e30), "inf and"),
    "infinities of two signs": (array(np.inf), array(-np.inf), "inf and -inf"),
    "float dtypes": (array(1.0), array(1.0, dtype=F64), "dtypes float32 and float64"),
    "through float32": (array(0.1, dtype=F64), array(F32(0.1), dtype=F64), "apart"),
    "shapes": (array(1.0), scalar(1.0), "shapes [1] and []"),
    "shapes that broadcast": (np.ones((2, 2), F32), np.ones((1, 2), F32), "shapes"),
    "whole and real": (array(1), array(1, dtype=I32), "real and integer numbers"),
    "boolean and whole": (True, 1, "boolean and integer numbers"),
    "whole numbers": (array(3, dtype=I32), array(4, dtype=I32), "1 apart"),
    "large whole numbers": (2**62, 2**62 + 1, "4611686018427387904 and 4611686018427387905"),
    "one boolean": ([True, False], [True, True], "at [1]"),
    "strings": ("AddBackward0", "SubBackward0", "not equal"),
    "texts that begin alike": ("a" * 90 + "b", "a" * 90 + "c", "…aaaaaaaaaaaaaaaaaaaab' and …"),
    "arrays of text": (np.array(["a"]), np.array(["b"]), "not equal: ['a'] and ['b']"),
    "None and zero": (None, 0, "not equal"),
    "None and a string": (None, "None", "not equal: None and 'None'"),
    "number and string": (1.0, "1.0", "not equal"),
    "lengths": (["a"], ["a", "b"], "lengths 1 and 2"),
    "in a mixed list": ([None, "a", 1.0], [None, "a", 1.1], "at [2]: 1 and 1.1"),
    "in a ragged list": ([[1.0], [1.0, 2.0]], [[1.0], [1.0, 3.0]], "at [1]"),
    "the imaginary part": (scalar(1 + 2j, np.complex64), scalar(1 + 2.001j, np.complex64), "apart"),
}


@pytest.mark.parametrize("name", EQUAL)
def test_what_is_equal_agrees(name):
    left, right = EQUAL[name]
    assert difference(left, right, "float32").reason == ""
    assert difference(right, left, "float32").reason == ""


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_difference_is_found(name):
    left, right, reason = PLANTED[name]
    assert reason in difference(left, right, "float32").reason
    assert difference(right, left, "float32").reason


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "complex128"])
def test_the_table_is_what_decides(dtype):
    one = scalar(1, dtype)
    edge = TOLERANCES[dtype].relative
    assert not difference(one, scalar(1 + edge / 2, dtype), "float32").reason
    assert difference(one, scalar(1 + edge * 2, dtype), "float32").reason


def test_bfloat16_is_a_number():
    import ml_dtypes

    one = np.ones(2, ml_dtypes.bfloat16)
    assert not difference(one, one, "float32").reason
    assert "apart" in difference(one, one * 2, "float32").reason
    assert "dtypes" in difference(one, np.ones(2, np.float16), "float32").reason


def test_float64_is_held_to_more_than_float32():
    for name in ("relative", "absolute"):
        assert getattr(TOLERANCES["float64"], name) < getattr(TOLERANCES["float32"], name)


def test_plain_numbers_on_both_sides_are_judged_by_the_precision():
    assert not difference(1.0, 1.0 + 1e-6, "float32").reason
    assert difference(1.0, 1.0 + 1e-6, "float64").reason


def test_a_written_number_has_no_dtype_but_a_shape():
    result = array(16.0)
    assert not difference(result, [16], "float32", literal=True).reason
    assert not difference(result, np.array([16.0]), "float32", literal=True).reason
    assert "shapes" in difference(result, 16.0, "float32", literal=True).reason
    assert difference(array(16, dtype=I32), [16.0], "float32", literal=True).reason


def test_a_tolerance_of_its_own_replaces_the_table():
    printed = Tolerance(5e-5)
    assert not difference(scalar(0.68194), 0.6819, "float32", printed, literal=True).reason
    assert difference(scalar(0.68201), 0.6819, "float32", printed, literal=True).reason


def test_the_largest_difference_and_the_tolerance_are_reported():
    found = difference(array(1.0, 2.0), array(1.5, 4.0), "float32")
    assert found.largest == 2.0
    assert found.tolerance == TOLERANCES["float32"]
    assert str(found.tolerance) == "1e-05 relative, 1e-06 absolute"
    assert difference([1], [1], "float32").tolerance == EXACT
