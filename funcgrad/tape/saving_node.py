"""The node of an operation as its users see it: its edges, hooks and saved values.

PyTorch's node has an edge for each operand that it differentiates, and `_saved_…` values; ours is
made to look like it, though its pullback may read other values.
"""

from collections.abc import Collection, Sequence
from typing import Any, cast

from ..ops import FLOAT, Kernel, Pullback, kind, pullback_of
from ..ops.promotion import real_of
from .graph import Handle, Node, numbers
from .saved import FREED, Kept, Saved, x64

# Of their tensors the indices have no edge.
_INDEXED = frozenset({"index", "index_put"})
JOINING = frozenset({"stack", "cat"})  # hooks see gradients of all operands
# Operands that say where, and never have one.
_PLACES = frozenset({"index", "indices", "mask", "condition", "target", "repeats", "offsets"})
# PyTorch makes a tensor of a number that takes part in these, so its node has an edge for it.
WRAPPING = frozenset({"add", "sub", "mul", "div", "true_divide", "where"})


def _like(joined: Any, part: Any) -> Any:
    """The dtype of the gradient of a part of what is joined: real of real parts."""
    return joined.dtype if part.dtype.kind == "c" else real_of(joined.dtype)


class SavingNode(Node):
    """A row of the table that was recorded, with what it saved."""

    __slots__ = ("guarded", "positions", "pullback", "residuals", "saved")
    # What is kept, or operands and results by their numbers; the former are None once freed.
    saved: Kept | list[Any]

    def __init__(
        self,
        kernel: Kernel,
        pullback: Pullback,
        edges: Sequence[tuple[Node, int] | None],
        positions: tuple[int, ...],
    ) -> None:
        # As `Node.__init__` does it: there is one for every operation that is recorded.
        self._label, self.edges, self.avals = kernel.name, tuple(edges), pullback.results
        self.sequence, self.extras = next(numbers), None
        self.pullback, self.positions = pullback, positions
        self.saved = [{}, {}]
        self.residuals: tuple[Any, ...] = ()
        self.guarded = bool(kernel.guarded)  # some operands are saved for their version alone

    @property
    def operands(self) -> dict[int, Saved] | None:
        """Saved operands by number; None once freed."""
        if type(self.saved) is tuple:
            self._spread(self.saved)
        return cast(dict[int, Saved] | None, self.saved[0])

    @operands.setter
    def operands(self, saved: dict[int, Saved] | None) -> None:
        self.saved = [saved, self.results]

    @property
    def results(self) -> dict[int, Saved]:
        """Saved results by number."""
        if type(self.saved) is tuple:
            self._spread(self.saved)
        return cast(dict[int, Saved], self.saved[1])

    def _spread(self, kept: Kept) -> None:
        if not kept:
            self.saved = [{}, {}]
            return
        saves = self.pullback.saving
        origins = dict(zip(self.positions, self.edges, strict=True))
        operands: dict[int, Saved] = {}
        results: dict[int, Saved] = {}
        for n, (i, _, alone) in enumerate(saves.layout):
            if n < saves.operands:
                operands[i] = Saved.of(kept, n, origins.get(i))
            else:
                results[i] = Saved.of(kept, n, None)
                if not alone:
                    results[i].as_result()
        self.saved = [operands, results]

    @property
    def released(self) -> bool:
        """Whether what it saved goes after a pass: any tensor, and not only numbers (`alpha`)."""
        row = self.pullback.kernel.row
        if row.view:
            return False  # places in the base, which PyTorch does not count as saved
        if row.name in _INDEXED:  # which always saves its indices
            return True
        if not self.saved:
            return False
        numbers: Collection[int]
        if type(self.saved) is tuple:
            saves = self.pullback.saving
            numbers = [i for i, _, _ in saves.layout[: saves.operands]]
            results = len(saves.layout) - saves.operands
        else:
            numbers, results = self.saved[0] or (), len(self.saved[1])
        wraps = row.name in WRAPPING
        return bool(results) or any(
            i in self.positions or (wraps and i not in row.quiet) for i in numbers
        )

    @property
    def selective(self) -> bool:
        return self.pullback.kernel.row.name not in JOINING

    def _slots(self) -> Sequence[int | None]:
        row = self.pullback.kernel.row
        if row.sequence:
            last = (len(self.edges) - 1,) if row.name == "index_put" else ()
            return (0, *last) if row.name in _INDEXED else super()._slots()
        if row.name not in WRAPPING:
            kernel, shapes = self.pullback.kernel, self.pullback.shapes
            names = [name for name, n in zip(row.operands, kernel.counts, strict=True) if n]
            places = row.name.startswith("embedding")
            hidden = {i for i, name in enumerate(names) if name in _PLACES or places}
            return [
                i for i, at in enumerate(self.positions)
                if not (at in hidden and kind(shapes[at].dtype) < FLOAT)
            ]  # fmt: skip
        number = {position: i for i, position in enumerate(self.positions)}
        if self.positions == (1,):  # a number on the left: PyTorch turns the operands round
            return [0] if row.name == "sub" else [0, None]
        return [number.get(i) for i in range(len(self.pullback.shapes)) if i not in row.quiet]

    def register_hook(self, hook: Any) -> Handle:
        pullback = self.pullback
        if self.joins and not all(self.edges):
            # Operands without an edge get what is theirs of the result's gradient, of its dtype,
            # also integers, which have no gradient otherwise.
            (joined,) = self.avals
            shapes = [
                shape if edge else shape.update(dtype=_like(joined, shape))
                for shape, edge in zip(pullback.shapes, self.edges, strict=True)
            ]
            with x64(True):
                self.pullback = pullback_of(pullback.kernel, shapes, self.positions)
        return super().register_hook(hook)

    @property
    def joins(self) -> bool:
        """If hooks see gradients of all operands, of those without an edge, too."""
        return self.pullback.kernel.row.name in JOINING and any(self.edges)

    def followed(self) -> int:
        count = len(self.avals)
        while count and kind(self.avals[count - 1].dtype) < FLOAT:  # such as the places of `max`
            count -= 1
        return count

    def release(self) -> None:
        if self.released:
            self.saved, self.residuals = [None, {}], ()

    def _keys(self) -> dict[str, Any]:
        """What PyTorch calls the saved values: `_saved_self`, `_saved_result`."""
        kernel = self.pullback.kernel
        values: dict[str, Any] = {}
        if kernel.row.sequence:
            return {}
        present = [key for key, n in zip(kernel.row.operands, kernel.counts, strict=True) if n]
        for i, value in (self.operands or {}).items():
            values["self" if present[i] == "input" else present[i]] = (value, None)
        for i, value in self.results.items():
            values[kernel.row.fields[i] if kernel.row.fields else "result"] = (value, i)
        return {f"_saved_{key}": value for key, value in values.items()}

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._keys()]

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_saved_"):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        if self.operands is None:
            raise RuntimeError(FREED)
        try:
            value, number = self._keys()[name]
        except KeyError:
            raise AttributeError(
                f"'{type(self).__name__}' object has no attribute '{name}', or its derivative does "
                f"not need that value here; it saved {sorted(self._keys())}"
            ) from None
        own = None if number is None else (self, number)
        value.check(own)
        return value.tensor(own)
