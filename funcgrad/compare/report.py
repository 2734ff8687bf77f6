"""The report: one HTML file that needs nothing beside it."""

import base64
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from funcgrad.compare.agree import EXPECTED
from funcgrad.compare.engines import Engine
from funcgrad.compare.messages import Picture
from funcgrad.compare.row import AGREE, Row, verdict_line
from funcgrad.compare.timing import human
from funcgrad.compare.values import MEASURED, Plain, describe, show

LIGHT, DARK = "friendly", "github-dark"


def report(
    rows: Sequence[Row],
    chosen: int,
    engines: Sequence[type[Engine]],
    facts: Mapping[str, str],
    seconds: float,
) -> str:
    """Return the report of a run as HTML.

    Args:
        rows: the examples that ran; fewer than `chosen` where the run was interrupted.
        chosen: how many were asked for.
        engines: those that ran, in the order of the columns.
        facts: what the run ran on.
        seconds: its total time.
    """
    environment = Environment(
        loader=PackageLoader("funcgrad.compare"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "human": human,
        "show": show,
        "inline": _inline,
        "prose": _prose,
        "code": _code,
    }
    environment.filters |= {"picture": _data_uri, "heading": _heading}
    return environment.get_template("report.html.jinja").render(
        sections=[
            (section, list(group)) for section, group in groupby(rows, lambda r: r.example.section)
        ],
        results=_results,
        engines=engines,
        labels={engine.name: engine.label for engine in engines} | {EXPECTED: EXPECTED},
        facts=facts,
        verdict=verdict_line(rows, chosen),
        agree=len(rows) == chosen and all(row.verdict == AGREE for row in rows),
        seconds=seconds,
        light=_palette(LIGHT),
        dark=_palette(DARK),
    )


def _results(row: Row) -> list[dict[str, Any]]:
    """Gather what is known of each named result: values, the largest difference, complaints."""
    # In PyTorch's order, which is the author's: jax.jit sorts the names of a dict.
    outcomes = reversed(row.outcomes.values())
    names = dict.fromkeys(name for outcome in outcomes for name in outcome.results)
    names |= dict.fromkeys(check.name for check in row.checks)
    gathered = []
    for name in names:
        checks = [check for check in row.checks if check.name == name]
        gaps = [check.found.largest for check in checks if check.found.largest is not None]
        values = {
            engine: outcome.results[name]
            for engine, outcome in row.outcomes.items()
            if name in outcome.results
        }
        expected = [check.right_value for check in checks if check.right == EXPECTED]
        gathered.append(
            {
                "name": name,
                "values": _merged(values),
                "expected": expected[0] if expected else None,
                "is_expected": bool(expected),
                "measured": name.startswith(MEASURED),
                "checks": len(checks),
                "difference": f"{max(gaps):.2g}" if gaps else "",
                "wrong": [check for check in checks if not check.agrees],
            }
        )
    return gathered


def _merged(values: Mapping[str, Plain]) -> list[tuple[list[str], str, str]]:
    """Join the engines that show the same: (engines, type, value)."""
    merged: dict[tuple[str, str], list[str]] = {}
    for engine, value in values.items():
        merged.setdefault((describe(value), show(value)), []).append(engine)
    return [(engines, kind, text) for (kind, text), engines in merged.items()]


def _inline(text: str) -> Markup:
    """Make code of what stands in backquotes."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _prose(text: str) -> Markup:
    """Make paragraphs of what blank lines divide."""
    return Markup("").join(
        Markup("<p>{}</p>").format(_inline(part)) for part in re.split(r"\n\s*\n", text)
    )


def _code(text: str) -> Markup:
    return Markup(highlight(text, PythonLexer(), HtmlFormatter(cssclass="code")))


def _palette(style: str) -> Markup:
    return Markup(HtmlFormatter(style=style, cssclass="code").get_style_defs(".code"))


def _data_uri(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()
