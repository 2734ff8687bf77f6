"""How a claim is written down: a program whose name is the claim.

A program takes the face (`funcgrad.torch`, or real PyTorch) and returns what the claim is about.
It may assert the claim too; an assertion that fails on PyTorch is a claim that is not PyTorch's.
"""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

Program = Callable[[Any], Any]


class Claim(NamedTuple):
    """A claim of a note.

    Attributes:
        note: the note it stands in.
        section: the heading there.
        program: the program; its name is the claim, its docstring says it in our words.
        words: of a claim that something is an error, words of PyTorch's message.
    """

    note: str
    section: str
    program: Program
    words: str | None

    @property
    def name(self) -> str:
        return self.program.__name__


CLAIMS: list[Claim] = []


class Note:
    """A note of PyTorch's documentation.

    Args:
        name: its title.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._section = ""

    def section(self, name: str) -> None:
        """The claims that follow stand under this heading."""
        self._section = name

    def claim(self, program: Program) -> Program:
        """Add a claim."""
        CLAIMS.append(Claim(self.name, self._section, program, None))
        return program

    def error(self, words: str) -> Callable[[Program], Program]:
        """Add a claim that something is an error, with words of PyTorch's message."""

        def add(program: Program) -> Program:
            CLAIMS.append(Claim(self.name, self._section, program, words))
            return program

        return add


def leaf(torch: Any, *values: float) -> Any:
    """A vector that requires grad."""
    return torch.tensor(list(values), requires_grad=True)


def failure(action: Callable[[], Any]) -> str:
    """The name of the error that an action raises."""
    try:
        action()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return type(error).__name__
    return "nothing raised"


def warned(action: Callable[[], Any], words: str) -> list[str]:
    """The categories of the warnings with these words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        action()
    return [w.category.__name__ for w in caught if words.lower() in str(w.message).lower()]
