"""Jacobians in forward mode: a column for each direction in the space of the inputs."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ....ops import OPS
from ....tape.bind import function
from ....tape.full import zeros_like
from ....tape.nodes import x64
from ....tape.tensor import Tensor, wrap
from ..forward_ad import dual_level, make_dual, unpack_dual
from .arguments import OUTPUTS, as_tensors

_stack = function(OPS["stack"])


def forward_jacobian(func: Callable[..., Any], inputs: Any) -> Any:
    """The Jacobian of a function by one run on a batch of directions.

    Where the tangents must be differentiable, because something requires grad, it is a run for each
    direction: what a batch leaves behind could not be differentiated outside of it.

    Args:
        func: takes the inputs, gives a tensor or a tuple of them.
        inputs: a tensor or a tuple of them.

    Returns:
        What `jacobian` gives, in PyTorch's containers for this mode.
    """
    several, operands = as_tensors(inputs, "inputs", "jacobian")
    directions = _directions(operands)
    columns = None
    if not any(operand.requires_grad for operand in operands):
        columns = _batch(func, operands, directions)
    if columns is None:
        columns = _one_by_one(func, operands, directions)
    several_outputs, found = columns
    matrices = [_split(tangents, operands) for tangents in found]
    if several:
        return matrices if several_outputs else matrices[0]
    return tuple(m[0] for m in matrices) if several_outputs else matrices[0][0]


def _directions(operands: Sequence[Tensor]) -> list[jax.Array]:
    """For each input its part of all directions, along a new first axis."""
    arrays = [operand._read() for operand in operands]
    count = sum(array.size for array in arrays)
    if count == 0:
        raise RuntimeError(
            'strategy="forward-mode" does not support inputs without entries: vmap over dims of '
            'size 0. Use strategy="reverse-mode".'
        )
    parts, start = [], 0
    with x64(True):
        for array in arrays:
            block = jnp.eye(count, array.size, -start, dtype=array.dtype)
            parts.append(block.reshape(count, *array.shape))
            start += array.size
    return parts


def _run(
    func: Callable[..., Any], operands: Sequence[Tensor], tangents: Sequence[Any]
) -> tuple[bool, list[Tensor]]:
    with dual_level():
        duals = [make_dual(x, wrap(t)) for x, t in zip(operands, tangents, strict=True)]
        several, outputs = as_tensors(func(*duals), OUTPUTS, "jacobian")
        found = [unpack_dual(output).tangent for output in outputs]
    pairs = zip(outputs, found, strict=True)
    return several, [zeros_like(output) if t is None else t for output, t in pairs]


def _batch(
    func: Callable[..., Any], operands: Sequence[Tensor], directions: list[jax.Array]
) -> tuple[bool, list[Tensor]] | None:
    """For each output the tangents for all directions along a last axis; None if in a graph."""
    seen: list[Any] = []

    def columns(*tangents: jax.Array) -> list[jax.Array]:
        several, found = _run(func, operands, tangents)
        seen.extend((several, any(t.requires_grad for t in found)))
        return [t._read() for t in found]

    with x64(True):
        arrays = jax.vmap(columns, out_axes=-1)(*directions)
    several, in_graph = seen
    return None if in_graph else (several, [wrap(array) for array in arrays])


def _one_by_one(
    func: Callable[..., Any], operands: Sequence[Tensor], directions: list[jax.Array]
) -> tuple[bool, list[Tensor]]:
    runs = []
    for j in range(len(directions[0])):
        with x64(True):
            tangents = [part[j] for part in directions]
        runs.append(_run(func, operands, tangents))
    columns = zip(*(found for _, found in runs), strict=True)
    return runs[0][0], [_stack(list(column), -1) for column in columns]


def _split(tangents: Tensor, operands: Sequence[Tensor]) -> list[Tensor]:
    """The Jacobians of one output: its tangents parted by inputs."""
    shape = tangents.shape[:-1]
    parts = tangents.split([operand.numel() for operand in operands], -1)
    pairs = zip(parts, operands, strict=True)
    return [part.reshape((*shape, *operand.shape)) for part, operand in pairs]
