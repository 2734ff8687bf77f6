"""What the Python code of a traced function looks at: its globals, closures and attributes.

A program has the values in it that these had in the trace. They become conditions of it: where one
is another at a call, the function is traced again. And where the function itself sets one, a
program could not do it again, so the trace is refused and all is put back.
"""

import dis
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

import jax

from ..tensor import Tensor
from ..written import WRITTEN
from .code import Code
from .options import is_optimizer
from .refusals import Untraceable
from .watch import MISSING

_OURS = Path(__file__).parents[2]
_SHOWN = tuple(str(_OURS / "torch" / part) for part in ("nn", "optim"))
_LIBRARIES = (str(_OURS), str(Path(jax.__file__).parent), "<frozen", WRITTEN)
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_MOST = 1000  # elements of a list that are looked at
_FEW = 32  # of which each has a condition of its own in the code of a call


class Source:
    """An entry of a dict (of globals, or of an object's attributes) or a variable of a closure."""

    __slots__ = ("_items", "held", "key", "value")

    def __init__(self, held: Any, key: str) -> None:
        self.held, self.key = held, key
        self.value = self.now()
        self._items = _items(self.value)

    def now(self) -> Any:
        """What it is now."""
        if isinstance(self.held, dict):
            return self.held.get(self.key, MISSING)
        try:
            return self.held.cell_contents
        except ValueError:  # not yet assigned
            return MISSING

    def is_same(self) -> bool:
        """Whether it is what it was, and holds what it held."""
        now, before = self.now(), self.value
        if now is not before and not (type(now) in _PLAIN and _same_plain(now, before)):
            return False
        return self._items is None or _alike(_items(now), self._items)

    def condition(self, code: Code) -> str:
        """That it is what it was, as an expression."""
        held, value = code.bind(self.held), code.bind(self.value)
        if not isinstance(self.held, dict):
            now = f"{held}.cell_contents"
            if self.value is MISSING:
                return f"not {code.bind(_is_assigned)}({held})"
        elif self.value is MISSING:
            return f"{self.key!r} not in {held}"
        else:
            now = f"{held}[{self.key!r}]"
        if self._items is not None and type(self.value) is not tuple:
            now = code.local(now)
            return f"{now} is {value} and {self._holds(code, now)}"
        return _is(code, now, self.value)

    def _holds(self, code: Code, now: str) -> str:
        """That a list or dict holds what it held, as an expression."""
        value, items = self.value, self._items
        assert items is not None
        if not items:
            return f"not {now}"
        known = len(items) <= _FEW and (type(value) is list or all(map(_is_text, value)))
        if not known:
            return f"{code.bind(_alike)}({code.bind(_items)}({now}), {code.bind(items)})"
        if type(value) is list:
            entries, held = tuple(range(len(items))), items
            same = [f"len({now}) == {len(items)}"]
        else:
            entries, held = items[::2], items[1::2]
            same = [f"list({now}) == {code.bind(list(entries))}"]
        each = zip(entries, held, strict=True)
        return " and ".join(same + [_is(code, f"{now}[{key!r}]", item) for key, item in each])

    def restore(self) -> None:
        """Put back what it was."""
        if not isinstance(self.held, dict):
            self.held.cell_contents = self.value
        elif self.value is MISSING:
            self.held.pop(self.key, None)
        else:
            self.held[self.key] = self.value
        if isinstance(self.value, list):
            self.value[:] = self._items or ()
        elif isinstance(self.value, dict) and self._items is not None:
            self.value.clear()
            self.value.update(zip(self._items[::2], self._items[1::2], strict=True))


def _items(value: Any) -> tuple[Any, ...] | None:
    """What a container holds, one level deep."""
    if type(value) in (list, tuple) and len(value) <= _MOST:
        return tuple(value)
    if isinstance(value, dict) and len(value) <= _MOST:
        return tuple(item for pair in value.items() for item in pair)
    return None


def _is(code: Code, now: str, before: Any) -> str:
    """That something is what it was, as an expression."""
    same = f"{now} is {code.bind(before)}"
    if type(before) in _PLAIN and before is not None:
        return f"({same} or {code.bind(_same_plain)}({now}, {code.bind(before)}))"
    return same


def _is_text(key: Any) -> bool:
    return type(key) is str


def _is_assigned(held: Any) -> bool:
    """Whether a variable of a closure has a value."""
    try:
        held.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _same_plain(one: Any, other: Any) -> bool:
    return type(one) is type(other) and _equal(one, other)


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) or (one != one and other != other)


def _alike(one: Sequence[Any] | None, other: Sequence[Any]) -> bool:
    return one is not None and len(one) == len(other) and all(
        a is b or (type(a) in _PLAIN and _same_plain(a, b))
        for a, b in zip(one, other, strict=True)
    )  # fmt: skip


