"""What a program has as operands: what was there when its function was traced."""

from typing import Any

import jax
from jax.extend.core import Primitive

from ..live import Read
from ..storage import ARRAY as ARRAY
from ..storage import Cell, Counter
from ..tensor import Tensor

Array = jax.Array

# `state(array, index=i)` stands for what the i-th operand is when the program is called.
state = Primitive("funcgrad_state")
state.def_impl(lambda array, *, index: array)
state.def_abstract_eval(lambda array, *, index: array)

# The attribute itself, as `ARRAY` is.
VALUE = Counter.__dict__["value"]


def holds(slot: Any, thing: Any) -> bool:
    """Whether an attribute is there."""
    try:
        slot.__get__(thing)
    except AttributeError:
        return False
    return True


class Met:
    """An operand of the program: what a cell holds that was there before, a view's value, a number.

    Attributes:
        array: what it was.
        cell: the cell; None for other operands.
        tensor: through which it was met, if that is known.
        read: of a number, what it is at a call.
        always: whether it is read although the program does not need it.
        tracer: what stands for the array in the trace.
        writes: how often the cell had been written to.
        result: number of the array, among those of the ending, that the cell gets.
    """

    __slots__ = ("always", "array", "cell", "read", "result", "tensor", "tracer", "writes")

    def __init__(
        self,
        array: Array,
        index: int,
        cell: Cell | None = None,
        tensor: Tensor | None = None,
        read: Read | None = None,
    ) -> None:
        self.array, self.cell, self.tensor, self.read = array, cell, tensor, read
        self.always = False
        self.result: int | None = None
        self.writes = 0 if cell is None else cell.writes
        with jax.enable_x64(True):
            self.tracer: Any = state.bind(array, index=index)

    def now(self) -> Array:
        """What the cell holds now."""
        return self.tracer if self.cell is None else ARRAY.__get__(self.cell)

    @property
    def written(self) -> int:
        """How often the cell was written to since."""
        return 0 if self.cell is None else self.cell.writes - self.writes
