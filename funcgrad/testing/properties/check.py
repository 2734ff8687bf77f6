"""What one look at one property saw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from funcgrad.testing.measurement import Measurement
from funcgrad.testing.report import Counterexample
from funcgrad.testing.rows import Rows
from funcgrad.testing.traces import Missing

_MOST = 8  # entries that are looked at again


@dataclass(frozen=True)
class Check:
    """A property at a point.

    Attributes:
        property: its name.
        ratio: the largest error over its tolerance; above 1 it broke.
        count: how many comparisons were made.
        undecided: how many could not be decided.
        kinks: how many were at points without a derivative.
        finding: what broke, without the words that are added once it is shrunken.
        note: what else is to be told.
    """

    property: str
    ratio: float = 0.0
    count: int = 0
    undecided: int = 0
    kinks: int = 0
    finding: Counterexample | None = None
    note: str = ""


@dataclass(frozen=True)
class Outside:
    """An entry that is outside of what is allowed: how far, over its tolerance, and where."""

    ratio: float
    line: int
    column: int


def confirmed(
    ratios: Rows, order: Sequence[Sequence[int]], again: Callable[[int], Rows]
) -> Iterator[Outside]:
    """The entries that are outside by a second ladder of steps, too.

    Args:
        ratios: the errors over their tolerance by the first, `(L, C)`.
        order: lines and columns to look at, of which the first eight are.
        again: the same of one line by the second, `(C,)`.
    """
    tried: dict[int, Rows] = {}
    for line, column in order[:_MOST]:
        if line not in tried:
            tried[line] = again(line)
        if tried[line][column] > 1:
            ratio = float(min(ratios[line, column], tried[line][column]))
            yield Outside(ratio, line, column)


def largest(values: Any) -> float:
    """The largest entry, or 0 of none; a NaN counts as infinite."""
    values = np.nan_to_num(np.asarray(values, float), nan=np.inf)
    return float(values.max()) if values.size else 0.0


def finding(
    measured: Measurement,
    name: str,
    claim: str,
    *,
    cotangent: Any = None,
    direction: Any = None,
    **told: Any,
) -> Counterexample:
    """A counterexample at the measured point, its vectors laid out as the user's trees."""
    programs = measured.programs
    inputs, outputs = programs.inputs, programs.outputs
    differentiated, fixed = programs.subject.split(measured.leaves)
    return Counterexample(
        property=name,
        claim=claim,
        arguments=programs.subject.arguments(differentiated, fixed),
        cotangent=None if cotangent is None else outputs.leaves(cotangent, dual=True),
        direction=None if direction is None else inputs.leaves(direction),
        names=programs.subject.names,
        **told,
    )


def raised(
    measured: Measurement,
    name: str,
    claim: str,
    error: BaseException,
    *,
    where: str,
    expected: str = "a derivative",
) -> Check:
    """A property broken by an exception."""
    told = finding(
        measured,
        name,
        claim,
        cotangent=measured.random_cotangent,
        expected=expected,
        got=in_words(error),
        where=where,
        facts={"exception": error},
    )
    return Check(name, float("inf"), 1, finding=told)


def in_words(error: BaseException) -> str:
    """An exception's type and the first line of its message."""
    line = (str(error).splitlines() or [""])[0]
    return f"none: {line}" if isinstance(error, Missing) else f"{type(error).__name__}: {line}"
