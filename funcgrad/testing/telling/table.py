"""The verdicts as a table, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcgrad.errors import MissingExtraError

if TYPE_CHECKING:
    from rich.table import Table

    from funcgrad.testing.report import Report

STYLES = {"pass": "green", "fail": "bold red", "inconclusive": "yellow", "unavailable": "dim"}


def table(report: Report) -> Table:
    """A row for each property: the verdict, the comparisons, the worst error, why.

    Raises:
        MissingExtraError: rich is not installed; it comes with the extra `testing`.
    """
    try:
        from rich.table import Column, Table
        from rich.text import Text
    except ImportError as absent:
        raise MissingExtraError("rich", "testing") from absent

    rows = Table(
        "property",
        "verdict",
        Column("checks", justify="right"),
        Column("worst", justify="right"),
        Column("why", overflow="fold"),
        title=Text(report.function, "bold"),
        box=None,
        title_justify="left",
        pad_edge=False,
    )
    for result in report.properties.values():
        rows.add_row(
            result.name,
            Text(result.verdict, STYLES[result.verdict]),
            str(result.checks),
            f"{result.worst:.3g}" if result.checks else "",
            Text(result.reason),
        )
    return rows
