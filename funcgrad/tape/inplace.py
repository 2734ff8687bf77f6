"""Edits in place: a new array goes into the cell, and the tensor moves on in the graph."""

from collections.abc import Sequence
from typing import Any

import jax

from ..ops import FLOAT, Row, kind
from . import forward, modes, quick
from .calls import Call
from .nodes import Node, record, save_results, x64
from .record import run
from .slices import OVERLAPPING, copy_slices
from .storage import written
from .strides import is_conj, is_neg, layout, overlaps
from .tensor import Tensor
from .views import keep_retaining, refuse

# What writes the same number wherever elements lie in one place may write to such tensors.
_IDEMPOTENT = frozenset({"fill", "zero", "masked_fill", "index_fill", "index_put"})
_SCATTERS = frozenset({"index_add", "index_copy", "index_put", "scatter", "scatter_add"})


def call(row: Row, operands: Sequence[Any], statics: dict[str, Any]) -> Tensor:
    """`x.op_(…)`: run the operation and put its result where the first operand was."""
    found = quick.edit(row, operands, statics)
    if found is not None:
        return found
    flat = [*operands[0], *operands[1:]] if row.sequence else operands
    target = flat[0]
    again = row.name == "copy" and _same_place(target, flat[1])
    whole = row.name == "fill" and isinstance(flat[1], Tensor)  # which PyTorch copies
    same = requires = False
    if target._steps:
        # Of what is only marked as a conjugate a copy is edited, and copied back.
        same = row.name in _IDEMPOTENT and not whole and not (is_conj(target) or is_neg(target))
    if modes.state.grad and (row.name != "copy" or kind(target._read().dtype) >= FLOAT):
        requires = any(t.requires_grad for t in flat if isinstance(t, Tensor))
    check(target, requires, overlapping=again or same)
    if not again and not whole:
        check_apart(target, flat[1:], wholly=row.name in _SCATTERS)
    if row.name == "zero" and not requires and _clear(target):
        return target
    done = run(row, operands, statics, into=target._read().dtype)
    return assign(target, done)


def _clear(target: Tensor) -> bool:
    """Put zeros that are there already into a whole tensor of few elements, if that is all."""
    array = target._read()
    if target._steps or forward.state.level is not None or isinstance(array, jax.core.Tracer):
        return False
    zeros = quick.zeros(array.aval, array.sharding)
    if zeros is None:
        return False
    write(target, zeros)
    return True


def assign(target: Tensor, done: Call) -> Tensor:
    """Store the result of an operation that has run in a tensor, recording it where wanted."""
    array = done.results[0]
    before = target._read()
    if array.shape != before.shape:
        raise RuntimeError(
            f"output with shape {list(before.shape)} doesn't match the broadcast shape "
            f"{list(array.shape)}"
        )
    level, node = forward.state.level, None
    moving = () if level is None else level.moving(done)
    if done.mask and kind(before.dtype) >= FLOAT:
        # The value before the edit is saved as it is; its version is about to change by this edit.
        node = record(done, fresh=(0,))
    write(target, array)
    for each, tangent in moving:
        each.edit(target, tangent)
    if node is not None:
        save_results(node, done, [target])
        rebase_history(target, node)
    return target


def write(target: Tensor, array: jax.Array) -> None:
    """Put an array behind a tensor: into its cell, or through its view into the base's."""
    cell = target._cell
    if target._steps:
        with x64(True):
            cell.array = written(target._steps, cell.array, array)
        cell.writes += 1
        if not overlaps(target):
            target._value, target._value_writes = array, cell.writes
    else:
        cell.array = array
        cell.writes += 1
    target._counter.value += 1


def rebase_history(target: Tensor, node: Node, number: int = 0) -> None:
    """The tensor becomes a result of the node; of a view, its base one of CopySlices."""
    if target._base_tensor is not None:
        copy_slices(target, node)
        return
    keep_retaining(target, node, number)  # of the latest value
    target._node, target._output_nr, target._leaf_requires = node, number, False


def check(target: Tensor, requires: bool, *, overlapping: bool = False) -> None:
    """Raise PyTorch's error where it forbids an edit in place.

    Args:
        target: the tensor to be edited.
        requires: whether one of the operands requires grad.
        overlapping: whether elements of the target may lie in one place in memory.
    """
    if target._inference and not modes.state.inference:
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed. You can make "
            "a clone to get a normal tensor before doing inplace update."
        )
    if target._steps and not overlapping and overlaps(target):
        raise RuntimeError(OVERLAPPING)
    if not (requires and modes.state.grad):
        return
    base = target._base_tensor
    if base is not None:
        refuse(target, "is being")
    if target.requires_grad and (target if base is None else base).is_leaf:
        raise RuntimeError(
            f"a {'leaf' if base is None else 'view of a leaf'} Variable that requires grad is "
            "being used in an in-place operation."
        )


def check_apart(target: Tensor, others: Sequence[Any], *, wholly: bool) -> None:
    """Raise where an operand shows part of the memory that is written to.

    Or all of it, in another order; or, where they must lie apart `wholly`, all of it at all.
    Where it is hard to tell, for an operand has gaps between its elements, PyTorch lets it pass.
    """
    for other in others:
        if not isinstance(other, Tensor) or other is target or other._cell is not target._cell:
            continue
        if is_conj(target) or is_conj(other) or is_neg(target) or is_neg(other):
            continue  # PyTorch copies what is only marked as a conjugate first
        one, two = layout(target), layout(other)
        alike = target.dtype is other.dtype and target.shape == other.shape
        if one == two and alike and not wholly:
            continue
        ranges = [_range(tensor, *found) for tensor, found in ((target, one), (other, two))]
        if None in ranges:
            continue
        (start, stop), (begin, end) = ranges
        if start < end and begin < stop:
            raise RuntimeError(
                "unsupported operation: some elements of the input tensor and the written-to "
                "tensor refer to a single memory location. Please clone() the tensor before "
                "performing the operation."
            )


def _same_place(target: Tensor, source: Any) -> bool:
    """Whether a tensor is copied to where it is."""
    return (
        isinstance(source, Tensor) and source._cell is target._cell
        and source.dtype is target.dtype
        and _filled_up(source, target.ndim) == _filled_up(target, target.ndim)
    )  # fmt: skip


def _filled_up(tensor: Tensor, ndim: int) -> Any:
    """Shape, strides and offset with axes of one element in front, as for broadcasting."""
    strides, offset = layout(tensor)
    missing = ndim - tensor.ndim
    steps = [s if n > 1 else 0 for s, n in zip(strides, tensor.shape, strict=True)]
    return (1,) * missing + tuple(tensor.shape), [0] * missing + steps, offset


def _range(tensor: Tensor, strides: Sequence[int], offset: int) -> tuple[int, int] | None:
    """Where in memory a tensor without gaps begins and ends, in bytes."""
    size = 1
    for stride, n in sorted(zip(strides, tensor.shape, strict=True)):
        if n == 1:
            continue
        if stride != size:
            return None
        size *= n
    width = tensor.dtype.itemsize  # that of a real part is half of its number's
    return offset * width, (offset + size) * width
