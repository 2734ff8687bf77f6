"""Many checks, each made by a test: the summary of a run, and the file that it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcgrad._version import __version__
from funcgrad.testing.telling import text, values
from funcgrad.testing.telling.markdown import markdown

if TYPE_CHECKING:
    from funcgrad.testing.report import PropertyResult, Report


@dataclass(frozen=True)
class Record:
    """A check that a test made.

    Attributes:
        test: pytest's name for the test: "tests/test_loss.py::test_huber".
        passed: whether the test passed. It can although the check failed: it may expect that.
        report: what the check found.
    """

    test: str
    passed: bool
    report: Report


def summary(records: Sequence[Record]) -> list[str]:
    """A few lines on all of them, then one for each failure and each open question.

    Example:
        >>> from funcgrad.testing.report import PropertyResult, Report
        >>> verdicts = {"value": PropertyResult("value", "pass", "", 9, 0.2)}
        >>> print(*summary([Record("test_a", True, Report("square", verdicts))]), sep="\\n")
        1 function, 1 check: 1 passed
        1 property passed
        0 examples, 0 shapes, 0 compilations, 0 kinks, 0.00 CPU seconds
    """
    reports = [record.report for record in records]
    functions = {report.function for report in reports}
    failed = [record for record in records if not record.report.ok]
    counts = {
        "passed": len(records) - len(failed),
        "failed": sum(not record.passed for record in failed),
        "failed as the test expects": sum(record.passed for record in failed),
    }
    checks = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    who = f"{text.plural(len(functions), 'function')}, {text.plural(len(records), 'check')}"
    told = [
        f"{who}: {checks}",
        text.tally(result for report in reports for result in _tried(report)),
        text.effort(reports),
    ]
    nearest = max((r for r in reports if r.ok), key=lambda report: report.worst, default=None)
    if nearest is not None and nearest.worst > 0:
        share = f"{nearest.worst:.3g} of its tolerance"
        told.append(f"worst error of a check that passed: {share}, in {nearest.function}")
    told += [f"FAILED {r.test} - {_failure(r.report)}" for r in failed if not r.passed]
    for record in records:
        if record.report.ok:
            told += [f"OPEN {record.test} - {line}" for line in text.undecided(record.report)]
    return told


def to_json(records: Iterable[Record]) -> dict[str, Any]:
    """What `json.dumps` takes: each test's name with its report."""
    return {
        "version": 1,
        "funcgrad": __version__,
        "checks": [
            {"test": record.test, "passed": record.passed, "report": record.report.to_json()}
            for record in records
        ],
    }


def page(records: Sequence[Record]) -> str:
    """Markdown: the summary, then what failed, then the rest."""
    lines = summary(records) if records else ["No check ran."]
    parts = ["# Gradients\n", "\n".join(f"- {values.cut(line, 300)}" for line in lines) + "\n"]
    failed_first = sorted(records, key=lambda record: record.report.ok)
    parts += [f"{markdown(record.report)}\nIn `{record.test}`.\n" for record in failed_first]
    return "\n".join(parts)


def _tried(report: Report) -> list[PropertyResult]:
    """Its results; where one failed, what is left open was not reached, and says nothing."""
    results = report.properties.values()
    return [result for result in results if report.ok or result.verdict != "inconclusive"]


def _failure(report: Report) -> str:
    broke = report.counterexample
    if broke is None:
        return report.function
    count = Counter(result.verdict for result in report.properties.values())["fail"]
    others = f" and {text.plural(count - 1, 'other')}" if count > 1 else ""
    where = f" at {broke.where}" if broke.where else ""
    over = f", {text.over(broke.error)}" if text.over(broke.error) else ""
    return f"{report.function}: property {broke.property}{others} failed{where}{over}"
