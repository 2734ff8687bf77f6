"""Recorded operations: what they save, how their pullback runs, and how it is itself recorded.

A `Pullback` (of `funcgrad.ops.pullback`) speaks of its operation's operands by number. `mask` are
those that require grad, so those it gives gradients for; `inputs` and `outputs` the operands and
results that it reads; `carriers` the results that have gradients (the floating ones), which are
called cotangents where they enter it. `residuals` are intermediate values kept because they were
expensive. An `aval` is a shape with a dtype. `x64` switches JAX's 64-bit types on around a
compiled call.
"""

from collections.abc import Sequence
from typing import Any

import jax

from ..ops import FLOAT, Kernel, Pullback, kind, leaves, pullback_of
from ..ops.arithmetic import NOT_DIFFERENTIABLE
from . import forward, modes
from .calls import Call, refuse_inference, wanting
from .first import first_run
from .graph import Node, any_detached
from .reading import read_by, run_pullback
from .saved import FREED, Array, Saved, save, state, x64
from .saving import Saving, saving
from .saving_node import WRAPPING, SavingNode
from .tensor import Tensor, filled, made, wrap

# Their gradient goes to what they choose, and does not change with what they choose from.
_CHOOSING = frozenset({
    "max.all", "min.all", "median.all", "nanmedian.all", "amax", "amin", "aminmax", "maximum",
    "minimum", "fmax", "fmin", "clamp", "clamp_min", "clamp_max", "nan_to_num", "nansum",
    "quantile", "nanquantile", "hinge_embedding_loss", "margin_ranking_loss",
})  # fmt: skip


class OpNode(SavingNode):
    """A recorded operation: runs its pullback on what it saved."""

    __slots__ = ()

    def call(self, gradients: Sequence[Tensor | None], create: bool) -> Sequence[Tensor | None]:
        if all(gradient is None for gradient in gradients):
            return [None] * len(self.edges)
        cut = any_detached(edge[0] for edge in self.edges if edge is not None)
        if not (create or cut or forward.state.level is not None):
            simply = self.pulled([None if g is None else g._read() for g in gradients])
            if simply is not None:
                return self._along([None if array is None else made(array) for array in simply])
        pullback, saved = self.pullback, self.operands
        if pullback.may_be_refused:
            self._refuse()
        if saved is None:
            raise RuntimeError(FREED)
        if self.guarded:
            for value in saved.values():
                value.check()
        if create or forward.state.level is not None:
            found = self._recorded(saved, gradients)
        else:
            arrays = [saved[i].checked() for i in pullback.inputs]
            for i, value in self.results.items():
                value.check((self, i))
            arrays += [self.results[i].array for i in pullback.outputs]
            arrays += [r.array if isinstance(r, Saved) else r for r in self.residuals]
            arrays += [self._cotangent(i, gradients)._read() for i in pullback.carriers]
            found = [made(array) for array in run_pullback(pullback, arrays)]
        return self._along(self._by_operand(found))

    def pulled(self, gradients: Sequence[Array | None]) -> Sequence[Array | None] | None:
        """Gradients of the tensor operands, where there is nothing to it but the pullback.

        No operand has been detached in place. None is returned where `call` is to be asked.
        """
        pullback = self.pullback
        arrays = None if pullback.may_be_refused else read_by(self)
        if arrays is None:
            return None
        for i in pullback.carriers:
            gradient = gradients[i]
            if gradient is None:
                aval = self.avals[i]
                gradient = filled(aval.shape, aval.dtype, 0)
            arrays.append(gradient)
        return self._by_operand(run_pullback(pullback, arrays))

    def _by_operand(self, found: Sequence[Any]) -> Sequence[Any]:
        """Gradients of all tensor operands, of those of the masked ones."""
        if self.pullback.mask == self.positions:
            return found
        by_operand = dict(zip(self.pullback.mask, found, strict=True))
        return [by_operand.get(position) for position in self.positions]

    def _along(self, found: Sequence[Any]) -> Sequence[Any]:
        """Those for which there is an edge, or that a hook sees all the same."""
        if None not in self.edges or self.joins:
            return found
        return [
            gradient if edge is not None else None
            for gradient, edge in zip(found, self.edges, strict=True)
        ]

    def _recorded(
        self, saved: dict[int, Saved], gradients: Sequence[Tensor | None]
    ) -> list[Tensor]:
        pullback = self.pullback
        operands = [saved[i] for i in pullback.inputs]
        for value in operands:
            value.check()
        results = [(i, self.results[i]) for i in pullback.outputs]
        for i, value in self.results.items():
            value.check((self, i))
        cotangents = [self._cotangent(i, gradients) for i in pullback.carriers]
        return recorded_pullback(self, operands, results, cotangents)

    def _refuse(self) -> None:
        """Raise PyTorch's error for an operation, or an operand of it, without a derivative."""
        kernel = self.pullback.kernel
        if kernel.name == NOT_DIFFERENTIABLE:
            raise RuntimeError(f"derivative for aten::{kernel.row.name} is not implemented")
        for i in self.pullback.mask if kernel.row.underived else ():
            if kernel.row.operands[i] in kernel.row.underived:
                name = kernel.row.name
                raise NotImplementedError(f"the derivative for '{name}' is not implemented.")

    def _cotangent(self, i: int, gradients: Sequence[Tensor | None]) -> Tensor:
        gradient = gradients[i]
        if gradient is None:
            aval = self.avals[i]
            gradient = wrap(filled(aval.shape, aval.dtype, 0))
        return gradient


