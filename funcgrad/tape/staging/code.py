"""Python code that is written for one program: what a call does, without loops and lookups.

A call of a compiled function takes some microseconds, about as long as Python would spend on going
through lists of conditions, places and recipes. So these write down what they stand for, once, as
the lines of a function.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from ..written import written
from .refusals import Untraceable

# What a call gives back if the program is not for it.
MISS = object()

Mode = Literal["checked", "unchecked", "why"]


class Code:
    """Lines of a function, and the objects that they name.

    First come the conditions, then, from `begin` on, what the call does.

    Example:
        >>> code = Code()
        >>> x = code.local("leaves[0]")
        >>> code.require(f"{x} > 0", "x is not positive")
        >>> code.begin()
        >>> code.add(f"return {x} + {code.bind(10)}")
        >>> add = code.function("add")
        >>> add([1]), add([-1]) is MISS, code.function("add", "unchecked")([-1])
        (11, True, 9)
        >>> code.function("add", "why")([-1])
        'x is not positive'
    """

    def __init__(self) -> None:
        self._conditions: list[tuple[str, str]] = []
        self._required: set[str] = set()
        self._body: list[tuple[str, bool]] = []
        self._begun = False
        self._bound: dict[str, Any] = {"MISS": MISS}
        self._names: dict[int, str] = {}
        self._locals: dict[str, str] = {}

    def bind(self, thing: Any) -> str:
        """A name for an object; truth values and None have one."""
        if thing is None or thing is True or thing is False:
            return repr(thing)
        if id(thing) not in self._names:
            name = f"k{len(self._names)}"
            self._names[id(thing)], self._bound[name] = name, thing
        return self._names[id(thing)]

    def local(self, expression: str, *, acts: bool = False) -> str:
        """A variable that holds what an expression is where it is first asked for.

        Args:
            expression: to be evaluated once.
            acts: whether that changes something, so that it is no part of a condition.
        """
        if expression not in self._locals:
            if acts and not self._begun:
                raise Untraceable(
                    "asks for a number that a scheduler has just set", "step the scheduler last"
                )
            name = self._locals[expression] = f"v{len(self._locals)}"
            line = f"{name} = {expression}"
            if self._begun:
                self.add(line)
            else:
                self._conditions.append((line, ""))
        return self._locals[expression]

    def require(self, condition: str, words: str, written: bool = False) -> None:
        """Write a condition without which the call is none of this program's.

        Args:
            condition: an expression.
            words: what is so where it does not hold.
            written: whether that is an expression, for words.
        """
        assert not self._begun
        if condition not in self._required:
            self._required.add(condition)
            self._conditions.append((condition, words if written else repr(words)))

    def begin(self) -> None:
        """The conditions are written."""
        self._begun = True

    def add(self, line: str, refuses: bool = False) -> None:
        """Write a line of what the call does; one may refuse operands that it is not for."""
        assert self._begun
        self._body.append((line, refuses))

    def function(self, name: str, mode: Mode = "checked") -> Callable[[Sequence[Any]], Any]:
        """The function of the lines; its argument is called `leaves`.

        Args:
            name: of it, for tracebacks.
            mode: "checked" returns `MISS` where a condition does not hold, "unchecked" asks for
                none; "why" does nothing but check, and returns words, or None.
        """
        return written(name, "leaves", self._lines(mode), self._bound, f", {mode}")

    def _lines(self, mode: Mode) -> Iterator[str]:
        yield "try:"
        for line, words in self._conditions:
            if not words:
                yield f"    {line}"
            elif mode != "unchecked":
                yield f"    if not ({line}): return {'MISS' if mode == 'checked' else words}"
        yield "    pass"
        # A name that is gone from a dict or a closure.
        yield "except (KeyError, ValueError):"
        gone = {"checked": "return MISS", "unchecked": "raise", "why": "return 'a name is gone'"}
        yield f"    {gone[mode]}"
        for line, refuses in self._body if mode != "why" else ():
            if refuses and mode == "checked":
                yield from ("try:", f"    {line}", "except (TypeError, ValueError): return MISS")
            else:
                yield line
