"""From a stream into a tensor: the order in memory, edits in place, and the place in the graph.

A draw has no derivative. Where PyTorch gives the drawn tensor a node, its gradients are zeros.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from ...streams import Generator as Stream
from .. import dtypes, inplace, modes
from ..creation import make
from ..graph import Node
from ..nodes import attach
from ..strides import contiguous_strides, strides_of
from ..tensor import Tensor, filled, wrap
from .generator import stream_of
from .mapped import ForEach

# From (stream, count, dtype, whether one at a time) to so many values.
Draw = Callable[[Stream, int, np.dtype, bool], np.ndarray]


class DrawnNode(Node):
    """A draw in the graph: the gradient is zero, or there is none."""

    __slots__ = ("operands", "refusal")

    def __init__(
        self, name: str, tensors: Sequence[Tensor], aval: Any, refusal: str | None = None
    ) -> None:
        super().__init__(name, [tensor._edge() for tensor in tensors], [aval])
        self.operands = [(tuple(t.shape), t._read().dtype) for t in tensors]
        self.refusal = refusal

    def call(self, gradients: Sequence[Tensor | None], create: bool) -> Sequence[Tensor | None]:
        if self.refusal is not None:
            raise RuntimeError(f"derivative for {self.refusal} is not implemented")
        if gradients[0] is None:
            return [None] * len(self.edges)
        return [
            None if edge is None else wrap(filled(shape, dtype, 0))
            for edge, (shape, dtype) in zip(self.edges, self.operands, strict=True)
        ]


def give_node(
    result: Tensor, name: str, tensors: Sequence[Tensor], refusal: str | None = None
) -> Tensor:
    """Give a drawn tensor its place in the graph, if one of these tensors requires grad."""
    if modes.state.grad and any(tensor.requires_grad for tensor in tensors):
        attach(DrawnNode(name, tensors, _aval(result._read()), refusal), [result])
    return result


def _aval(array: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(array.shape, array.dtype)


def lies(tensor: Tensor) -> tuple[tuple[int, ...], bool]:
    """How a tensor's elements lie in memory.

    Returns:
        The axes, outermost first, and whether the elements lie together in C order.
    """
    if not tensor._steps:
        return tuple(range(tensor.ndim)), True
    strides = strides_of(tensor)
    axes = tuple(sorted(range(tensor.ndim), key=lambda axis: -strides[axis]))
    packed = all(
        n == 1 or a == b
        for n, a, b in zip(tensor.shape, strides, contiguous_strides(tensor.shape), strict=True)
    )
    return axes, packed or 0 in tensor.shape


def drawn(
    stream: Stream,
    draw: Draw,
    shape: Sequence[int],
    dtype: np.dtype,
    axes: Sequence[int] | None = None,
    serial: bool = False,
) -> np.ndarray:
    """An array of draws that follow each other in the order of the axes (C order unless given)."""
    count = math.prod(shape)
    if isinstance(stream, ForEach):
        values = stream.draw(draw, count, dtype, serial)
    else:
        values = draw(stream, count, dtype, serial)
    if axes is None:
        return values.reshape(shape)
    return values.reshape([shape[axis] for axis in axes]).transpose(np.argsort(axes))


def fill(tensor: Tensor, draw: Draw, name: str, generator: Any, *others: Tensor) -> Tensor:
    """Put draws into a tensor in place, in the order in which PyTorch walks its memory."""
    inplace.check(tensor, any(t.requires_grad for t in (tensor, *others)))
    stream = stream_of(generator, tensor.device)
    axes, packed = lies(tensor)
    dtype = tensor.dtype.numpy
    values = drawn(stream, draw, tensor.shape, dtype, axes, serial=not packed)
    put(tensor, values, name, others)
    return tensor


def put(tensor: Tensor, values: np.ndarray, name: str, others: Sequence[Tensor] = ()) -> None:
    """Store an array behind a tensor, as the result of a node where a gradient is wanted."""
    array = make(values, None, tensor.device, False)._read()
    node = None
    tensors = [tensor, *others]
    if modes.state.grad and any(t.requires_grad for t in tensors):
        node = DrawnNode(name, tensors, _aval(array))
    inplace.write(tensor, array)
    if node is not None:
        inplace.rebase_history(tensor, node)


def not_implemented(kernel: str, dtype: np.dtype) -> NotImplementedError:
    """What PyTorch says of a dtype that a draw does not have."""
    return NotImplementedError(
        f"\"{kernel}\" not implemented for '{dtypes.legacy_name(dtype)[6:-6]}'"
    )


def require(kernel: str, dtype: np.dtype, kinds: str = "f") -> None:
    """Raise unless the dtype is of one of these kinds: `f`loating, `c`omplex, `i`nteger, `b`ool."""
    found = dtypes.DType._all[dtype]
    kind = "f" if found.is_floating_point else "c" if found.is_complex else "i"
    if dtype.kind == "b":
        kind = "b"
    if kind not in kinds:
        raise not_implemented(kernel, dtype)


def number(function: str, name: str, value: Any) -> float:
    """An argument that must be a real number."""
    if isinstance(value, Tensor) and value.ndim == 0 and not value.requires_grad:
        value = value.item()
    if isinstance(value, (Tensor, complex, str)) or not hasattr(value, "__float__"):
        raise TypeError(
            f"{function}(): argument '{name}' must be float, not {type(value).__name__}"
        )
    return float(value)
