"""Times, and how they are written."""

from itertools import count

import pytest

from funcgrad.compare import timing
from funcgrad.compare.timing import Budget, Times, human, steady_state, timed, times_after


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


@pytest.fixture
def call(monkeypatch):
    """A call that takes a second of a clock of its own: this machine's may be busy."""
    now, calls = [0.0], count()
    monkeypatch.setattr(timing, "perf_counter", lambda: now[0])

    def tick():
        now[0] += 1.0 + 0.1 * (next(calls) % 3)
        return "done"

    return tick


def test_the_first_call_is_timed_with_its_result(call):
    assert timed(call) == (1.0, "done")


def test_repeats_end_at_their_number(call):
    median, repeats = steady_state(call, Budget(seconds=100, repeats=7))
    assert repeats == 7
    assert median == pytest.approx(1.1)


def test_repeats_end_at_the_budget(call):
    assert steady_state(call, Budget(seconds=3, repeats=1000))[1] == 3


def test_a_long_eager_call_is_not_repeated(call):
    budget = Budget(seconds=0, repeats=5, longest=0.9)
    assert times_after(9.0, call, budget, compiles=False) == Times(9.0, 9.0, repeats=0)
    assert times_after(9.0, call, budget, compiles=True) == Times(9.0, 1.1, repeats=1)  # the second
    assert times_after(0.5, call, budget, compiles=False).repeats == 1


def test_one_repeat_is_always_made(call):
    assert steady_state(call, Budget(seconds=0, repeats=0)) == (1.0, 1)
