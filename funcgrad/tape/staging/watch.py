"""What a traced function meets of what was there before it, and what it changes.

Nothing is registered beforehand. While a function is traced, three things of the tape are
descriptors: `Cell.array` and `Counter.value`, through which every value and version goes, and
`Tensor._grad`. An array that was there before goes through the primitive `state` when it is first
met, so that the traced program has an equation for each cell that it reads, and what the cells hold
at the end is what it writes. Afterwards everything is as it was.
"""

import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax

from ..graph import AccumulateGrad, Node
from ..live import Read
from ..storage import Cell, Counter, read, stored
from ..strides import memory
from ..tensor import Tensor
from .met import ARRAY, VALUE, Met, holds

Array = jax.Array

MISSING = object()

# The attributes that are a tensor's state (its class annotates them): those in its dictionary.
STATE = frozenset(Tensor.__annotations__) | {
    name for name, value in vars(Tensor).items()
    if name.startswith("_") and not callable(value) and not isinstance(value, property)
}  # fmt: skip


class Watch:
    """One trace.

    Args:
        views: tensors that are views, whose value is read as it is until their memory is edited.
        boundary: makes the node at which the graph of a tensor ends that was there before.
        refuse: refuses backward passes that would go beyond such a node.

    Attributes:
        met: cells and values that were there before, in the order of their indices.
        changed: attributes of tensors that were there before, with what they were.
        versions: counters that were raised, with what they were.
        gradients: for each tensor whose `.grad` was asked for before it was set, what that was.
        conditions: what numbers, and comparisons of them, came out as where Python had to know.
        options: what stands in for options of optimizers, by (identity of the group, key).
        acts: write what the host does at a call.
        entries: of dicts, that must be what they are: (dict, key, value).
    """

    def __init__(
        self,
        views: Sequence[Tensor],
        boundary: Callable[[Tensor], Node],
        refuse: Callable[[Iterable[Node], set[Any]], None],
    ) -> None:
        self.boundary, self.refuse = boundary, refuse
        self._ended: set[int] = set()
        self._is_once = False
        self.thread, self.running = threading.get_ident(), False
        self.met: list[Met] = []
        self.changed: dict[tuple[int, str], tuple[Tensor, Any]] = {}
        self.versions: dict[int, tuple[Counter, int]] = {}
        self.gradients: dict[int, tuple[Tensor, Tensor | None]] = {}
        self.conditions: list[tuple[Read, Any]] = []
        self.options: dict[tuple[int, str], Any] = {}
        self.acts: list[Read] = []
        # Of the arguments that are views, those of which somebody asked how they lie.
        self.laid: dict[int, Tensor] = {}
        self.entries: list[tuple[dict[Any, Any], Any, Any]] = []
        self._cells: dict[int, Met] = {}
        # What was made in the trace, by identity; which another thing may have once it is dead.
        self._made: dict[int, weakref.ref[Any]] = {}
        self._views = {id(view): view for view in views}
        self._shown: dict[int, Met] = {}
        self._owners = {id(view._cell): view for view in views}
        self._undo: list[Callable[[], Any]] = []
        self._after: dict[int, tuple[Any, Callable[[], Any]]] = {}

    def is_new(self, thing: Tensor | Cell | Counter) -> bool:
        """Whether a thing was made in the trace."""
        birth = self._made.get(id(thing))
        return birth is not None and birth() is thing

    def of(self, cell: Cell) -> Met | None:
        """What is known of a cell that was there before; None for those made in the trace."""
        self.meet(cell)
        return self._cells.get(id(cell))

    def meet(self, cell: Cell, tensor: Tensor | None = None) -> None:
        """Note a cell when it is first met."""
        if id(cell) not in self._cells and not self.is_new(cell):
            tensor = self._owners.get(id(cell)) if tensor is None else tensor
            met = self._cells[id(cell)] = Met(self._stored(cell), len(self.met), cell, tensor)
            self.met.append(met)
            ARRAY.__set__(cell, met.tracer)

    def _stored(self, cell: Cell) -> Array:
        with jax.ensure_compile_time_eval():
            return stored(cell)

    def read(self, tensor: Tensor) -> Array:
        """The array behind a tensor."""
        cell = tensor._cell
        if tensor._node is not None and id(tensor) not in self._ended:
            self._end(tensor)
        if not tensor._steps:
            self.meet(cell, tensor)
            return ARRAY.__get__(cell)
        met = self._cells.get(id(cell))
        if not (met and met.written):
            if id(tensor) in self._views:
                return self._show(tensor)
            if tensor._value is not None and self._is_of_shown(tensor):
                return tensor._value
        self.meet(cell, tensor)
        if tensor._value_writes != cell.writes or not isinstance(tensor._value, jax.core.Tracer):
            with jax.enable_x64(True):
                tensor._value = read(tensor._steps, ARRAY.__get__(cell))
            tensor._value_writes = cell.writes
        assert tensor._value is not None
        return tensor._value

    def _end(self, tensor: Tensor) -> None:
        """Let the graph of a tensor that was there before end at it."""
        if not self.is_new(tensor) and not isinstance(tensor._node, AccumulateGrad):
            self._ended.add(id(tensor))
            tensor._node, tensor._output_nr = self.boundary(tensor), 0

    def memory(self, tensor: Tensor) -> tuple[tuple[int, ...], Any]:
        """Shape and dtype of a tensor's memory, where only its strides matter."""
        cell = tensor._cell
        met = self._cells.get(id(cell))
        if id(cell) not in self._owners or (met and met.written):
            return memory(tensor)
        self.laid.update((i, view) for i, view in self._views.items() if view._cell is cell)
        array = self._stored(cell)
        return array.shape, array.dtype

    def _is_of_shown(self, tensor: Tensor) -> bool:
        """Whether it is a view, made in the trace, of an argument of which the value is known."""
        return (
            id(tensor._cell) in self._owners
            and self.is_new(tensor)
            and tensor._value_writes == tensor._cell.writes
            and isinstance(tensor._value, jax.core.Tracer)
        )

    def _show(self, view: Tensor) -> Array:
        met = self._shown.get(id(view))
        if met is None:
            assert view._value is not None
            met = self._shown[id(view)] = Met(view._value, len(self.met), tensor=view)
            self.met.append(met)
        return met.tracer

    # --- what stand-ins for numbers call ------------------------------------------------------

    def is_running(self) -> bool:
        """Whether the trace goes on, in this thread."""
        return self.running and self.thread == threading.get_ident()

    def operand(self, number: Any, read: Read, *, always: bool = False) -> Array:
        """Make a number, or an array of the host, an operand of the program.

        Args:
            number: what it is now.
            read: what it is at a call.
            always: whether it is asked for also where the program does not need it.
        """
        with jax.enable_x64(True), jax.ensure_compile_time_eval():
            array = jax.device_put(number)
        met = Met(array, len(self.met), read=read)
        met.always = always
        self.met.append(met)
        return met.tracer

    def require(self, read: Read, outcome: Any) -> None:
        """Make the program one for this outcome alone."""
        self.conditions.append((read, outcome))

    def once(self) -> None:
        """Make the program one for this call alone: the next is another, such as a second step."""
        self._is_once = True
        self.require(lambda code: "False", True)

    # --- what the descriptors call ------------------------------------------------------------

    def get(self, cell: Cell) -> Array:
        self.meet(cell)
        return ARRAY.__get__(cell)

    def put(self, cell: Cell, array: Array) -> None:
        if holds(ARRAY, cell) or cell.pack is not None:
            self.meet(cell)
        else:
            self._made[id(cell)] = weakref.ref(cell)
        ARRAY.__set__(cell, array)

    def count(self, counter: Counter, value: int) -> None:
        if not holds(VALUE, counter):
            self._made[id(counter)] = weakref.ref(counter)
        elif not self.is_new(counter):
            self.versions.setdefault(id(counter), (counter, VALUE.__get__(counter)))
        VALUE.__set__(counter, value)

    def assign(self, tensor: Tensor, name: str, value: Any) -> None:
        fields = tensor.__dict__
        if not fields:
            self._made[id(tensor)] = weakref.ref(tensor)
        elif not self.is_new(tensor):
            self.changed.setdefault((id(tensor), name), (tensor, fields.get(name, MISSING)))
        if name in STATE:
            fields[name] = value
        else:
            object.__setattr__(tensor, name, value)

    def gradient(self, tensor: Tensor) -> Tensor | None:
        found = tensor.__dict__.get("_grad")
        if (id(tensor), "_grad") not in self.changed and not self.is_new(tensor):
            self.gradients.setdefault(id(tensor), (tensor, found))
        return found

    def is_steady(self) -> bool:
        """Whether what was there before requires grad, and has a gradient, as it did then."""
        changed = {name for _, name in self.changed}
        return (
            not self._is_once
            and not changed.intersection(("_leaf_requires", "_cell", "_steps"))
            and all(
                (tensor.__dict__.get("_grad") is None) == (before is None)
                for tensor, before in self.gradients.values()
            )
        )

    # --- what is done outside of the trace ----------------------------------------------------

    def before(self, tensor: Tensor) -> Array:
        """The array that was behind a tensor when the trace began."""
        met = self._cells.get(id(tensor._cell))
        return stored(tensor._cell) if met is None else met.array

    def keep(self, undo: Callable[[], Any]) -> None:
        """Note how to undo what was done outside, should the trace fail."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Undo what was done outside."""
        for undo in reversed(self._undo):
            undo()

    def after(self, thing: Any, restore: Callable[[], Any]) -> None:
        """Note how to put a thing back when the trace is over; the first note of it counts."""
        self._after.setdefault(id(thing), (thing, restore))

    def close(self) -> None:
        """Empty the cells made in the trace that are still there: what held their values is gone.

        A tensor that the user kept of it, in a list say, says so when it is first used.
        """
        for met in self.met:
            met.tracer = None
        for birth in self._made.values():
            made = birth()
            if isinstance(made, Cell):
                ARRAY.__delete__(made)

    # --- the end --------------------------------------------------------------------------------

    def restore(self) -> None:
        """Put back what was there before."""
        for met in self.met:
            if met.cell is not None:
                ARRAY.__set__(met.cell, met.array)
                met.cell.writes = met.writes
        for _, put_back in self._after.values():
            put_back()
        for counter, value in self.versions.values():
            VALUE.__set__(counter, value)
        for (_, name), (tensor, before) in self.changed.items():
            if before is MISSING:
                tensor.__dict__.pop(name, None)
            elif name in STATE:
                tensor.__dict__[name] = before
