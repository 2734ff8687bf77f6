"""What the report says of each named result: values, differences, and what they may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from funcgrad.compare.agree import EXPECTED, Check
from funcgrad.compare.difference import KINDS
from funcgrad.compare.row import Row
from funcgrad.compare.values import MEASURED, Plain, describe, show

LONG = 12  # numbers: a longer array is described as well as shown in part
POINTS = 60  # of a curve
WIDTH, HEIGHT = 60.0, 14.0  # of its picture


@dataclass(frozen=True)
class Value:
    """A value, and the engines that show it so."""

    text: str
    kind: str  # dtype and shape
    engines: list[str]
    range: str = ""  # of a long array: its smallest and its largest number
    curve: str = ""  # of a long row of numbers: the points of an SVG polyline


@dataclass(frozen=True)
class Gap:
    """A difference, and the pairs of engines that have it; alone, an engine is compared with what
    the example expects.
    """

    pairs: list[tuple[str, ...]]
    text: str
    share: float  # of what is allowed
    allowed: str
    reason: str  # why they disagree

    @property
    def per_cent(self) -> str:
        """The share in words; a share that rounds to nothing is not nothing."""
        percentage = 100 * self.share
        return f"{percentage:.0f} %" if percentage >= 1 or not percentage else "under 1 %"


@dataclass(frozen=True)
class Result:
    """All that is known of one named result."""

    name: str
    values: list[Value]
    between: list[Gap]  # engines
    expected: str | None
    to_expected: list[Gap]

    @property
    def measured(self) -> bool:
        return self.name.startswith(MEASURED)

    @property
    def agrees(self) -> bool:
        return not any(gap.reason for gap in [*self.between, *self.to_expected])


def results_of(row: Row) -> list[Result]:
    """Return the results of an example, in the author's order, the disagreeing ones first."""
    # PyTorch's order is the author's: jax.jit sorts the names of a dict.
    outcomes = reversed(row.outcomes.values())
    names = dict.fromkeys(name for outcome in outcomes for name in outcome.results)
    names |= dict.fromkeys(check.name for check in row.checks)
    found = [_result(row, name) for name in names]
    return sorted(found, key=lambda result: result.agrees)


def _result(row: Row, name: str) -> Result:
    checks = [check for check in row.checks if check.name == name]
    values = {
        engine: outcome.results[name]
        for engine, outcome in row.outcomes.items()
        if name in outcome.results
    }
    expected = [check for check in checks if check.right == EXPECTED]
    return Result(
        name,
        _values(values),
        _gaps([check for check in checks if check.right != EXPECTED]),
        show(expected[0].right_value) if expected else None,
        _gaps(expected),
    )


def _values(values: Mapping[str, Plain]) -> list[Value]:
    """Join the engines that show the same."""
    engines: dict[tuple[str, str], list[str]] = {}
    for engine, value in values.items():
        engines.setdefault((show(value), describe(value)), []).append(engine)
    return [
        Value(text, kind, names, _range(values[names[0]]), _curve(values[names[0]]))
        for (text, kind), names in engines.items()
    ]


def _gaps(checks: Sequence[Check]) -> list[Gap]:
    """Join the pairs that are as far apart; the furthest first."""
    gaps: dict[tuple, Gap] = {}
    for check in sorted(checks, key=lambda check: -check.found.share):
        found = check.found
        text = f"{found.largest:.2g}" if found.largest else ("" if found.reason else "equal")
        allowed = str(found.tolerance) if found.tolerance and found.tolerance.absolute else ""
        key = (text, allowed, found.reason)
        gap = gaps.setdefault(key, Gap([], text, found.share, allowed, found.reason))
        sides = (check.left,) if check.right == EXPECTED else (check.left, check.right)
        gap.pairs.append(sides)
    return list(gaps.values())


def _numbers(value: Plain) -> np.ndarray | None:
    """Return a long array of finite real numbers as floats, or None."""
    if not isinstance(value, np.ndarray) or value.size <= LONG:
        return None
    if value.dtype.kind in "bc" or value.dtype.kind not in KINDS:
        return None
    numbers = value.astype(float)
    return numbers if np.isfinite(numbers).all() else None


def _range(value: Plain) -> str:
    numbers = _numbers(value)
    if numbers is None:
        return ""
    return f"{numbers.size} numbers from {numbers.min():.4g} to {numbers.max():.4g}"


def _curve(value: Plain) -> str:
    numbers = _numbers(value)
    if numbers is None or max(numbers.shape) != numbers.size:
        return ""
    row = numbers.reshape(-1)
    row = row[np.linspace(0, row.size - 1, min(row.size, POINTS)).round().astype(int)]
    span = np.ptp(row) or 1.0
    across = np.linspace(1, WIDTH - 1, row.size)
    down = HEIGHT - 1 - (row - row.min()) / span * (HEIGHT - 2)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
