"""Do the engines agree with each other, and with the expected numbers?

An example's own `TOLERANCE` speaks only about its expected numbers, because a document's printed
digits were rounded. Two engines have no such excuse: they are held to the one table.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

from funcgrad.compare.difference import Difference, difference
from funcgrad.compare.tolerance import Tolerance
from funcgrad.compare.values import MEASURED, Plain

JAX = "jax"
STEPS = ("compiled", "scanned")
EXPECTED = "expected"  # the other side of a check against the expected numbers

Results = Mapping[str, Mapping[str, Plain]]  # by engine, then by name


@dataclass(frozen=True)
class Check:
    """One result of one engine, compared with another engine's or with the expected value."""

    name: str
    left: str
    right: str
    left_value: Plain
    right_value: Plain
    found: Difference

    @property
    def agrees(self) -> bool:
        return not self.found.reason


def check_engines(results: Results, precision: str) -> list[Check]:
    """Compare the results of the engines, pair by pair.

    JAX may leave out a name: facts that only a tape has. So may a step that is compiled or
    scanned, but no name that JAX returns. No other engine may leave out any.
    """
    checks = []
    for left, right in combinations(results, 2):
        ours, theirs = results[left], results[right]
        for name in dict.fromkeys([*ours, *theirs]):
            missing = [engine for engine in (left, right) if name not in results[engine]]
            if name.startswith(MEASURED) or any(_may_lack(e, name, results) for e in missing):
                continue
            if missing:
                found = Difference(f"{missing[0]} does not return it")
            else:
                found = difference(ours[name], theirs[name], precision)
            checks.append(Check(name, left, right, ours.get(name), theirs.get(name), found))
    return checks


def _may_lack(engine: str, name: str, results: Results) -> bool:
    return engine == JAX or (engine in STEPS and name not in results.get(JAX, ()))


def check_expected(
    results: Results,
    expected: Mapping[str, Plain],
    tolerance: Mapping[str, float],
    skip: Collection[str],
    precision: str,
    complete: bool = True,
) -> list[Check]:
    """Compare each engine's results with the expected values, but for the names in `skip`.

    A name that no engine returns is a failed check, wherever the example mentions it: a misspelt
    one would otherwise never be looked at. Where an engine failed (not `complete`), the name may
    have been its to return, and is left alone.
    """
    checks = []
    for name in dict.fromkeys([*expected, *tolerance, *skip]):
        value = expected.get(name)
        engines = [engine for engine in results if name in results[engine]]
        if not engines:
            found = Difference("no engine returns it")
            if complete:
                checks += [Check(name, engine, EXPECTED, None, value, found) for engine in results]
        elif name not in expected:
            found = Difference("it has a tolerance, or is to be skipped, but no expected value")
            checks += [Check(name, engines[0], EXPECTED, None, None, found)]
        elif name not in skip:
            own = Tolerance(float(tolerance[name])) if name in tolerance else None
            for engine in engines:
                returned = results[engine][name]
                found = difference(returned, value, precision, own, literal=True)
                checks.append(Check(name, engine, EXPECTED, returned, value, found))
    return checks
