"""Views: another reading of the same memory.

A view is a pure function of its base, kept as the kernels of the view operations that made it.
Reading applies them, writing transposes them (`funcgrad.tape.storage.overwrite`), and after an
edit in place a view that autograd knows takes its new place in the graph from its base.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ..ops import OPS, Kernel, Row, pullback_of, strided
from . import modes, quick
from .graph import Node
from .nodes import OpNode, attach, ran, record, x64
from .numbers import constant
from .plans import find_kernel
from .record import run
from .saved import Saved
from .storage import Step, Steps, ViewKind, compose, extras_of, view_kind
from .strides import layout, numbers
from .tensor import Tensor, _blank, wrap


def call(row: Row, operands: Sequence[Any], statics: dict[str, Any]) -> Tensor:
    """Run a view operation; the result shares the cell of its operand."""
    found = quick.call(row, operands, statics, share)
    if found is not None:
        return found
    done = run(row, operands, statics)
    view = share(operands[0], Step(done.kernel, tuple(done.arrays[1:])), done.results[0])
    if done.mask:
        attach(record(done), [view])
    return view


def call_many(
    row: Row,
    tensor: Tensor,
    statics: dict[str, Any],
    parts: Sequence[tuple[Row, Sequence[Any], dict[str, Any]]],
) -> tuple[Tensor, ...]:
    """One recorded operation with several views as results, each read as its part says."""
    done = run(row, [tensor], statics)
    views = []
    for (part, extras, arguments), array in zip(parts, done.results, strict=True):
        view = share(tensor, step_of(part, tensor, extras, arguments), array)
        if modes.state.grad and view._creation != "inference":
            view._creation = "multi"
        views.append(view)
    if done.mask:
        attach(record(done), views)
    return tuple(views)


def step_of(row: Row, tensor: Tensor, extras: Sequence[Any], statics: dict[str, Any]) -> Step:
    """A view operation as a step, without running it."""
    kernel = find_kernel(row, [tensor, *extras], statics)
    return Step(kernel, tuple(constant(extra, np.dtype(np.int64)) for extra in extras))


def again(step: Step, tensor: Tensor) -> Tensor:
    """The view that a step gives of another tensor: of a tangent, as of what it is tangent to."""
    done = ran(step.kernel, [tensor, *map(wrap, step.extras)])
    view = share(tensor, step, done.results[0])
    if done.mask:
        attach(record(done), [view])
    return view


def share(tensor: Tensor, step: Step, array: Any) -> Tensor:
    """A view of a tensor whose value has been computed."""
    view = _blank(tensor._cell, tensor._counter)
    view._steps = (*tensor._steps, step)
    view._value, view._value_writes = array, tensor._cell.writes
    view._inference = tensor._inference
    if tensor._forward is not None:
        view._forward = tensor._forward
    if not tensor._inference:
        base = tensor._base_tensor
        view._base_tensor = tensor if base is None else base
        view._base_steps = tensor._steps if base is None else tensor._base_steps
        view._node_version = tensor._counter.value
        view._creation = tensor._creation
        if not modes.state.grad and view._creation != "inference":
            view._creation = "inference" if modes.state.inference else "no_grad"
    return view


def from_base(view: Tensor) -> Steps:
    """The steps from a view's base to the view."""
    base = view._base_tensor
    if base is None:
        return ()
    if base._back and base._steps is not view._base_steps:
        return (*base._back, *view._steps)  # it was made before its base was turned in place
    if base._steps != view._base_steps and base._cell is view._cell:
        return (_by_place(base, view),)  # its base was given another view of the memory
    return view._steps[len(view._base_steps) :]


def _by_place(base: Tensor, view: Tensor) -> Step:
    """The step from a base to what lies in the places of a view in the same memory."""
    offsets = strided.places(view.shape, *layout(view))
    index = wrap(numbers(base, offsets))
    return Step(find_kernel(OPS["as_strided.at"], [base, index], {}), (index._read(),))


def kernel_of(name: str, function: Any, count: int) -> Kernel:
    """A recordable operation that is in no table: reading or writing through a view."""
    row = Row(
        name=name,
        function=lambda arrays: function(*arrays),
        operands=("arrays",),
        sequence=True,
        quiet=frozenset(),
        promote="keep",
        bind=frozenset(),
        view=True,
    )
    return Kernel(row, {}, ((count,),), None, None)


