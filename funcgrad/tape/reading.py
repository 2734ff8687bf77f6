"""What a pullback reads of what its node has saved, and how it runs."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import jax

from ..ops import Pullback
from .calls import translated
from .first import first_run
from .saved import KEPT, Saved
from .wide import wide

if TYPE_CHECKING:
    from .nodes import OpNode

Array = jax.Array
SINGLE = jax.sharding.SingleDeviceSharding


def read_by(node: "OpNode", touched: Collection[Any] = ()) -> list[Array] | None:
    """The arrays that the pullback of a node reads beside the gradients.

    Args:
        node: that is to run.
        touched: cells and counters that will have been written to when it does.

    Returns:
        None where the node must be asked itself: for an error, or for something unusual.
    """
    return _kept(node, touched) if type(node.saved) is tuple else _looked_up(node, touched)


def _kept(node: "OpNode", touched: Collection[Any]) -> list[Array] | None:
    """What a pullback reads, of a node that nobody has looked into yet."""
    arrays: list[Array] = []
    saves = node.pullback.saving
    for n in saves.checked if node.saved else ():
        at = n * KEPT
        array, cell, writes, steps, counter, version, holder = node.saved[at : at + KEPT]
        if counter is not None and (counter.value != version or counter in touched):
            return None
        if cell is not None:
            tensor = holder()
            if cell in touched:
                return None
            if cell.writes != writes or (
                tensor is not None and (tensor._cell is not cell or tensor._steps is not steps)
            ):
                return _looked_up(node, touched)
        if n in saves.read:
            if type(array.sharding) is not SINGLE:
                return None
            arrays.append(array)
    arrays += node.residuals
    return arrays


def _looked_up(node: "OpNode", touched: Collection[Any]) -> list[Array] | None:
    """What a pullback reads."""
    values, pullback = node.operands, node.pullback
    if values is None or pullback.may_be_refused:
        return None
    used = [values[i] for i in pullback.inputs]
    used += [node.results[i] for i in pullback.outputs]
    checked = values.values() if node.guarded else used
    for value in (*checked, *node.results.values()) if node.results else checked:
        if type(value) is not Saved or value.dual is not None:
            return None
        counter = value.counter
        if counter is not None and (counter.value != value.version or counter in touched):
            return None
    if any(isinstance(residual, Saved) for residual in node.residuals):
        return None
    arrays = [value.array for value in used]
    arrays += node.residuals
    for value, array in zip(used, arrays, strict=False):
        if value._cell in touched or not is_plain(array):
            return None
    return arrays


def run_pullback(pullback: Pullback, arrays: Sequence[Array]) -> Sequence[Array]:
    """Gradients of the masked operands, not recorded."""
    if pullback.passed_on is not None:
        return [arrays[i] for i in pullback.passed_on]
    found: Sequence[Array]
    try:
        if pullback.ran:
            found = wide(pullback.call, arrays)
        else:
            with first_run(pullback.ran, (), arrays):
                found = pullback.call(*arrays)
    except ValueError as error:
        raise translated(error) from None
    return found


def is_plain(array: Any) -> bool:
    """Whether it is an array of one device, not one that is traced."""
    return not isinstance(array, jax.core.Tracer) and type(array.sharding) is SINGLE
