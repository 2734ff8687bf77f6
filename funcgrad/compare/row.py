"""One example on every engine, and the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from funcgrad.compare.agree import Check
from funcgrad.compare.messages import Drawing, Outcome
from funcgrad.compare.skeleton import Example

AGREE, DIFFER, FAILED = "agree", "differ", "failed"


@dataclass(frozen=True)
class Row:
    """One example on every engine, and whether they agree."""

    example: Example
    outcomes: dict[str, Outcome]  # by engine
    checks: list[Check] = field(default_factory=list)
    drawing: Drawing = field(default_factory=Drawing)

    @property
    def errors(self) -> dict[str, str]:
        """The tracebacks, by what failed."""
        found = {name: outcome.error for name, outcome in self.outcomes.items() if outcome.error}
        return found | ({"figures": self.drawing.error} if self.drawing.error else {})

    @property
    def warnings(self) -> dict[str, str]:
        """What makes times other than they should be, by engine."""
        return {name: found.warning for name, found in self.outcomes.items() if found.warning}

    @property
    def disagreements(self) -> list[Check]:
        return [check for check in self.checks if not check.agrees]

    @property
    def verdict(self) -> str:
        return FAILED if self.errors else DIFFER if self.disagreements else AGREE


def verdict_line(rows: Sequence[Row], chosen: int) -> str:
    """Return how many examples ran, agreed, differed and failed."""
    counts = dict.fromkeys((AGREE, DIFFER, FAILED), 0)
    for row in rows:
        counts[row.verdict] += 1
    ran = f"{chosen} example{'s' if chosen != 1 else ''}"
    ran = ran if len(rows) == chosen else f"{len(rows)} of {ran}"
    parts = [f"{count} {verdict}" for verdict, count in counts.items() if count]
    return f"{ran}: {', '.join(parts) or 'none ran'}"
