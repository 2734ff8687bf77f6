"""Times, and how they are written."""

import time

import pytest

from funcgrad.compare.timing import Budget, human, steady_state, timed


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.00 ns"),
        (12.3e-9, "12.3 ns"),
        (12.34e-6, "12.3 µs"),
        (0.99949e-3, "999 µs"),
        (0.9996e-3, "1.00 ms"),
        (0.1524, "152 ms"),
        (9.996, "10.0 s"),
        (99.96, "100 s"),
        (1234.5, "1234 s"),
    ],
)
def test_a_time_has_three_digits(seconds, text):
    assert human(seconds) == text


def test_the_first_call_is_timed_with_its_result():
    seconds, result = timed(lambda: time.sleep(0.02) or "done")
    assert seconds >= 0.02
    assert result == "done"


def test_repeats_end_at_their_number_or_at_the_budget():
    assert steady_state(lambda: None, Budget(seconds=10, repeats=7))[1] == 7
    median, repeats = steady_state(lambda: time.sleep(0.01), Budget(seconds=0.03, repeats=1000))
    assert 1 < repeats <= 4
    assert median >= 0.01


def test_one_repeat_is_always_made():
    assert steady_state(lambda: time.sleep(0.01), Budget(seconds=0, repeats=0))[1] == 1
