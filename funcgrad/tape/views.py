"""Views: another reading of the same memory.

A view is a pure function of its base, kept as the kernels of the view operations that made it.
Reading applies them, writing transposes them (`funcgrad.tape.storage.overwrite`), and after an
edit in place a view that autograd knows takes its new place in the graph from its base.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import jax
import numpy as np

from ..ops import Kernel, Row
from . import modes
from .nodes import OpNode, attach, record, x64
from .record import run
from .storage import Steps, compose, overwrite
from .tensor import Tensor, _blank


def call(row: Row, operands: Sequence[Any], statics: dict[str, Any]) -> Tensor:
    """Run a view operation; the result shares the cell of its operand."""
    done = run(row, operands, statics)
    view = share(operands[0], done.kernel, done.results[0])
    if done.mask:
        attach(record(done), [view])
    return view


def call_many(
    row: Row, tensor: Tensor, statics: dict[str, Any], parts: Sequence[tuple[Row, dict[str, Any]]]
) -> tuple[Tensor, ...]:
    """One recorded operation with several views as results, each read as its part says."""
    done = run(row, [tensor], statics)
    views = []
    for (part, arguments), array in zip(parts, done.results, strict=True):
        with modes.no_grad():
            kernel = run(part, [tensor], arguments).kernel
        view = share(tensor, kernel, array)
        view._creation = view._creation or "multi"
        views.append(view)
    if done.mask:
        attach(record(done), views)
    return tuple(views)


def share(tensor: Tensor, kernel: Kernel, array: Any) -> Tensor:
    """A view of a tensor whose value has been computed."""
    view = _blank(tensor._cell, tensor._counter)
    view._steps = (*tensor._steps, kernel)
    view._value, view._value_writes = array, tensor._cell.writes
    view._inference = tensor._inference
    if not tensor._inference:
        view._base_tensor = tensor._base_tensor or tensor
        view._node_version = tensor._counter.value
        view._creation = tensor._creation
        if not view._creation and not modes.state.grad:
            view._creation = "inference" if modes.state.inference else "no_grad"
    return view


def from_base(view: Tensor) -> Steps:
    """The steps from a view's base to the view."""
    base = view._base_tensor
    return view._steps[len(base._steps) :] if base is not None else ()


def _row(name: str, function: Any, operands: tuple[str, ...], node: str) -> Row:
    return Row(
        name=name,
        function=function,
        operands=operands,
        sequence=False,
        quiet=frozenset(),
        promote="keep",
        bind=frozenset(),
        node=node,
    )


@lru_cache(maxsize=4096)
def _reading(steps: Steps) -> Kernel:
    """The steps of a view as one recordable operation."""
    view = compose(steps)
    row = _row("as_strided", lambda base: view(base), ("base",), "AsStrided")
    return Kernel(row, {}, (1,), None, None)


@lru_cache(maxsize=4096)
def _writing(steps: Steps) -> Kernel:
    """Replacing what a view shows of its base, as one recordable operation."""
    row = _row(
        "copy_slices",
        lambda base, value: overwrite(base, value, steps),
        ("base", "value"),
        "CopySlices",
    )
    kernel = Kernel(row, {}, (1, 1), None, None)
    kernel.name = "CopySlices"
    return kernel


def _rebase(view: Tensor) -> None:
    """Take the view's place in the graph from its base, which was edited in place."""
    base = view._base_tensor
    assert base is not None
    view._node_version = view._counter.value
    edge = base._edge()
    if edge is None:
        return
    kernel = _reading(from_base(view))
    with x64(True):
        pullback = kernel.pullback([base._read()], (0,))
    view._node, view._output_nr = OpNode(kernel, pullback, [edge], [0]), 0


Tensor._rebase = _rebase


def copy_slices(view: Tensor, before: jax.Array, node: Any) -> None:
    """The base of a view that was edited continues in the graph from both.

    Args:
        view: the view, whose new value comes out of `node`.
        before: the base's array before the edit.
        node: the node of the edit.
    """
    base = view._base_tensor
    assert base is not None
    edge = base._edge()
    kernel = _writing(from_base(view))
    mask = (1,) if edge is None else (0, 1)
    with x64(True):
        value = jax.ShapeDtypeStruct(node.avals[0].shape, node.avals[0].dtype)
        pullback = kernel.pullback([before, value], mask)
    base._node, base._output_nr = OpNode(kernel, pullback, [edge, (node, 0)], [0, 1]), 0
    base._leaf_requires = False


@lru_cache(maxsize=4096)
def _layout(steps: Steps, shape: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """Strides and offset of a view, read off the places that its elements have in the base."""
    size = int(np.prod(shape, dtype=np.int64))
    with jax.ensure_compile_time_eval(), x64(True):
        places = np.asarray(compose(steps)(np.arange(size).reshape(shape)))
    if places.size == 0:
        return contiguous_strides(places.shape), 0
    first = places[(0,) * places.ndim] if places.ndim else places[()]
    strides = [
        int(places[tuple(int(j == i) for j in range(places.ndim))] - first) if n > 1 else 0
        for i, n in enumerate(places.shape)
    ]
    for i in reversed(range(places.ndim)):  # PyTorch gives an axis of size one a plausible stride
        if places.shape[i] == 1:
            inner = i + 1
            strides[i] = strides[inner] * places.shape[inner] if inner < places.ndim else 1
    return tuple(strides), int(first)


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of a C-ordered array, in elements."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


def layout(tensor: Tensor) -> tuple[tuple[int, ...], int]:
    """Strides and storage offset, in elements, as PyTorch's own would be."""
    if not tensor._steps:
        return contiguous_strides(tensor.shape), 0
    return _layout(tensor._steps, tensor._cell.array.shape)


def is_contiguous(tensor: Tensor) -> bool:
    """Whether the elements lie in C order without gaps."""
    strides, _ = layout(tensor)
    expected = contiguous_strides(tensor.shape)
    return all(
        n == 1 or a == b for n, a, b in zip(tensor.shape, strides, expected, strict=True)
    ) or 0 in tensor.shape  # fmt: skip