def record(done: Call, fresh: Sequence[int] = ()) -> OpNode:
    """A node for an operation that has run; operands in `fresh` are saved without a version."""
    pullback, tensors, mask = done.pullback, done.tensors, done.mask
    assert pullback is not None
    positions: list[int] = []
    edges: list[tuple[Node, int] | None] = []
    lost = False
    for i, tensor in enumerate(tensors):
        if tensor is not None:
            edge = tensor._edge()
            lost = lost or (edge is None and i in mask)
            positions.append(i)
            edges.append(edge)
    saves: Saving
    if lost:
        gone = {i for i, e in zip(positions, edges, strict=True) if e is None and i in mask}
        shared: frozenset[int] = frozenset()
        if not pullback.residuals:
            pullback, shared = _without(gone, done, positions)
        saves = saving(done.kernel, pullback, gone.symmetric_difference(mask), shared)
    else:
        saves = pullback.saving
        if saves is None:
            saves = pullback.saving = saving(done.kernel, pullback, mask)
    node = OpNode(done.kernel, pullback, edges, tuple(positions))
    _save_operands(node, done, saves, fresh)
    return node


def _save_operands(node: OpNode, done: Call, saves: Saving, fresh: Sequence[int]) -> None:
    arrays, tensors, pairs = done.arrays, done.tensors, state.pairs
    saved: dict[int, Saved] = {}
    node.operands, node.guarded = saved, saves.guarded
    node.residuals = done.residuals
    if pairs:
        node.residuals = tuple(save(array, None, None) for array in done.residuals)
    known: Any = node.edges
    if len(known) < len(tensors):
        known = dict.fromkeys(range(len(tensors)))
        known.update(zip(node.positions, node.edges, strict=True))
    for i, guards in saves.values:
        tensor = tensors[i] if guards else None
        if tensor is not None:
            if tensor._inference:
                refuse_inference(tensor)
            if i in fresh:
                tensor = None
        saved[i] = (save if pairs else Saved)(arrays[i], known[i], tensor)
    for i in saves.versions:
        if i in fresh:
            continue
        tensor = tensors[i]
        if tensor is not None:
            refuse_inference(tensor)
        if i in saved or pairs:
            continue
        if tensor is None:
            saved[i] = Saved(arrays[i], None, None)
        else:
            saved[i] = Saved.version_of(arrays[i], known[i], tensor)
    if forward.state.level is not None:
        forward.state.level.keep(saved, tensors)


