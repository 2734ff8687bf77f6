"""The equation of a program that makes a NaN, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Equation:
    """The equation of a program whose output is the first that is not finite.

    Attributes:
        primitive: the name of the operation: "div".
        index: which equation it is of the innermost program around it, from 1.
        text: the equation: "c = div a b".
        inputs: its inputs, shortened; those at the entry in question where it works entry by entry.
        result: "nan" or "inf".
        entry: the index of that entry in the output, or () for a number.
        inside: the programs around it, outermost first: ("jit safe_log", "scan, step 2").
        line: the line of the user's code that it comes from: "losses.py:12 in safe_log", or "".
        backward: whether it belongs to the backward pass.
        origin: the equation that made the infinity from which this one makes a NaN, or None.
    """

    primitive: str
    index: int
    text: str
    inputs: tuple[str, ...]
    result: str
    entry: tuple[int, ...] = ()
    inside: tuple[str, ...] = ()
    line: str = ""
    backward: bool = False
    origin: Equation | None = None

    def __str__(self) -> str:
        words = f"equation {self.index}"
        if self.inside:
            words += f" of {' in '.join(reversed(self.inside))}"
        if self.backward:
            words += " of the backward pass" if not self.inside else " (backward pass)"
        words += f": {self.text} (inputs {', '.join(self.inputs)})"
        if self.line:
            words += f" at {self.line}"
        return words if self.origin is None else f"{words}; its inf comes from {self.origin}"