_NOT_BY_STRIDES = frozenset({"view_as_real", "view_as_complex", "conj"})


@lru_cache(maxsize=4096)
def reading(shape: ViewKind) -> Kernel:
    """The steps of a view as one recordable operation on (base, *extras).

    It has PyTorch's name, which reads by strides all but what no strides can tell.
    """
    kernel = kernel_of("as_strided", compose(shape), 1 + sum(count for _, count in shape))
    if shape and shape[-1][0].row.name in _NOT_BY_STRIDES:
        kernel.name = shape[-1][0].name
    return kernel


def _node(kernel: Kernel, arrays: Sequence[Any], edges: Sequence[Any], steps: Steps) -> OpNode:
    """A node that reads nothing but the extras of a view."""
    mask = tuple(i for i, edge in enumerate(edges) if edge is not None)
    with x64(True):
        pullback = pullback_of(kernel, [*arrays, *extras_of(steps)], mask)
    node = OpNode(kernel, pullback, edges, tuple(range(len(edges))))
    extras = extras_of(steps)
    for i in pullback.inputs:
        node.operands[i] = Saved(extras[i - len(arrays)], None, None)
    return node


def _rebase(self: Tensor) -> None:
    """Take the view's place in the graph from its base, which was edited in place."""
    base = self._base_tensor
    assert base is not None
    edge = base._edge()
    if edge is None and self._node is None:
        return  # until the base requires grad
    refuse(self, "its base or another view of its base has been")
    self._node_version = self._counter.value
    array: Any = base._read()
    for steps in _runs(from_base(self)):
        kernel = reading(view_kind(steps))
        edge = _node(kernel, [array], [edge], steps), 0
        array = edge[0].pullback.results[0]
    assert edge is not None
    keep_retaining(self, edge[0])
    self._node, self._output_nr = edge


def _runs(steps: Steps) -> list[Steps]:
    """Steps that strides can tell together, the others each alone."""
    runs: list[Steps] = []
    for step in steps:
        told = step.kernel.row.name not in _NOT_BY_STRIDES
        if told and runs and runs[-1][0].kernel.row.name not in _NOT_BY_STRIDES:
            runs[-1] = (*runs[-1], step)
        else:
            runs.append((step,))
    return runs or [()]  # of the whole, as after `view.data = base.data`


Tensor._rebase = _rebase


def refuse(view: Tensor, edited: str) -> None:
    """Raise PyTorch's error for a view that may not follow an edit in place.

    Args:
        view: a view.
        edited: what was edited, in words: "is being", or what happened to its base.
    """
    if not view._creation:
        return
    made, node, outside = _MADE[view._creation], view._node, _OUTSIDE.get(view._creation)
    whose, outside = "A view was", outside or (_OUTSIDE["no_grad"] if node is None else None)
    if node is not None:
        name = re.sub(r"Backward[0-9]*$", "", node.name())
        whose = f"Output {view._output_nr} of {name} is a view"
        whose += " of a view which was" if outside else f" and {edited} modified inplace."
    if outside:
        mode, other = outside
        whose += f" created in {mode} mode and {edited} modified inplace {other}."
    raise RuntimeError(f"{whose} {made}")


_OUTSIDE = {
    "no_grad": ("no_grad", "with grad mode enabled"),
    "inference": ("inference", "in normal mode"),
}
_AMBIGUOUS = (
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your "
    "code by moving both the view and the inplace either both inside the {} block (if you don't "
    "want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
)
_MADE = {
    "multi": "This view is the output of a function that returns multiple views. Such functions do "
    "not allow the output views to be modified inplace. You should replace the inplace operation "
    "by an out-of-place one.",
    "no_grad": _AMBIGUOUS.format("no_grad"),
    "inference": _AMBIGUOUS.format("inference_mode"),
    "function": "This view was created inside a custom Function (or because an input was returned "
    "as-is) and the autograd logic to handle view+inplace would override the custom backward "
    "associated with the custom Function, leading to incorrect gradients. This behavior is "
    "forbidden. You can fix this by cloning the output of the custom Function.",
}


def keep_retaining(tensor: Tensor, node: Node, number: int = 0) -> None:
    """Let a tensor retain its gradient at the node that it is about to come out of."""
    before = tensor._node
    if before is None or not before.retained:
        return
    moved = before.retained.pop(tensor._output_nr, None)
    if moved is not None and moved() is tensor:
        node.retain(number, moved)
