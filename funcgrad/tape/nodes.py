"""Recorded operations: what they save, how their pullback runs, and how it is itself recorded.

A `Pullback` (of `funcgrad.ops.kernel`) speaks of its operation's operands by number. `mask` are
those that require grad, so those it gives gradients for; `inputs` and `outputs` the operands and
results that it reads; `carriers` the results that have gradients (the floating ones), which are
called cotangents where they enter it. `residuals` are intermediate values kept because they were
expensive. An `aval` is a shape with a dtype. `x64` switches JAX's 64-bit types on around a
compiled call.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..ops import FLOAT, Kernel, Pullback, kind, leaves
from . import forward, modes
from .graph import Node
from .saved import FREED, Array, Saved, rebuilt, save, state, unpack, x64
from .tensor import Tensor, filled, wrap

_INDEXED = frozenset({"index"})  # of the tensors the first alone has an edge
# Operands that say where, and never have one.
_PLACES = frozenset({"index", "indices", "mask", "condition", "target", "repeats", "offsets"})
# PyTorch makes a tensor of a number that takes part in these, so its node has an edge for it.
_WRAPPING = frozenset({"add", "sub", "mul", "div"})


class OpNode(Node):
    """A row of the table that was recorded."""

    __slots__ = ("guarded", "operands", "positions", "pullback", "residuals", "results")

    def __init__(
        self,
        kernel: Kernel,
        pullback: Pullback,
        edges: Sequence[tuple[Node, int] | None],
        positions: Sequence[int],
    ) -> None:
        super().__init__(kernel.name, edges, pullback.results)
        self.pullback, self.positions = pullback, positions
        # Saved operands by number, saved results by number, residuals; None once freed.
        self.operands: dict[int, Saved] | None = {}
        self.results: dict[int, Saved] = {}
        self.residuals: tuple[Any, ...] = ()
        self.guarded = bool(kernel.guarded)  # some operands are saved for their version alone

    def _slots(self) -> Sequence[int | None]:
        row = self.pullback.kernel.row
        if row.sequence:
            return range(1) if row.name in _INDEXED else super()._slots()
        if row.name not in _WRAPPING:
            kernel, shapes = self.pullback.kernel, self.pullback.shapes
            names = [name for name, n in zip(row.operands, kernel.counts, strict=True) if n]
            places = row.name.startswith("embedding")
            hidden = {i for i, name in enumerate(names) if name in _PLACES or places}
            return [
                i for i, at in enumerate(self.positions)
                if not (at in hidden and kind(shapes[at].dtype) < FLOAT)
            ]  # fmt: skip
        number = {position: i for i, position in enumerate(self.positions)}
        if self.positions == [1]:  # a number on the left: PyTorch turns the operands round
            return [0] if row.name == "sub" else [0, None]
        return [number.get(i) for i in range(len(self.pullback.shapes)) if i not in row.quiet]

    def followed(self) -> int:
        count = len(self.avals)
        while count and kind(self.avals[count - 1].dtype) < FLOAT:  # such as the places of `max`
            count -= 1
        return count

    def release(self) -> None:
        row = self.pullback.kernel.row
        if row.view and row.name != "copy_slices":
            return  # places in the base, which PyTorch does not count as saved
        numbers = row.quiet.difference(self.positions)
        if numbers and not self.results and numbers.issuperset(self.operands or ()):
            return  # nothing, or numbers such as `alpha`
        if self.operands or self.results:
            self.operands, self.results, self.residuals = None, {}, ()

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
        value.check(None if number is None else (self, number))
        if number is not None:
            return rebuilt(value.array, (self, number))
        holder = value.holder
        return unpack(value) if holder is None else holder

    def saved(self) -> tuple[list[Saved], list[tuple[int, Saved]]]:
        """What was saved, operands and results, after the version checks."""
        if self.operands is None:
            raise RuntimeError(FREED)
        pullback = self.pullback
        operands = [self.operands[i] for i in pullback.inputs]
        results = [(i, self.results[i]) for i in pullback.outputs]
        for value in self.operands.values() if self.guarded else operands:
            value.check()
        for i, value in self.results.items():
            value.check((self, i))
        return operands, results

    def call(self, gradients: Sequence[Tensor | None], create: bool) -> Sequence[Tensor | None]:
        if all(gradient is None for gradient in gradients):
            return [None] * len(self.edges)
        pullback = self.pullback
        operands, results = self.saved()
        cotangents = [self._cotangent(i, gradients) for i in pullback.carriers]
        if create or forward.state.level is not None:
            found = recorded_pullback(self, operands, results, cotangents)
        else:
            arrays = [value.array for value in operands]
            arrays += [value.array for _, value in results]
            arrays += [r.array if isinstance(r, Saved) else r for r in self.residuals]
            arrays += [c._read() for c in cotangents]
            found = run_pullback(pullback, arrays)
        # The pullback gives gradients of the masked operands; edges are for all tensor operands.
        by_operand = dict(zip(pullback.mask, found, strict=True))
        return [by_operand.get(position) for position in self.positions]

    def _cotangent(self, i: int, gradients: Sequence[Tensor | None]) -> Tensor:
        gradient = gradients[i]
        if gradient is None:
            aval = self.avals[i]
            gradient = wrap(filled(aval.shape, aval.dtype, 0))
        return gradient


class Call(NamedTuple):
    """An operation that has run: what is needed to record it."""

    kernel: Kernel
    arrays: list[Array]
    tensors: "Sequence[Tensor | None]"  # aligned with the arrays; None for a number
    mask: tuple[int, ...]
    pullback: Pullback | None
    results: tuple[Array, ...]
    residuals: tuple[Array, ...]
    single: bool


def wanting(tensors: "Sequence[Tensor | None]") -> tuple[int, ...]:
    """Numbers of the operands that require grad."""
    return tuple(
        i
        for i, t in enumerate(tensors)
        if t is not None
        and (
            t._leaf_requires
            or t._node is not None
            or (t._base_tensor is not None and t.requires_grad)
        )
    )


def translated(error: ValueError) -> Exception:
    """JAX's complaint about devices in PyTorch's words; other errors as they are."""
    if "incompatible devices" not in str(error):
        return error
    return RuntimeError(
        "Expected all tensors to be on the same device, but found at least two devices; move them "
        f"with .to(device). {error}"
    )


def record(done: Call, fresh: Sequence[int] = ()) -> OpNode:
    """A node for an operation that has run; operands in `fresh` are saved without a version."""
    pullback = done.pullback
    assert pullback is not None
    positions = [i for i, t in enumerate(done.tensors) if t is not None]
    edges = [t._edge() for t in done.tensors if t is not None]
    node = OpNode(done.kernel, pullback, edges, positions)
    node.residuals = done.residuals
    if state.pairs:
        node.residuals = tuple(save(array, None, None) for array in done.residuals)
    reads = range(len(done.arrays)) if pullback.residuals else pullback.inputs
    by_position = dict(zip(positions, edges, strict=True))
    for i in reads:
        tensor = done.tensors[i]
        if tensor is not None and tensor._inference:
            raise RuntimeError(
                "Inference tensors cannot be saved for backward. Please do not use Tensors created "
                "in inference mode in computation tracked by autograd. To work around this, you "
                "can make a clone to get a normal tensor and use it in autograd, or use "
                "`torch.no_grad()` instead of `torch.inference_mode()`."
            )
        holder = None if i in fresh or i in done.kernel.loose else tensor
        node.operands[i] = save(done.arrays[i], by_position.get(i), holder)
    for i in done.kernel.guarded:
        tensor = done.tensors[i]
        if i in node.operands or i in fresh or tensor is None or state.pairs:
            continue
        node.operands[i] = Saved.version_of(done.arrays[i], by_position.get(i), tensor)
    if forward.state.level is not None:
        forward.state.level.keep(node.operands, done.tensors)
    return node


def attach(node: Node, results: "Sequence[Tensor]") -> None:
    """Make the floating results outputs of the node."""
    for i, result in enumerate(results):
        if kind(node.avals[i].dtype) >= FLOAT:
            result._node, result._output_nr = node, i


def save_results(node: OpNode, done: Call, results: "Sequence[Tensor]") -> None:
    """Save what the pullback reads of the results; the node is not kept alive by itself."""
    for i in node.pullback.outputs:
        holder = None if done.kernel.guards(i) is False else results[i]
        node.results[i] = save(done.results[i], None, holder)
    for i, result in enumerate(results):
        if i not in node.results and done.kernel.guards(i) and not state.pairs:
            node.results[i] = Saved.version_of(done.results[i], None, result)
    if forward.state.level is not None:
        forward.state.level.keep(node.results, results)


def run_pullback(pullback: Pullback, arrays: Sequence[Array]) -> list[Tensor]:
    """Gradients of the masked operands, not recorded."""
    try:
        with x64(True):
            return [wrap(array) for array in pullback.call(*arrays)]
    except ValueError as error:
        raise translated(error) from None


def recorded_pullback(
    node: OpNode,
    operands: Sequence[Saved],
    results: Sequence[tuple[int, Saved]],
    cotangents: Sequence[Tensor],
) -> list[Tensor]:
    """Gradients of the masked operands, recorded: the pullback is an operation of its own here.

    With residuals, which have no place in the graph, it is computed anew from all operands.
    """
    pullback = node.pullback
    if pullback.residuals:
        operands = [node.operands[i] for i in range(len(pullback.shapes))]
        results = []
    tensors = [unpack(value) for value in operands]
    tensors += [rebuilt(value.array, (node, i), value.dual) for i, value in results]
    tensors += cotangents
    return recorded(ran(pullback.kernel_of_gradient, tensors), label=f"{pullback.name}Backward0")


def ran(kernel: Kernel, tensors: Sequence[Tensor]) -> Call:
    """Run an operation that is in no table."""
    arrays = [tensor._read() for tensor in tensors]
    mask = wanting(tensors) if modes.state.grad else ()
    residuals: tuple[Any, ...] = ()
    with x64(True):
        pullback = kernel.pullback(arrays, mask) if mask else None
        if pullback is not None and pullback.residuals:
            found, residuals = pullback.forward(*arrays)
        else:
            found = leaves(kernel.forward(*arrays))
    return Call(kernel, arrays, tensors, mask, pullback, tuple(found), residuals, False)


def recorded(done: Call, fresh: Sequence[int] = (), label: str = "") -> list[Tensor]:
    """The results of an operation that has run, recorded where a gradient is wanted."""
    results = [wrap(array) for array in done.results]
    if forward.state.level is not None:
        forward.state.level.push(done, results)
    if done.pullback is not None:
        node = record(done, fresh)
        node._label = label or done.kernel.name
        attach(node, results)
        save_results(node, done, results)
    return results