def _without(
    lost: set[int], done: Call, positions: Sequence[int]
) -> tuple[Pullback, frozenset[int]]:
    """The pullback of a call of which some operands are views that follow their base nowhere.

    PyTorch saves what only their gradients would read for none of them, if the operation has
    several operands to differentiate; and what two gradients would read, for all.
    """
    row, arrays = done.kernel.row, done.arrays
    each = range(len(arrays)) if row.name in WRAPPING else positions
    full = tuple(i for i in each if i not in row.quiet)
    if done.kernel.broadcasts:
        # Integers have a formula, too, and no gradient: PyTorch saves as if they had one.
        some = next(arrays[i].dtype for i in lost)
        arrays = [
            a if kind(a.dtype) >= FLOAT else jax.ShapeDtypeStruct(a.shape, some) for a in arrays
        ]
    full = tuple(i for i in full if kind(arrays[i].dtype) >= FLOAT)
    with x64(True):
        if len(full) == 1:
            return pullback_of(done.kernel, done.arrays, done.mask), frozenset()
        whole = pullback_of(done.kernel, arrays, full)
        rest = tuple(i for i in done.mask if i not in lost)
        pullback = pullback_of(done.kernel, done.arrays, rest)
    if whole.residuals:
        return pullback, frozenset()
    reads = [whole.inputs[at] for gradient in whole.gradients for at in gradient.reads
             if at < len(whole.inputs)]  # fmt: skip
    return pullback, frozenset(i for i in reads if reads.count(i) > 1)


def attach(node: Node, results: "Sequence[Tensor]") -> None:
    """Make the floating results outputs of the node."""
    for i, result in enumerate(results):
        if kind(node.avals[i].dtype) >= FLOAT:
            result._node, result._output_nr = node, i


def save_results(node: OpNode, done: Call, results: "Sequence[Tensor]") -> None:
    """Save what the pullback reads of the results; the node is not kept alive by itself."""
    saves = node.pullback.saving or saving(done.kernel, node.pullback, done.mask)
    if not (saves.results or saves.marks):
        return
    for i, guards in saves.results:
        holder = results[i] if guards else None
        node.results[i] = save(done.results[i], None, holder).as_result()
    if saves.marks and not state.pairs:
        for i in saves.marks:
            node.results[i] = Saved.version_of(done.results[i], None, results[i])
    if forward.state.level is not None:
        forward.state.level.keep(node.results, results)


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
    tensors = [value.tensor() for value in operands]
    tensors += [value.tensor((node, i)) for i, value in results]
    if pullback.kernel.row.name in _CHOOSING:
        tensors = [tensor.detach() for tensor in tensors]
    tensors += cotangents
    label, found = f"{pullback.name}Backward0", []
    for kernel, reads in pullback.gradients:
        found += recorded(ran(kernel, [tensors[i] for i in reads]), label=label)
    return found


def ran(kernel: Kernel, tensors: Sequence[Tensor]) -> Call:
    """Run an operation that is in no table."""
    arrays = [tensor._read() for tensor in tensors]
    mask = wanting(tensors) if modes.state.grad else ()
    residuals: tuple[Any, ...] = ()
    key = mask, tuple(array.aval for array in arrays)
    with x64(True) if key in kernel.ran else first_run(kernel.ran, key, arrays):
        pullback = pullback_of(kernel, arrays, mask) if mask else None
        if pullback is not None and pullback.residuals:
            found, residuals = pullback.forward(*arrays)
        else:
            found = leaves(kernel.forward(*arrays))
    return Call(kernel, arrays, tensors, mask, pullback, tuple(found), residuals, False)


def recorded(done: Call, fresh: Sequence[int] = (), label: str = "") -> list[Tensor]:
    """The results of an operation that has run, recorded where a gradient is wanted."""
    results = [wrap(array) for array in done.results]
    if forward.state.level is not None:
        forward.state.level.push(done, results, fresh)
    if done.pullback is not None:
        node = record(done, fresh)
        node._label = label or done.kernel.name
        attach(node, results)
        save_results(node, done, results)
    return results
