"""Recorded operations: what they save, how their pullback runs, and how it is itself recorded.

A `Pullback` (of `funcgrad.ops.kernel`) speaks of its operation's operands by number. `mask` are
those that require grad, so those it gives gradients for; `inputs` and `outputs` the operands and
results that it reads; `carriers` the results that have gradients (the floating ones), which are
called cotangents where they enter it. `residuals` are intermediate values kept because they were
expensive. An `aval` is a shape with a dtype. `x64` switches JAX's 64-bit types on around a
compiled call.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import ref

import jax

from ..ops import FLOAT, Kernel, Pullback, kind
from . import dtypes, modes
from .graph import AccumulateGrad, Node
from .storage import read
from .tensor import Tensor, filled, wrap

Array = jax.Array
x64 = jax.enable_x64

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after "
    "they have already been freed). Saved intermediate values of the graph are freed when you call "
    ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
    "graph a second time or if you need to access saved tensors after calling backward."
)


class Saved:
    """A value that a pullback reads.

    PyTorch saves memory, not values: an edit that raises the version is an error when the pass
    reads it, and one through `.data`, which does not, changes what the pass reads. So the array is
    kept together with the cell it came from.

    Args:
        array: the value now.
        origin: the edge that the value came from, or None.
        tensor: the tensor that holds it; None for a number, or for a value that is edited now and
            that nothing can reach afterwards.
    """

    __slots__ = ("_array", "_cell", "_holder", "_steps", "_writes", "counter", "origin", "version")

    def __init__(self, array: Any, origin: Any, tensor: Tensor | None) -> None:
        self._array, self.origin = array, origin
        self._cell = self._holder = self.counter = self.version = None
        if tensor is not None:
            self._holder = ref(tensor)
            self._cell, self._steps = tensor._cell, tensor._steps
            self._writes = self._cell.writes
            self.counter, self.version = tensor._counter, tensor._counter.value

    @classmethod
    def version_of(cls, array: Array, origin: Any, tensor: Tensor) -> "Saved":
        """What PyTorch saves and our pullback does not read: its version, without the value."""
        saved = cls(jax.ShapeDtypeStruct(array.shape, array.dtype), origin, tensor)
        saved._cell = None
        return saved

    @property
    def array(self) -> Array:
        """The value: that of the cell, if it was edited through `.data`."""
        cell = self._cell
        if cell is None or cell.writes == self._writes:
            return self._array
        with x64(True):
            return read(self._steps, cell.array) if self._steps else cell.array

    def check(self) -> None:
        """Raise PyTorch's error if the value was edited in place since."""
        if self.counter is None or self.counter.value == self.version:
            return
        # Where the tensor is now in the graph: PyTorch names what edited it, if that was recorded.
        tensor = None if self._holder is None else self._holder()
        origin, source = self.origin if tensor is None else tensor._edge(), ""
        if isinstance(origin, tuple) and not isinstance(origin[0], AccumulateGrad):
            name = re.sub(r"Backward\d*$", "", origin[0].name())
            source = f", which is output {origin[1]} of {name},"
        kind = f"[{dtypes.legacy_name(self.array.dtype)} {list(self.array.shape)}]"
        raise RuntimeError(
            "one of the variables needed for gradient computation has been modified by an inplace "
            f"operation: {kind}{source} is at version {self.counter.value}; expected version "
            f"{self.version} instead. Hint: enable anomaly detection to find the operation that "
            "failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, "
            "check_nan=False)."
        )


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
        self.residuals: tuple[Array, ...] = ()
        self.guarded = bool(kernel.guarded)  # some operands are saved for their version alone

    def release(self) -> None:
        if self.operands or self.results:
            self.operands, self.results, self.residuals = None, {}, ()

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
            value.origin = (self, i)
            try:
                value.check()
            finally:
                value.origin = None  # a node that saved itself would be a cycle
        return operands, results

    def call(self, gradients: Sequence[Tensor | None], create: bool) -> Sequence[Tensor | None]:
        if all(gradient is None for gradient in gradients):
            return [None] * len(self.edges)
        pullback = self.pullback
        operands, results = self.saved()
        cotangents = [self._cotangent(i, gradients) for i in pullback.carriers]
        if create:
            found = recorded_pullback(self, operands, results, cotangents)
        else:
            arrays = [value.array for value in operands]
            arrays += [value.array for _, value in results]
            arrays += self.residuals
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
        node.operands[i] = Saved(done.arrays[i], by_position.get(i), holder)
    for i in done.kernel.guarded:
        tensor = done.tensors[i]
        if i not in node.operands and i not in fresh and tensor is not None:
            node.operands[i] = Saved.version_of(done.arrays[i], by_position.get(i), tensor)
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
        node.results[i] = Saved(done.results[i], None, holder)
    for i, result in enumerate(results):
        if i not in node.results and done.kernel.guards(i):
            node.results[i] = Saved.version_of(done.results[i], None, result)


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
    tensors += [_rebuilt(value.array, (node, i)) for i, value in results]
    tensors += cotangents
    kernel = pullback.kernel_of_gradient
    arrays = [tensor._read() for tensor in tensors]
    mask = wanting(tensors) if modes.state.grad else ()
    with x64(True):
        second = kernel.pullback(arrays, mask) if mask else None
        residuals: tuple[Array, ...] = ()
        if second is not None and second.residuals:
            found, residuals = second.forward(*arrays)
        else:
            found = kernel.forward(*arrays)
    gradients = [wrap(array) for array in found]
    if second is not None:
        done = Call(kernel, arrays, tensors, mask, second, tuple(found), residuals, False)
        recorded = record(done)
        recorded._rename(f"{pullback.name}Backward0")
        attach(recorded, gradients)
        save_results(recorded, done, gradients)
    return gradients


def unpack(value: Saved) -> Tensor:
    """A stand-in for a saved operand, with its value and its place in the graph."""
    return _rebuilt(value.array, value.origin)


def _rebuilt(array: Array, origin: Any) -> Tensor:
    tensor = wrap(array)
    if origin is not None and kind(array.dtype) >= FLOAT:  # saved indices have no gradient
        tensor._node, tensor._output_nr = origin
    return tensor
