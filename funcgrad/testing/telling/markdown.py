"""A report as a page of Markdown: for a file, a pull request, a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcgrad.testing.telling import text, values

if TYPE_CHECKING:
    from funcgrad.testing.report import Counterexample, Report


def markdown(report: Report) -> str:
    """The report as Markdown: the verdict, a table of the properties, the counterexample.

    Example:
        >>> from funcgrad.testing.report import PropertyResult, Report
        >>> verdicts = {"value": PropertyResult("value", "pass", "", 9, 0.2)}
        >>> print(markdown(Report("square", verdicts)))
        ## square: passed
        <BLANKLINE>
        0 examples, 0 shapes, 0 compilations, 0 kinks, 0.00 CPU seconds...
        <BLANKLINE>
        | property | verdict | checks | worst | reason |
        |---|---|---:|---:|---|
        | value | pass | 9 | 0.2 |  |
        <BLANKLINE>
    """
    broke = report.counterexample
    verdict = "passed" if broke is None else f"property `{broke.property}` failed"
    parts = [f"## {_safe(report.function)}: {verdict}"]
    if broke is not None:
        parts += _counterexample(broke)
    shapes = f" Shapes: {', '.join(f'`{shape}`' for shape in report.shapes)}." * bool(report.shapes)
    seed = f" Seed {report.seed}, profile {report.profile}."
    parts.append(f"{text.effort([report])}.{shapes}{seed}")
    parts += [_safe(note) for note in report.notes]
    rows = ["| property | verdict | checks | worst | reason |", "|---|---|---:|---:|---|"]
    for result in report.properties.values():
        stands_out = result.verdict in ("fail", "inconclusive")
        verdict = f"**{result.verdict}**" if stands_out else result.verdict
        rows.append(
            f"| {result.name} | {verdict} | {result.checks} | {result.worst:.3g} "
            f"| {_safe(result.reason)} |"
        )
    return "\n\n".join([*parts, "\n".join(rows)]) + "\n"


def _counterexample(broke: Counterexample) -> list[str]:
    parts = [_safe(broke.claim)] if broke.claim else []
    items = [f"- where: `{broke.where}`"] if broke.where else []
    items += [f"- `{line}`" for line in values.arguments(broke.names, broke.arguments, 20)]
    for label, value in (
        ("cotangent", broke.cotangent),
        ("direction", broke.direction),
        ("expected", broke.expected),
        ("got", broke.got),
    ):
        if value is not None:
            items += [f"- {label}: `{line}`" for line in text.in_lines(value)]
    items += [f"- error: {text.over(broke.error)}"] if text.over(broke.error) else []
    items += [f"- cause: {_safe(broke.cause)}"] if broke.cause else []
    parts.append("\n".join(items))
    if broke.reproducer:
        parts.append(f"```python\n{broke.reproducer.strip()}\n```")
    return parts


def _safe(words: str) -> str:
    """Words on one line, in which Markdown sees neither a column nor a tag."""
    flat = " ".join(words.split())
    return flat.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
