"""A report for other programs: plain JSON, with the version of its form."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from funcgrad.testing.telling.encoded import decode, encode

if TYPE_CHECKING:
    from funcgrad.testing.report import Report

VERSION = 1


def to_json(report: Report) -> dict[str, Any]:
    """The report as what `json.dumps(…, allow_nan=False)` takes.

    Example:
        >>> from funcgrad.testing.report import PropertyResult, Report
        >>> told = to_json(Report("square", {"value": PropertyResult("value", "pass")}, seed=7))
        >>> told["version"], told["function"], told["ok"], told["seed"]
        (1, 'square', True, 7)
        >>> told["properties"]
        [{'name': 'value', 'verdict': 'pass', 'reason': '', 'checks': 0, 'worst': 0.0}]
    """
    told: dict[str, Any] = {"version": VERSION, "ok": report.ok}
    told |= {name: encode(value) for name, value in _fields(report).items()}
    told["shapes"], told["notes"] = list(report.shapes), list(report.notes)
    told["properties"] = [
        {name: encode(value) for name, value in _fields(result).items()}
        for result in report.properties.values()
    ]
    broke = report.counterexample
    if broke is not None:
        told["counterexample"] = {name: encode(value) for name, value in _fields(broke).items()}
        told["counterexample"]["names"] = list(broke.names)
    return told


def parts(told: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """What `to_json` told of: a report's plain fields, its results' and its counterexample's.

    Raises:
        ValueError: it is none of `to_json`'s, or of another version.
    """
    if not isinstance(told, dict) or told.get("version") != VERSION:
        version = told.get("version") if isinstance(told, dict) else None
        raise ValueError(
            f"a report is read in version {VERSION} of its form, but this has version {version!r}: "
            "read it by the funcgrad that wrote it, or check again"
        )
    nested = {"version", "ok", "properties", "counterexample"}
    report = {name: decode(value) for name, value in told.items() if name not in nested}
    report |= {name: tuple(told[name]) for name in ("shapes", "notes")}
    results = [
        {name: decode(value) for name, value in result.items()} for result in told["properties"]
    ]
    broke = told["counterexample"] or {}
    found = {name: decode(value) for name, value in broke.items()}
    if found:
        found["names"] = tuple(broke["names"])
    return report, results, found


def _fields(instance: Any) -> dict[str, Any]:
    """The fields as they are: `dataclasses.asdict` would copy what lies in them."""
    return {field.name: getattr(instance, field.name) for field in fields(instance)}
