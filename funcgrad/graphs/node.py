"""A node of a graph, and how one is written in a line of text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from funcgrad.errors import GraphError

# What a node is, by the first word of its label; every other word names an operation.
KINDS = {
    "AccumulateGrad": "leaf",
    "input": "input",
    "constant": "constant",
    "output": "output",
    "saved": "saved",
    "…": "more",
}

# A node as text: "group | label: detail #2". So none of its parts may hold what divides them.
DIVIDERS = re.compile(r"->| \| |: | #|\n")
TEXT = re.compile(r"(?:(?P<group>.+?) \| )?(?P<label>.+?)(?:: (?P<detail>.+?))?(?: #\d+)?")


@dataclass(frozen=True)
class Node:
    """A box of the drawing.

    Args:
        label: what it is: `AddBackward0`, `AccumulateGrad w`, `input x`, `reduce_sum axes=(0,)`.
        detail: the type, or the types, of what it makes or holds: `float32[5,3]`.
        group: the nested program that it belongs to, such as `body of scan`; "" outside of any.

    Raises:
        GraphError: the label is empty, or a part contains what divides them in a line of text.
    """

    label: str
    detail: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        if not self.label:
            raise GraphError("a node needs a label: 'AddBackward0', say")
        for part in (self.label, self.detail, self.group):
            divider = DIVIDERS.search(part)
            if divider or part != part.strip():
                divides = repr(divider[0]) if divider else "a blank around them"
                raise GraphError(
                    f"{part!r} cannot be part of a node: {divides} divides the parts of a line of "
                    "text. Choose another name"
                )

    @classmethod
    def from_text(cls, text: str) -> Node:
        """Read a node from its text; a number at its end only tells equal texts apart."""
        match = TEXT.fullmatch(text)
        if match is None:
            raise GraphError(f"a node is written 'label: detail', not {text!r}")
        return cls(match["label"], match["detail"] or "", match["group"] or "")

    @property
    def text(self) -> str:
        """The node in one line."""
        group = f"{self.group} | " if self.group else ""
        return f"{group}{self.label}{self.detail and f': {self.detail}'}"

    @property
    def kind(self) -> str:
        """One of operation, leaf, input, constant, output, saved and more."""
        return KINDS.get(self.label.partition(" ")[0], "operation")
