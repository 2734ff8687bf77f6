"""Slopes from values: what a function is like along a line, and a bar that holds the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcgrad.testing.differences import RATIO, RUNGS, STEPS, Kind, slopes

EPSILON = 2.0**-51
NUMBERS = st.floats(-3, 3, allow_subnormal=False).map(lambda x: round(x, 3))
SIZES = st.sampled_from([1e-6, 1e-2, 1.0, 40.0, 1e5])


def along(function, x, *, scale=1.0, epsilon=EPSILON):
    """The slope of a function of a number, in steps relative to `scale`, as one entry."""
    with np.errstate(all="ignore"):
        centre = np.array([function(x)])
        after = np.array([[function(x + step * scale)] for step in STEPS])
        before = np.array([[function(x - step * scale)] for step in STEPS])
    found = slopes(centre, after, before, STEPS, epsilon)
    assert {part.shape for part in vars(found).values()} == {(1,)}
    return {name: part[0] for name, part in vars(found).items()}


def test_the_ladder():
    assert len(STEPS) == RUNGS
    assert np.all(STEPS[:-1] / STEPS[1:] == RATIO)
    assert np.all(np.log2(STEPS) == np.round(np.log2(STEPS)))  # x ± h is exact, mostly


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, SIZES)
def test_the_true_derivative_of_a_wave_lies_within_the_bar(a, b, c, x, size):
    found = along(lambda t: size * a * np.sin(b * t + c), x)
    true = size * a * b * np.cos(b * x + c)
    assert found["kind"] != Kind.KINK and found["kind"] != Kind.POLE
    assert abs(found["value"] - true) <= 4 * found["error"] + 1e-13 * size
    if abs(true) > 1e-3 * size:
        assert found["kind"] == Kind.SMOOTH
        assert found["error"] <= 1e-5 * abs(true)  # a bar that says nothing would hold anything


@given(st.lists(NUMBERS, min_size=1, max_size=6), NUMBERS)
def test_the_true_derivative_of_a_polynomial_lies_within_the_bar(coefficients, x):
    polynomial = np.polynomial.Polynomial(coefficients)
    found, true = along(polynomial, x), polynomial.deriv()(x)
    assert found["kind"] in (Kind.SMOOTH, Kind.NOISY)
    assert abs(found["value"] - true) <= 4 * found["error"] + 1e-12


@given(NUMBERS.filter(lambda x: x > 0.01), SIZES)
def test_steps_are_relative_to_the_scale(x, size):
    found = along(np.log, x * size, scale=x * size)
    assert found["kind"] == Kind.SMOOTH
    assert found["value"] == pytest.approx(1.0, rel=1e-8)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_a_kink_has_the_slopes_of_both_sides(left, right, bend, x):
    def function(t):
        d = t - x
        return 1.0 + bend * d * d + (left * d if d < 0 else right * d)

    found = along(function, x)
    if abs(left - right) < 1e-2:
        return  # the next test is of those
    assert found["kind"] == Kind.KINK
    slack = 4 * found["error"] + 1e-9
    assert abs(found["low"] - min(left, right)) <= slack
    assert abs(found["high"] - max(left, right)) <= slack
    assert found["value"] == pytest.approx((left + right) / 2, abs=slack)
    assert found["error"] < 1e-5


@given(NUMBERS, NUMBERS)
def test_no_kink_where_the_slopes_agree(slope, x):
    found = along(lambda t: slope * (t - x) + abs(t - x) ** 3, x)
    assert found["kind"] == Kind.SMOOTH
    assert found["low"] == found["value"] == found["high"]


@pytest.mark.parametrize("distance", [0.2, 0.01, 1e-4, 1e-6])
def test_a_kink_close_by_is_none(distance):
    found = along(lambda t: abs(t - distance), 0.0)
    assert found["kind"] == Kind.SMOOTH
    assert found["value"] == pytest.approx(-1, abs=1e-3)


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (lambda t: np.float64(1) / t, 0.0),
        (lambda t: np.sqrt(abs(t)), 0.0),
        (np.cbrt, 0.0),
        (np.floor, 2.0),
        (lambda t: float(t > 0.5), 0.5),
        (lambda t: np.log(abs(t)), 0.0),
        (lambda t: np.nan * t, 1.0),
    ],
)
def test_poles_and_jumps_have_no_slope(function, x):
    assert along(function, x)["kind"] == Kind.POLE


def test_the_border_of_a_domain_has_a_slope_on_its_own_side():
    found = along(lambda t: t**1.5 + 2 * t if t >= 0 else np.nan, 0.0)
    assert found["value"] == pytest.approx(2.0, abs=1e-3) or found["kind"] == Kind.POLE


@pytest.mark.parametrize("loud", [0.1, 1e-3, 1e-6])
def test_noise_has_no_slope_or_an_honest_bar(loud):
    """Random numbers agree now and then; so this counts, in noise that is always the same."""
    sure = 0
    wrong = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        found = along(lambda t, random=random: np.sin(t) + loud * random.standard_normal(), 0.3)
        told = found["kind"] in (Kind.SMOOTH, Kind.KINK)
        sure += told
        wrong += told and abs(found["value"] - np.cos(0.3)) > 4 * found["error"]
    assert sure <= 30 and wrong <= 1


@given(NUMBERS, st.integers(0, 10**6))
def test_the_bar_knows_of_float32(x, seed):
    """Values rounded to float32, and said to be."""
    random = np.random.default_rng(seed)
    a = 1 + random.random()

    def function(t):
        return float(np.float32(np.sin(a * t)))

    found, true = along(function, x, epsilon=2.0**-23), a * np.cos(a * x)
    assert abs(found["value"] - true) <= 4 * found["error"]
    assert found["error"] > 1e-9  # float32 is not as good


def test_entries_do_not_see_each_other():
    functions = [np.sin, abs, lambda t: 1 / t if t else np.inf]
    both = [along(function, 0.0) for function in functions]
    with np.errstate(all="ignore"):
        centre = np.array([f(0.0) for f in functions])
        after = np.array([[f(step) for f in functions] for step in STEPS])
        before = np.array([[f(-step) for f in functions] for step in STEPS])
    found = slopes(centre, after, before, STEPS, EPSILON)
    assert found.kind.tolist() == [Kind.SMOOTH, Kind.KINK, Kind.POLE]
    assert found.kind.tolist() == [one["kind"] for one in both]
    assert found.value[:2].tolist() == [one["value"] for one in both[:2]]
