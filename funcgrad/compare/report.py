"""The report: one HTML file that needs nothing beside it.

The page is made by the templates beside this file; here is only what they ask for. It runs no
script, loads nothing, and says so to the browser: its policy lets in its own styles and the
pictures that it carries.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined

from funcgrad.compare.agree import EXPECTED
from funcgrad.compare.anchors import anchors
from funcgrad.compare.axis import TimeAxis
from funcgrad.compare.engines import Engine
from funcgrad.compare.face import STEP
from funcgrad.compare.highlighting import DARK, LIGHT, code, rules
from funcgrad.compare.pictures import data_uri, size
from funcgrad.compare.prose import heading, inline, paragraphs
from funcgrad.compare.results import results_of
from funcgrad.compare.row import AGREE, Row, verdict_line
from funcgrad.compare.steps import line_up
from funcgrad.compare.timing import human

FILTERS = {
    "human": human,
    "inline": inline,
    "paragraphs": paragraphs,
    "heading": heading,
    "code": code,
    "data_uri": data_uri,
}


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
    environment.filters |= FILTERS
    times = [outcome.times for row in rows for outcome in row.outcomes.values() if outcome.times]
    sections = [(name, list(part)) for name, part in groupby(rows, lambda r: r.example.section)]
    return environment.get_template("report.html.jinja").render(
        rows=rows,
        sections=sections,
        anchors=dict(zip(map(id, rows), anchors([row.example.id for row in rows]), strict=True)),
        engines=engines,
        steps=any(engine.style == STEP for engine in engines),
        labels={engine.name: engine.label for engine in engines} | {EXPECTED: EXPECTED},
        axis=TimeAxis([t for found in times for t in (found.first, found.steady)]),
        wrong=[row for row in rows if row.verdict != AGREE],
        facts=facts,
        verdict=verdict_line(rows, chosen),
        agree=len(rows) == chosen and all(row.verdict == AGREE for row in rows),
        seconds=seconds,
        light=rules(LIGHT),
        dark=rules(DARK),
        id=id,
        line_up=line_up,
        results_of=results_of,
        size=size,
    )
