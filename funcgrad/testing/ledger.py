"""What the checks of one call add up to."""

from __future__ import annotations

from collections.abc import Iterable

from funcgrad.testing.properties.check import Check
from funcgrad.testing.report import PROPERTIES, Counterexample, PropertyResult, Verdict


class Ledger:
    """Adds up checks by property."""

    def __init__(self, properties: Iterable[str]) -> None:
        self.properties = [name for name in PROPERTIES if name in set(properties)]
        self._counts = dict.fromkeys(PROPERTIES, 0)
        self._undecided = dict.fromkeys(PROPERTIES, 0)
        self._worst = dict.fromkeys(PROPERTIES, 0.0)
        self._why: dict[str, str] = {}
        self.notes: list[str] = []
        self.kinks = self.points = self.outside = 0
        self.broken: Counterexample | None = None

    def add_point(self, checks: Iterable[Check] | None) -> Counterexample | None:
        """Enter what was seen at a point, None outside the domain; give back what broke there."""
        self.points += 1
        self.outside += checks is None
        return self.add(checks or ())

    def add(self, checks: Iterable[Check]) -> Counterexample | None:
        """Enter what was seen, and give back what broke."""
        found = None
        for check in checks:
            self._counts[check.property] += check.count
            self._undecided[check.property] += check.undecided
            self._worst[check.property] = max(self._worst[check.property], check.ratio)
            self.kinks += check.kinks
            if check.note and not any(_topic(check.note) == _topic(note) for note in self.notes):
                self.notes.append(check.note)
            found = found or check.finding
        if self.broken is None:
            self.broken = found
        return found

    def unavailable(self, name: str, why: str) -> None:
        """Say why there is nothing to test."""
        self._why.setdefault(name, why)

    def results(self) -> dict[str, PropertyResult]:
        """The verdicts."""
        return {name: self._result(name) for name in self.properties}

    def _result(self, name: str) -> PropertyResult:
        count, undecided = self._counts[name], self._undecided[name]
        verdict: Verdict = "pass"
        why = ""
        if self.broken is not None and self.broken.property == name:
            verdict, why = "fail", self.broken.claim
        elif name in self._why and not count:
            verdict, why = "unavailable", self._why[name]
        elif not count and self.points and self.outside == self.points:
            tried = f"the {self.points} points that were tried"
            verdict, why = "inconclusive", f"the function is finite at none of {tried}"
        elif not count and undecided:
            verdict, why = "inconclusive", "the function's values are too rough to tell"
        elif not count and self.broken is not None:
            verdict, why = "inconclusive", "not reached: another property broke before"
        elif not count:
            verdict, why = "unavailable", _NOTHING.get(name, "there was nothing to compare")
        elif undecided > count:
            why = f"{undecided} of {count + undecided} comparisons were undecided"
            verdict = "inconclusive" if undecided > 20 * count else "pass"
        return PropertyResult(name, verdict, why, count, self._worst[name])


def _topic(note: str) -> str:
    """What a note is about: one of many points with the same to tell is enough."""
    return note.partition(":")[0]


_NOTHING = {
    "interval": "no kink was met",
    "size": "no other shape of the arguments makes sense to the function",
    "duality": "only one mode of differentiation is there",
    "precision": "the function computes in the widest type already",
}