class Names(NamedTuple):
    """Names of globals and attributes in some code, and those of them that it sets."""

    all: tuple[str, ...]
    set: frozenset[str]


@lru_cache(maxsize=4096)
def _names(code: CodeType) -> Names:
    sets = (i.argval for i in dis.get_instructions(code) if i.opname.startswith("STORE_"))
    return Names(tuple(dict.fromkeys(code.co_names)), frozenset(sets))


def _count(code: CodeType) -> int:
    """How many of its variables are parameters."""
    return code.co_argcount + code.co_kwonlyargcount


class Sources:
    """Collects what is looked at while it is on.

    Args:
        function: that is going to be called.
    """

    def __init__(self, function: Any) -> None:
        self._found: dict[tuple[int, str], Source] = {}
        self._seen: set[tuple[Any, ...]] = set()
        self._looked: set[tuple[int, Names]] = set()
        self._kept: list[Any] = []
        self._closures: dict[CodeType, Any] = {}
        self._enter(function)

    def _enter(self, value: Any) -> None:
        """Note the closure of a function that may be called."""
        function = getattr(value, "__func__", value)
        while isinstance(function, FunctionType):
            if function.__closure__:
                self._closures[function.__code__] = function.__closure__
            function = vars(function).get("__wrapped__")

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event != "call":
            return
        code, name = frame.f_code, frame.f_code.co_filename
        shown = name.startswith(_SHOWN)
        if not shown and (name.startswith(_LIBRARIES) or _is_library(frame)):
            return
        given = [frame.f_locals.get(key) for key in code.co_varnames[: _count(code)]]
        fields = [found for value in given if (found := _fields(value)) is not None]
        call = (code, *map(id, fields))
        if call in self._seen:
            return
        self._seen.add(call)
        self._kept += fields  # an identity is that of a living object
        names = _names(code)
        for found in fields:
            self._attributes(found, names)
        if shown:
            return
        for key in names.all:
            if key in frame.f_globals and not _is_fixed(frame.f_globals[key]):
                self._note(frame.f_globals, key, names)
        for key, cell in zip(code.co_freevars, self._closures.get(code, ()), strict=False):
            self._note(cell, key, names)

    def _attributes(self, fields: dict[str, Any], names: Names) -> None:
        stores = [fields] + [fields[s] for s in ("_parameters", "_buffers", "_modules")
                             if isinstance(fields.get(s), dict)]  # fmt: skip
        for key in names.all:
            held = next((store for store in stores if key in store), None)
            if held is not None and not _is_fixed(held[key]):
                self._note(held, key, names)
            elif held is None and key in names.set:
                self._note(fields, key, names)

    def _note(self, held: Any, key: str, names: Names) -> None:
        if (id(held), key) not in self._found:
            source = self._found[id(held), key] = Source(held, key)
            self._enter(source.value)
        value = self._found[id(held), key].value
        fields = _fields(value)
        if fields is not None and (id(fields), names) not in self._looked:
            self._looked.add((id(fields), names))
            self._attributes(fields, names)

    def all(self) -> list[Source]:
        """What was looked at."""
        return list(self._found.values())

    def refuse_changes(self) -> None:
        """Raise for what the function has set."""
        for source in self._found.values():
            if not source.is_same():
                raise Untraceable(
                    f"changes `{source.key}`, which a program would not do again",
                    "do that outside of the compiled function, or return what it is to be",
                )

    def restore(self) -> None:
        """Put back what the function has set."""
        for source in self._found.values():
            if not source.is_same():
                source.restore()


def _is_library(frame: FrameType) -> bool:
    """Whether a frame is none of the user's code."""
    root = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    installed = "site-packages" in frame.f_code.co_filename
    known = root in sys.stdlib_module_names or root in ("jax", "jaxlib", "funcgrad")
    return installed or known or root.startswith("namedtuple_")


def _fields(owner: Any) -> dict[str, Any] | None:
    """The attributes of an object whose code may look at them; of tensors others take care."""
    if isinstance(owner, (Tensor, type, ModuleType, FunctionType)) or is_optimizer(owner):
        return None
    try:
        found = object.__getattribute__(owner, "__dict__")
    except AttributeError:  # it has none, or is a stand-in for a number
        return None
    return found if isinstance(found, dict) else None


def _is_fixed(value: Any) -> bool:
    """Whether a name for this is not expected to be given to something else."""
    return isinstance(value, (ModuleType, type))


@contextmanager
def looking(sources: Sources) -> Iterator[None]:
    """Collect what the code that runs here looks at; a profiler does not see it."""
    before = sys.getprofile()
    sys.setprofile(sources)
    try:
        yield
    finally:
        sys.setprofile(before)
