"""The table of misuse: a program that goes wrong, and the words of PyTorch's error for it.

A program is a function of `torch`. It raises, or it is a generator that yields once, before the
line that goes wrong, a function without arguments: what that gives after the error, tensors and
plain values, is the state that the error leaves.
"""

import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..tape.outcome import facts


@dataclass(frozen=True)
class Misuse:
    """One entry.

    Attributes:
        kind: the class of misuse that it belongs to.
        words: phrases of PyTorch's message that a user would search for.
        way_out: phrases of PyTorch's message that say what to do instead.
        program: the function that goes wrong.
    """

    kind: str
    words: tuple[str, ...]
    way_out: tuple[str, ...]
    program: Callable[..., Any]

    @property
    def leaves_state(self) -> bool:
        """Whether the state after the error is compared too."""
        return inspect.isgeneratorfunction(self.program)


@dataclass(frozen=True)
class Raised:
    """The error of a program on one engine, and the state that it left.

    Attributes:
        names: of the error's class and those above it.
        message: its text.
        state: one value, if the program came to the line that goes wrong.
    """

    names: tuple[str, ...]
    message: str
    state: tuple[Any, ...]


TABLE: dict[str, Misuse] = {}


def misuses(kind: str) -> Callable[..., Any]:
    """The decorator that enters programs of one class; twin names raise `ValueError`."""

    def misuse(*words: str, way_out: str | tuple[str, ...] = ()) -> Callable[..., Any]:
        def enter(program: Callable[..., Any]) -> Callable[..., Any]:
            name = program.__name__
            if name in TABLE:
                raise ValueError(f"two misuses are called {name}")
            ways = (way_out,) if isinstance(way_out, str) else way_out
            TABLE[name] = Misuse(kind, words, ways, program)
            return program

        return enter

    return misuse


def leaf(torch: Any, *values: float) -> Any:
    """A tensor that the user made, and that requires grad."""
    return torch.tensor(list(values), requires_grad=True)


def run(misuse: Misuse, torch: Any) -> Raised | None:
    """The error on one engine; None if there was none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        look = None
        torch.manual_seed(0)
        try:
            begun = misuse.program(torch)
            if misuse.leaves_state:
                look = next(begun)
                next(begun, None)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
            names = tuple(kind.__name__.lstrip("_") for kind in type(error).__mro__)
            return Raised(names, str(error), () if look is None else (facts(look(), torch),))
    return None
