"""What broke, in at most forty lines: the words of a `GradientError`."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from funcgrad.testing.telling import values

if TYPE_CHECKING:
    from funcgrad.testing.report import Counterexample, PropertyResult, Report

MOST = 40  # lines of a message, of which a reproducer takes twelve


def message(report: Report) -> str:
    """The report in words.

    Args:
        report: what a check found.

    Returns:
        For a failure what broke, where, with which arguments, what should have come out and what
        did, the likely cause and a program that shows it: at most 40 lines. Else one line, and one
        more for each property that could not be decided.

    Example:
        >>> from funcgrad.testing.report import Counterexample, PropertyResult, Report
        >>> verdicts = {"value": PropertyResult("value", "fail", "off by a factor", 3, 5e3)}
        >>> broke = Counterexample(
        ...     "value", "differences give the derivative", (3.0,), None, None, 6.0, 3.0,
        ...     where="d out / d args[0]", error=5e3, cause="it is half of what it should be")
        >>> print(message(Report("square", verdicts, broke, examples=2, shapes=("f32[]",))))
        square: property value failed: differences give the derivative
          where:      d out / d args[0]
          arguments:  args[0]: 3
          expected:   6
          got:        3
          error:      5000 times the tolerance
          cause:      it is half of what it should be
          found in:   2 examples of f32[]; seed 0, profile default
        >>> print(message(Report("square", {"value": PropertyResult("value", "pass")}, None, 25)))
        square: 1 property passed; 25 examples, 0 shapes, 0 compilations, 0 kinks, 0.00 CPU
        seconds, worst error 0 of its tolerance
    """
    broke = report.counterexample
    if broke is None:
        return "\n".join([verdicts(report), *undecided(report)])
    claim = f": {broke.claim}" if broke.claim else ""
    told = [f"{report.function}: property {broke.property} failed{claim}"]
    for label, section in _sections(report, broke):
        for begin, line in zip([f"{label}:", *[""] * len(section)], section, strict=False):
            told.append(values.cut(f"  {begin:<11} {line}".rstrip()))
    program = broke.reproducer.strip("\n").splitlines()
    if program:
        told += ["", "To see it again, run:", "", *(f"    {line}".rstrip() for line in program)]
    return "\n".join(told[:MOST])


def verdicts(report: Report) -> str:
    """One line: how many properties passed, and what it took."""
    worst = f"worst error {report.worst:.3g} of its tolerance"
    return f"{report.function}: {tally(report.properties.values())}; {effort([report])}, {worst}"


def tally(results: Iterable[PropertyResult]) -> str:
    """How many properties have which verdict: `2 properties passed, 1 unavailable`."""
    counts = Counter(result.verdict for result in results)
    words = {"pass": "passed", "fail": "failed"}
    told = [
        f"{counts[verdict]} {words.get(verdict, verdict)}"
        for verdict in ("pass", "fail", "inconclusive", "unavailable")
        if counts[verdict]
    ]
    if not told:
        return "no property was asked for"
    count, _, verdict = told[0].partition(" ")
    return ", ".join([f"{plural(int(count), 'property')} {verdict}", *told[1:]])


def effort(reports: Iterable[Report]) -> str:
    """What checks took."""
    every = list(reports)
    return (
        f"{plural(sum(r.examples for r in every), 'example')}, "
        f"{plural(sum(len(r.shapes) for r in every), 'shape')}, "
        f"{plural(sum(r.compilations for r in every), 'compilation')}, "
        f"{plural(sum(r.kinks for r in every), 'kink')}, "
        f"{sum(r.seconds for r in every):.2f} CPU seconds"
    )


def undecided(report: Report) -> list[str]:
    """A line for each property that was tried and could not be decided."""
    return [
        f"{report.function}: property {result.name} is inconclusive: {result.reason}"
        for result in report.properties.values()
        if result.verdict == "inconclusive"
    ]


def plural(count: int, noun: str) -> str:
    """`1 shape`, `2 shapes`, `3 properties`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def over(error: float) -> str:
    """An error over its tolerance, where there is a number for it."""
    return "" if error == float("inf") else f"{error:.4g} times the tolerance"


def _sections(report: Report, broke: Counterexample) -> Iterable[tuple[str, list[str]]]:
    shapes = f" of {values.cut('; '.join(report.shapes), 60)}" if report.shapes else ""
    found = plural(report.examples, "example") + shapes
    found += f"; seed {report.seed}, profile {report.profile}"
    sections: list[tuple[str, list[str]]] = [
        ("where", [broke.where] if broke.where else []),
        ("arguments", values.arguments(broke.names, broke.arguments, 6)),
        ("cotangent", _one("ct", broke.cotangent)),
        ("direction", _one("u", broke.direction)),
        ("expected", in_lines(broke.expected)),
        ("got", in_lines(broke.got)),
        ("error", [over(broke.error)] if over(broke.error) else []),
        ("cause", in_lines(broke.cause or None)),
        ("note", in_lines(" ".join(report.notes) or None, most=2)),
        ("found in", [found]),
    ]
    return [(label, section) for label, section in sections if section]


def _one(name: str, value: Any) -> list[str]:
    """A tree by its leaves, or a single leaf without a name."""
    if value is None:
        return []
    every = list(values.leaves(name, value))
    return [values.words(every[0][1])] if len(every) == 1 else values.lines(name, value, 2)


def in_lines(value: Any, most: int = 3) -> list[str]:
    """A number, an array, a tree or a description in a few lines; None in none."""
    if value is None:
        return []
    if not isinstance(value, str):
        return _one("out", value)
    return textwrap.wrap(value, values.WIDTH - 14, max_lines=most, placeholder=" …")
