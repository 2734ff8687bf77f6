"""How a call makes what its function gives back: old tensors, new ones, numbers.

A recipe writes the lines that make it, and returns an expression.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...ops import Kernel
from ..live import Read
from ..storage import Cell, Counter, Step
from ..tensor import Tensor
from .code import Code
from .places import Place


class Kept(NamedTuple):
    """A tensor that was there before."""

    place: Place

    def write(self, call: "Building") -> str:
        return self.place.code(call.code)


class Constant(NamedTuple):
    """Anything but a tensor: the same at every call."""

    value: Any

    def write(self, call: "Building") -> str:
        return call.code.bind(self.value)


class Number(NamedTuple):
    """A Python number that is read or computed at each call."""

    read: Read

    def write(self, call: "Building") -> str:
        return self.read(call.code)


class New(NamedTuple):
    """A tensor that each call makes.

    Attributes:
        kind: its class.
        cell: number of a new cell, which is that of the array it holds; or whose cell it is.
        counter: number of a new counter, or whose counter it is.
        steps: how it reads the cell: kernels, and the numbers of the arrays beside it.
        fields: other attributes of it; `parts` those that are tensors, as recipes.
        output: which result of the call's node it is; -1 for none.
        number: of the tensor among those that the call makes.
    """

    kind: type[Tensor]
    cell: int | Place
    counter: int | Place
    steps: tuple[tuple[Kernel, tuple[int, ...]], ...]
    fields: dict[str, Any]
    parts: "dict[str, Recipe]"
    output: int
    number: int

    def write(self, call: "Building") -> str:
        name, code = f"n{self.number}", call.code
        if name in call.made:
            return name
        call.made.append(name)
        code.add(f"{name} = {code.bind(object.__new__)}({code.bind(self.kind)})")
        code.add(f"{name}._cell = {call.cell(self.cell)}")
        code.add(f"{name}._counter = {call.counter(self.counter)}")
        if self.steps:
            step = code.bind(Step)
            steps = (f"{step}({code.bind(k)}, {call.tuple(extras)})" for k, extras in self.steps)
            code.add(f"{name}._steps = ({', '.join(steps)}, )")
        for field, value in self.fields.items():
            code.add(f"{name}.{field} = {code.bind(value)}")
        for field, recipe in self.parts.items():
            code.add(f"{name}.{field} = {recipe.write(call)}")
        if "_base_tensor" in self.parts:
            code.add(f"{name}._base_steps = {name}._base_tensor._steps")
            call.views.append(name)
        if self.output >= 0:
            code.add(f"{name}._node, {name}._output_nr = {call.node}, {self.output}")
        return name


Recipe = Kept | Constant | Number | New


class Building:
    """Writes how one call makes its tensors.

    Args:
        code: to write.
        arrays: expressions for the results of the program, by number.
        node: for the node of the call in the graph, if it is there.
        parts: for what fills the cells of results that are parts of others.

    Attributes:
        made: names of the tensors that are made; `views` of those that have a base.
    """

    def __init__(
        self, code: Code, arrays: Mapping[int, str], node: str, parts: Mapping[int, str]
    ) -> None:
        self.code, self.arrays, self.node, self._parts = code, arrays, node, parts
        self.made: list[str] = []
        self.views: list[str] = []
        self._new: set[str] = set()

    def tuple(self, numbers: Sequence[int]) -> str:
        return f"({''.join(f'{self.arrays[i]}, ' for i in numbers)})"

    def cell(self, which: int | Place) -> str:
        if not isinstance(which, int):
            return f"{which.code(self.code)}._cell"
        known = len(self._new)
        cell = self._blank(Cell, which)
        if len(self._new) > known:
            slot = "pack" if which in self._parts else "array"
            value = self._parts[which] if which in self._parts else self.arrays[which]
            self.code.add(f"{cell}.{slot}, {cell}.writes = {value}, 0")
        return cell

    def counter(self, which: int | Place) -> str:
        if not isinstance(which, int):
            return f"{which.code(self.code)}._counter"
        known = len(self._new)
        counter = self._blank(Counter, which)
        if len(self._new) > known:
            self.code.add(f"{counter}.value = 0")
        return counter

    def _blank(self, kind: type, which: int) -> str:
        """A variable for a new object, whose attributes are still to be set."""
        name = f"{kind.__name__.lower()}{which}"
        if name not in self._new:
            self._new.add(name)
            self.code.add(f"{name} = {self.code.bind(object.__new__)}({self.code.bind(kind)})")
        return name
