"""What a check found: a verdict a property, and a counterexample where one broke."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["pass", "fail", "unavailable", "inconclusive"]

#: Every property, in the order in which they are told.
PROPERTIES = (
    "value",
    "taylor",
    "interval",
    "duality",
    "cotangent",
    "second",
    "jit",
    "vmap",
    "structure",
    "size",
    "finite",
    "state",
    "precision",
)


@dataclass(frozen=True)
class PropertyResult:
    """The verdict on one property.

    Attributes:
        name: one of `PROPERTIES`.
        verdict: "pass", "fail", "unavailable" (there is nothing to test: no forward mode, say) or
            "inconclusive" (it was tried and could not be decided), never "pass" without a check.
        reason: why, in one sentence; empty for a plain pass.
        checks: how many comparisons were made.
        worst: the largest error over its tolerance (1 is the border), or 0.
    """

    name: str
    verdict: Verdict
    reason: str = ""
    checks: int = 0
    worst: float = 0.0


@dataclass(frozen=True)
class Counterexample:
    """Where a property broke, shrunken.

    Attributes:
        property: its name.
        claim: what should have held, in one sentence.
        arguments: the arguments of the call, as NumPy arrays and what else it takes.
        cotangent: the cotangent of the outputs that shows it, or None.
        direction: the tangent of the differentiated arguments that shows it, or None.
        expected: what should have come out: a number, an array or a description.
        got: what came out.
        where: which entry: "d out[0] / d args[1]['w'][2, 0]".
        error: the error over its tolerance; infinite where no number tells.
        cause: a guess at the cause, where the numbers suggest one, or "".
        reproducer: a program of at most 12 lines that shows it when pasted.
        facts: the evidence that the guess rests on, by name; see `diagnosis`.
        names: what the function calls its arguments, in their order; none for args[0], args[1], …
    """

    property: str
    claim: str
    arguments: tuple[Any, ...]
    cotangent: Any = None
    direction: Any = None
    expected: Any = None
    got: Any = None
    where: str = ""
    error: float = float("inf")
    cause: str = ""
    reproducer: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What `check_gradients` found.

    Attributes:
        function: the name of the function.
        properties: a `PropertyResult` by name, for all of `PROPERTIES` that were asked for.
        counterexample: where it failed, or None.
        examples: how many points were tried.
        shapes: the shape signatures that were tried, as text: "f32[3], f32[3,2]".
        compilations: how many programs were compiled.
        kinks: how many entries were met where the function has no derivative.
        worst: the largest error over its tolerance.
        seconds: CPU seconds.
        seed: what makes the same examples again.
        profile: "fast", "default" or "thorough".
        notes: what else a reader should know.
    """

    function: str
    properties: dict[str, PropertyResult]
    counterexample: Counterexample | None = None
    examples: int = 0
    shapes: tuple[str, ...] = ()
    compilations: int = 0
    kinks: int = 0
    worst: float = 0.0
    seconds: float = 0.0
    seed: int = 0
    profile: str = "default"
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no property failed."""
        return self.counterexample is None

    def __str__(self) -> str:
        """What broke and how to see it again, in at most 40 lines, or how much passed in one."""
        from funcgrad.testing.telling.text import message

        return message(self)

    def markdown(self) -> str:
        """The report as a page of Markdown."""
        from funcgrad.testing.telling.markdown import markdown

        return markdown(self)

    _repr_markdown_ = markdown  # what a notebook shows

    def to_json(self) -> dict[str, Any]:
        """The report as what `json.dumps` takes; arrays as nested lists with their dtype."""
        from funcgrad.testing.telling.as_json import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Report:
        """The report that `to_json` told of; what JSON cannot hold comes back as text.

        Raises:
            ValueError: it is of another version.
        """
        from funcgrad.testing.telling.as_json import parts

        report, results, broke = parts(told)
        return cls(
            **report,
            properties={result["name"]: PropertyResult(**result) for result in results},
            counterexample=Counterexample(**broke) if broke else None,
        )


class GradientError(AssertionError):
    """A gradient is wrong.

    Attributes:
        report: the `Report`.
        counterexample: its `Counterexample`.
    """

    def __init__(self, report: Report, message: str) -> None:
        super().__init__(message)
        self.report = report
        self.counterexample = report.counterexample

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.report, str(self))
