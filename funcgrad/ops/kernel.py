"""From a row to a compiled program: its static arguments and dtypes chosen."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from .casting import cast, rounded
from .promotion import FLOAT, HALF, INT, broadcast_shapes, kind, opmath
from .row import Row

Array = jax.Array

# Rules whose operands PyTorch broadcasts against each other, with its own error.
BROADCASTING = frozenset({"common", "floating", "comparison", "parts", "float parts"})


class Kernel:
    """A row with its static arguments and dtypes chosen: what is compiled.

    Args:
        row: the operation.
        statics: static arguments by name.
        counts: for each operand of the row, how many arrays it takes: 1, 0 for None, or the
            length of a sequence (as `(n,)`).
        compute: dtype every array is cast to, or None.
        result: dtype of floating results, or None.
    """

    def __init__(
        self,
        row: Row,
        statics: dict[str, Any],
        counts: tuple[Any, ...],
        compute: np.dtype | None,
        result: np.dtype | None,
    ) -> None:
        self.row, self.statics, self.counts = row, statics, counts
        if compute is not None and statics.get("dtype") is not None:
            # `sum(dtype=...)` casts its operands first, whatever promotion says.
            compute = result = statics["dtype"]
        self.compute, self.result = compute, result
        rule = row.promote if isinstance(row.promote, str) else row.promote(**statics)
        self.broadcasts = rule in BROADCASTING
        self.forward = jax.jit(self.function)
        # Arrays that may be edited in place although the derivative reads them (loose), or may not
        # although it does not (guarded, where the array of the number beside it requires grad). A
        # row that says so takes no sequence: its arrays are the operands that are there.
        present = [name for name, count in zip(row.operands, counts, strict=True) if count]
        stated = row.saves is not None
        saves = dict(word.partition("@")[::2] for word in row.saves or ())
        self.guarded = {
            i: present.index(saves[name]) if saves[name] else None
            for i, name in enumerate(present)
            if name in saves
        }
        self.loose = frozenset(range(len(present))).difference(self.guarded) if stated else ()
        self.number: np.dtype | None = None  # dtype in which Python numbers come
        name = row.overload(**statics) if row.overload else 0
        self.name = name if isinstance(name, str) else f"{row.node}Backward{name}"
        self.pullbacks: dict[Any, Any] = {}  # kept by `pullback_of`
        self.ran: set[Any] = set()  # for whoever calls it, to note for what it is compiled

    def function(self, *arrays: Array) -> Any:
        """The row's function between the casts that promotion asks for."""
        if len(arrays) > 1 and self.broadcasts:
            broadcast_shapes([a.shape for a in arrays])
        if self.compute is not None:
            work = opmath(self.compute)
            arrays = tuple(self._cast(a, work) for a in arrays)
        else:
            # The half types compute in float32 and round once, at the end.
            first = next((a.dtype for a in arrays if kind(a.dtype) >= FLOAT), None)
            half = first if first in HALF else None
            # A row that is told the dtype of its result gives it that itself.
            told = self.row.view or self.statics.get("dtype") is not None
            told = told or self.row.promote == "as is"
            if half is not None and not told:
                result = self._call(
                    [a.astype(np.float32) if a.dtype == half else a for a in arrays]
                )
                return jax.tree.map(
                    lambda r: r.astype(half) if r.dtype == np.float32 else r, result
                )
        result = self._call(arrays)
        if self.result is None:
            return result
        wanted = self.result

        def as_wanted(r: Array) -> Array:
            if r.dtype == wanted or (kind(r.dtype) == INT and kind(wanted) >= FLOAT):
                return r
            return cast(r, wanted)

        return jax.tree.map(as_wanted, result)

    def _cast(self, array: Array, work: np.dtype) -> Array:
        """An operand in the dtype computed in; a sum in a half type is of numbers of that type."""
        given = self.statics.get("dtype")
        if given in HALF and self.row.promote == "summed" and array.dtype != given:
            return rounded(array, given)
        return array if array.dtype == work else cast(array, work)

    def guards(self, i: int) -> bool | None:
        """Whether result `i` must not be edited in place; None where the derivative decides."""
        if self.row.saves is None:
            return None
        name = self.row.fields[i] if self.row.fields else "result"
        return name in self.row.saves or f"{name}{i}" in self.row.saves

    def _call(self, arrays: Sequence[Array]) -> Any:
        queue = iter(arrays)
        operands: dict[str, Any] = {}
        for name, count in zip(self.row.operands, self.counts, strict=True):
            if isinstance(count, tuple):
                operands[name] = [next(queue) for _ in range(count[0])]
            else:
                operands[name] = next(queue) if count else None
        return self.row.function(**operands, **self.statics)
