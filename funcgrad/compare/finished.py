"""A comparison that is done, as an object to hold, show and keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from funcgrad.compare.engines import Engine
from funcgrad.compare.row import AGREE, Row, verdict_line


@dataclass(frozen=True, repr=False)
class Finished:
    """What a run found; a notebook shows it as the report.

    Attributes:
        rows: an example each: what the engines returned, how that compares, what it took.
        chosen: how many examples were asked for; fewer rows where the run was interrupted.
        engines: those that ran, in order.
        facts: what it ran on.
        seconds: the run's total time.
    """

    rows: Sequence[Row]
    chosen: int
    engines: Sequence[type[Engine]]
    facts: Mapping[str, str]
    seconds: float

    @property
    def agree(self) -> bool:
        """Whether every example ran and all engines agree."""
        return len(self.rows) == self.chosen and all(row.verdict == AGREE for row in self.rows)

    def html(self) -> str:
        """The report: a page that needs nothing beside it."""
        from funcgrad.compare.report import report  # jinja2 and pygments, only where it is asked

        return report(self.rows, self.chosen, self.engines, self.facts, self.seconds)

    def json(self) -> str:
        """The results, times and facts as JSON."""
        from funcgrad.compare.record import record

        complete = len(self.rows) == self.chosen
        return record(self.rows, self.facts, self.seconds, complete=complete)

    def __repr__(self) -> str:
        return f"<{verdict_line(self.rows, self.chosen)}>"

    def _repr_html_(self) -> str:
        # A frame of its own: the page's styles are not for the notebook around it.
        return (
            f'<iframe title="{escape(verdict_line(self.rows, self.chosen))}" sandbox '
            f'style="width: 100%; height: 45em; border: 0" srcdoc="{escape(self.html())}"></iframe>'
        )
