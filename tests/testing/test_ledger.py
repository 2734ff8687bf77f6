"""Verdicts: what the checks of one call add up to."""

import pytest

from funcgrad.testing.ledger import Ledger
from funcgrad.testing.properties.check import Check
from funcgrad.testing.report import PROPERTIES, Counterexample


def broken(name):
    return Counterexample(name, "it holds", ())


def result(name, *checks, why=None, others=()):
    ledger = Ledger([name, *others])
    ledger.add(list(checks))
    if why:
        ledger.unavailable(name, why)
    return ledger.results()[name]


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ([Check("value", 0.5, 3)], "pass"),
        ([Check("value", 0.5, 3, undecided=2)], "pass"),
        ([], "unavailable"),
        ([Check("value", 0.0, 0)], "unavailable"),
        ([Check("value", 0.0, 0, undecided=1)], "inconclusive"),
        ([Check("value", 0.0, 1, undecided=100)], "inconclusive"),
        ([Check("value", 2.0, 1, finding=broken("value"))], "fail"),
        ([Check("second", 2.0, 1, finding=broken("second"))], "inconclusive"),
    ],
)
def test_a_verdict(checks, verdict):
    found = result("value", *checks, others=["second"])
    assert found.verdict == verdict
    assert found.name == "value"
    # A plain pass needs no reason; whatever else it is says why.
    assert bool(found.reason) == (verdict != "pass" or checks[0].undecided > checks[0].count)


def test_nothing_passes_without_a_check():
    assert {r.verdict for r in Ledger(PROPERTIES).results().values()} == {"unavailable"}


def test_many_undecided_are_told_in_a_pass():
    found = result("value", Check("value", 0.5, 3, undecided=5))
    assert found.verdict == "pass" and "5 of 8" in found.reason


def test_numbers_add_up_and_the_worst_stays():
    ledger = Ledger(["value", "second"])
    ledger.add([Check("value", 0.25, 3), Check("second", 0.75, 2)])
    ledger.add([Check("value", 0.5, 4, kinks=2)])
    ledger.add([Check("value", 0.125, 1, kinks=1)])
    found = ledger.results()
    assert (found["value"].checks, found["value"].worst) == (8, 0.5)
    assert (found["second"].checks, found["second"].worst) == (2, 0.75)
    assert (ledger.points, ledger.kinks, ledger.outside) == (0, 3, 0)


def test_a_point_outside_of_the_domain_counts_as_seen():
    ledger = Ledger(["value"])
    assert ledger.add_point(None) is None
    assert ledger.add_point([Check("jit", 0.0, 1)]) is None
    assert (ledger.points, ledger.outside) == (2, 1)
    assert ledger.results()["value"].verdict == "unavailable"
    outside = Ledger(["value"])
    outside.add_point(None)
    outside.add([Check("structure", 0.0, 1)])  # of the function, at no point
    assert outside.results()["value"].verdict == "inconclusive"


def test_the_first_that_breaks_is_the_one_that_is_told():
    ledger = Ledger(PROPERTIES)
    first, second = broken("second"), broken("value")
    assert ledger.add([Check("value", 0.1, 1), Check("second", 9.0, 1, finding=first)]) is first
    assert ledger.add([Check("value", 9.0, 1, finding=second)]) is second
    assert ledger.broken is first
    assert ledger.results()["second"].verdict == "fail"


def test_what_is_missing_says_so_unless_something_was_compared():
    assert result("duality", why="no forward mode").reason == "no forward mode"
    assert result("duality", Check("duality", 0.1, 1), why="no forward mode").verdict == "pass"
    twice = Ledger(["duality"])
    twice.unavailable("duality", "the first")
    twice.unavailable("duality", "the second")
    assert twice.results()["duality"].reason == "the first"


def test_results_are_of_what_was_asked_for_in_the_usual_order():
    assert list(Ledger(["vmap", "value"]).results()) == ["value", "vmap"]


def test_a_note_is_told_once():
    ledger = Ledger(["finite"])
    for _ in range(3):
        ledger.add([Check("finite", 0.0, 1, note="a pole was met")])
    ledger.add([Check("finite", 0.0, 1, note="another: at 1")])
    ledger.add([Check("finite", 0.0, 1, note="another: at 2")])
    assert ledger.notes == ["a pole was met", "another: at 1"]
