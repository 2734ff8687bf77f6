"""Recorded operations: what they save, how their pullback runs, and how it is itself recorded.

A `Pullback` (of `funcgrad.ops.pullback`) speaks of its operation's operands by number. `mask` are
those that require grad, so those it gives gradients for; `inputs` and `outputs` the operands and
results that it reads; `carriers` the results that have gradients (the floating ones), which are
called cotangents where they enter it. `residuals` are intermediate values kept because they were
expensive. An `aval` is a shape with a dtype. `x64` switches JAX's 64-bit types on around a
compiled call.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax

from ..ops import FLOAT, Kernel, Pullback, kind, leaves, pullback_of
from ..ops.arithmetic import NOT_DIFFERENTIABLE
from . import forward, modes
from .first import first_run
from .graph import Node
from .saved import FREED, Array, Saved, save, state, x64
from .saving_node import JOINING, WRAPPING, SavingNode
from .tensor import Tensor, filled, wrap

# Their gradient goes to what they choose, and does not change with what they choose from.
_CHOOSING = frozenset({
    "max.all", "min.all", "median.all", "nanmedian.all", "amax", "amin", "aminmax", "maximum",
    "minimum", "fmax", "fmin", "clamp", "clamp_min", "clamp_max", "nan_to_num", "nansum",
    "quantile", "nanquantile", "hinge_embedding_loss", "margin_ranking_loss",
})  # fmt: skip


class OpNode(SavingNode):
    """A recorded operation: runs its pullback on what it saved."""

    __slots__ = ()

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
        self._refuse()
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
        joining = pullback.kernel.row.name in JOINING
        return [
            by_operand.get(position) if edge is not None or joining else None
            for position, edge in zip(self.positions, self.edges, strict=True)
        ]

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
    found = tuple(
        i
        for i, t in enumerate(tensors)
        if t is not None
        and (
            t._leaf_requires
            or t._node is not None
            or (t._base_tensor is not None and t.requires_grad)
        )
    )
    if found and all(t is None or t._inference for t in tensors):
        return ()  # no operation on inference tensors alone is recorded
    return found


def translated(error: ValueError) -> Exception:
    """JAX's complaint about devices in PyTorch's words; other errors as they are."""
    if "incompatible devices" not in str(error):
        return error
    return RuntimeError(
        "Expected all tensors to be on the same device, but found at least two devices; move them "
        f"with .to(device). {error}"
    )


def refuse_inference(tensor: Tensor) -> None:
    """Raise PyTorch's error where an inference tensor would be saved."""
    if tensor._inference:
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created "
            "in inference mode in computation tracked by autograd. To work around this, you "
            "can make a clone to get a normal tensor and use it in autograd, or use "
            "`torch.no_grad()` instead of `torch.inference_mode()`."
        )


def record(done: Call, fresh: Sequence[int] = ()) -> OpNode:
    """A node for an operation that has run; operands in `fresh` are saved without a version."""
    pullback = done.pullback
    assert pullback is not None
    positions = [i for i, t in enumerate(done.tensors) if t is not None]
    edges = [t._edge() for t in done.tensors if t is not None]
    lost = {i for i, edge in zip(positions, edges, strict=True) if edge is None and i in done.mask}
    shared: frozenset[int] = frozenset()
    if lost and not pullback.residuals:
        pullback, shared = _without(lost, done, positions)
    node = OpNode(done.kernel, pullback, edges, positions)
    node.residuals = done.residuals
    if state.pairs:
        node.residuals = tuple(save(array, None, None) for array in done.residuals)
    reads = range(len(done.arrays)) if pullback.residuals else pullback.inputs
    by_position = dict(zip(positions, edges, strict=True))
    spared, guarded = frozenset(done.kernel.loose), done.kernel.guarded
    if guarded:
        reached = lost.symmetric_difference(done.mask)
        spared |= {i for i, by in guarded.items() if by is not None and by not in reached}
        shared |= guarded.keys()
    for i in reads:
        tensor = None if i in spared else done.tensors[i]
        if tensor is not None:
            refuse_inference(tensor)
        holder = None if i in fresh else tensor
        node.operands[i] = save(done.arrays[i], by_position.get(i), holder)
    node.guarded |= bool(shared)
    for i in shared.difference(spared, fresh):
        tensor = done.tensors[i]
        if tensor is not None:
            refuse_inference(tensor)
        if i in node.operands or state.pairs:
            continue
        if tensor is None:
            node.operands[i] = Saved(done.arrays[i], None, None)
            continue
        node.operands[i] = Saved.version_of(done.arrays[i], by_position.get(i), tensor)
    if forward.state.level is not None:
        forward.state.level.keep(node.operands, done.tensors)
    return node


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
    for i in node.pullback.outputs:
        holder = None if done.kernel.guards(i) is False else results[i]
        node.results[i] = save(done.results[i], None, holder).as_result()
    for i, result in enumerate(results):
        if i not in node.results and done.kernel.guards(i) and not state.pairs:
            node.results[i] = Saved.version_of(done.results[i], None, result)
    if forward.state.level is not None:
        forward.state.level.keep(node.results, results)


def run_pullback(pullback: Pullback, arrays: Sequence[Array]) -> list[Tensor]:
    """Gradients of the masked operands, not recorded."""
    try:
        with x64(True) if pullback.ran else first_run(pullback.ran, (), arrays):
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
        forward.state.level.push(done, results)
    if done.pullback is not None:
        node = record(done, fresh)
        node._label = label or done.kernel.name
        attach(node, results)
        save_results(node, done, results)
    return results
