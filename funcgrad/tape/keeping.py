"""Leaving things as they were: what a call of a function may change, found and put back.

A function of tensors may edit more than it returns. Batch normalisation edits its running
statistics, dropout advances the generator, `backward` fills `.grad`. Traced by JAX, such an edit
would leave tracers behind in tensors that outlive the call.
"""

import functools
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .random import generator as generators
from .random.generator import Generator
from .tensor import Tensor

PROTOCOL = "__gradient_function__"


def has_state(value: Any) -> bool:
    """Whether a value is a tensor, or holds tensors as a module does."""
    return hasattr(type(value), PROTOCOL)


def reached(function: Callable[..., Any]) -> list[Any]:
    """The tensors, modules and generators that a function can reach without being given them.

    They are looked for where Python keeps what a function knows: in closures, defaults and the
    globals that the code names, in `functools.partial`, in the owner of a bound method or the
    object that is called, and in the lists, tuples and dicts found there.
    """
    found: list[Any] = []
    seen: set[int] = set()
    waiting: list[Any] = [function]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if has_state(value) or isinstance(value, Generator):
            found.append(value)
        elif isinstance(value, functools.partial):
            waiting += [value.func, *value.args, *value.keywords.values()]
        elif isinstance(value, types.MethodType):
            waiting += [value.__func__, value.__self__, *_attributes(value.__self__)]
        elif isinstance(value, types.FunctionType):
            waiting += _known_to(value)
        elif isinstance(value, (list, tuple)):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
        elif value is function:  # an object that can be called
            waiting += [type(function).__call__, *_attributes(function)]
    return found


def _attributes(owner: Any) -> Iterable[Any]:
    if has_state(owner) or isinstance(owner, type):
        return ()
    return getattr(owner, "__dict__", {}).values()


def _known_to(function: types.FunctionType) -> Iterator[Any]:
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # a name that has no value yet
            continue
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [c for c in code.co_consts if isinstance(c, types.CodeType)]
        for name in code.co_names:
            if name in function.__globals__:
                yield function.__globals__[name]


@contextmanager
def unchanged(things: Iterable[Any]) -> Iterator[None]:
    """Put tensors, modules and generators back as they were when the block ends.

    Args:
        things: tensors, modules (with all they hold) and generators; the default generators are
            always put back.
    """
    kept = _Kept()
    for thing in (*things, *default_generators()):
        kept.take(thing)
    try:
        yield
    finally:
        kept.put_back()


def default_generators() -> list[Generator]:
    """The generators that are drawn from where none is given, one a device."""
    return [generators.default_generator, *generators._others.values()]


class _Kept:
    """Copies of what can change, one level deep; what they hold is copied in its turn."""

    def __init__(self) -> None:
        self._seen: dict[int, Any] = {}  # the things themselves, so that no id is used again
        self._undo: list[Callable[[], Any]] = []

    def take(self, thing: Any) -> None:
        waiting = [thing]
        while waiting:
            value = waiting.pop()
            if id(value) in self._seen:
                continue
            if isinstance(value, Tensor):
                waiting += [value._base_tensor, value._grad]
                self._take_tensor(value)
            elif has_state(value):
                waiting.append(value.__dict__)
            elif isinstance(value, (dict, list, set)):
                waiting += value.values() if isinstance(value, dict) else value
                self._undo.append(functools.partial(_refill, value, value.copy()))
            elif isinstance(value, tuple):
                waiting += value
            elif isinstance(value, Generator):
                stream = value._stream
                self._undo.append(functools.partial(stream.set_state, stream.get_state()))
            else:
                continue
            self._seen[id(value)] = value

    def _take_tensor(self, tensor: Tensor) -> None:
        cell, counter = tensor._cell, tensor._counter
        fields, array, writes = dict(tensor.__dict__), cell.array, cell.writes
        version = counter.value

        def undo() -> None:
            _refill(tensor.__dict__, fields)
            cell.array, cell.writes, counter.value = array, writes, version

        self._undo.append(undo)

    def put_back(self) -> None:
        for undo in self._undo:
            undo()


def _refill(container: Any, content: Any) -> None:
    container.clear()
    if isinstance(container, list):
        container.extend(content)
    else:
        container.update(content)


def become(tensor: Tensor, other: Tensor) -> None:
    """Let a tensor have the value of another and its place in the graph.

    All that refers to the tensor, tied weights too, then computes with the other. Inside
    `unchanged([tensor])` it is itself again afterwards.
    """
    edge = other._edge()
    for name in ("_cell", "_counter", "_steps", "_value", "_value_writes", "_base_tensor",
                 "_node_version", "_creation", "_inference", "_forward"):  # fmt: skip
        setattr(tensor, name, getattr(other, name))
    # The end of a leaf stands for the leaf, as where a leaf was saved.
    tensor._node, tensor._output_nr = edge or (None, 0)
    tensor._leaf_requires, tensor._accumulator = False, None
