"""The short way through an operation: what `record.call` does, for operands that are simple.

Most of the time of an operation on few elements is Python's. Where nothing is traced, and no mode
is on but that of recording, all that there is to know about an operation follows from its operands'
shapes and dtypes and from which of them require grad. So it is looked up, once the long way has
gone before, and the rest is to run the program and to write down the node, here without any
function or object between. What is not simple takes the long way: where this module finds that, it
has done nothing yet.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jax

from ..ops import Pullback, Row
from . import dtypes, forward, modes
from .calls import translated
from .graph import numbers, watchers
from .nodes import OpNode
from .plans import Plan, Way, plans, statics_key
from .saved import kept_of, version_of
from .saved import state as saved_state
from .saving import Saving, saving
from .storage import PLAIN, Cell, Counter, Step
from .tensor import Tensor, filled, made
from .wide import restore, switch


class Quick(NamedTuple):
    """How an operation runs where certain operands require grad.

    Attributes:
        program: what runs.
        pullback: None where nothing is recorded.
        keeps: whether the program gives residuals, too.
        positions: numbers of the operands that are tensors.
        saves: what is saved.
    """

    program: Any
    pullback: Pullback | None
    keeps: bool
    positions: tuple[int, ...]
    saves: Saving | None


def call(row: Row, operands: Sequence[Any], statics: dict[str, Any], share: Any = None) -> Any:
    """Run an operation and record it where a gradient is wanted.

    Args:
        row: the operation.
        operands: tensors, numbers, None.
        statics: the static arguments by name.
        share: for a view, what makes one of a tensor, a step and an array.

    Returns:
        Its result, or a tuple of them; None if it is not simple.
    """
    if watchers:
        return None
    flat = (*operands[0], *operands[1:]) if row.sequence else operands
    key: list[Any] = [row, len(flat), None, dtypes.default.dtype]
    arrays: list[Any] = []
    edges: list[Any] = []
    tensors: list[Any] = []
    requires, bit, plain, follows = 0, 1, True, False
    recording = modes.state.grad
    for operand in flat:
        if isinstance(operand, Tensor):
            if operand._inference:
                return None
            array = operand._read() if operand._steps else operand._cell.array
            if type(array) not in PLAIN:
                return None
            key.append(array.aval)
            arrays.append(array)
            tensors.append(operand)
            if recording:
                if operand._base_tensor is not None:
                    follows = True
                    edges.append(None)
                    if operand.requires_grad:
                        requires |= bit
                elif operand._node is not None:
                    edges.append((operand._node, operand._output_nr))
                    requires |= bit
                elif operand._leaf_requires:
                    edges.append(operand._edge())
                    requires |= bit
                else:
                    edges.append(None)
            bit <<= 1
        else:
            key.append(type(operand))
            if operand is not None:
                arrays.append(operand)
                tensors.append(None)
                edges.append(None)
                bit <<= 1
                plain = False
    if statics:
        key.append(statics_key(statics))
    plan = plans.get(tuple(key))
    if plan is None:
        return None
    quick = plan.quick.get(requires)
    if quick is None:
        quick = _quick(plan, requires, tensors)
        if quick is None:
            return None
    program, pullback, keeps, positions, saves = quick
    if program is None or forward.state.level is not None or saved_state.pairs:
        return None
    if modes.state.inference:
        return None
    if follows and pullback is not None:
        for i, tensor in enumerate(tensors):
            if tensor is not None and tensor._base_tensor is not None:
                edges[i] = tensor._edge()
                if edges[i] is None and requires >> i & 1:
                    return None  # it follows its base nowhere
    if not plain:
        for i, tensor in enumerate(tensors):
            if tensor is None:
                arrays[i] = plan.constant(i, arrays[i])
    if row.check is not None:
        row.check(*arrays, **statics)
    before = switch(True)
    try:
        found = program(*arrays)
    except ValueError as error:
        raise translated(error) from None
    finally:
        restore(before)
    residuals: tuple[Any, ...] = ()
    if keeps:
        found, residuals = found
    elif plan.single:
        found = (found,)
    if share is not None:
        result = share(operands[0], Step(plan.kernel, tuple(arrays[1:])), found[0])
        results: Any = (result,)
    elif plan.single:
        result, cell, counter = _new(Tensor), _new(Cell), _new(Counter)  # as `made` does it
        cell.array, cell.writes, counter.value = found[0], 0, 0
        result._cell, result._counter = cell, counter
        result._steps, result._base_tensor, result._node = (), None, None
        result._leaf_requires = result._inference = False
        results = (result,)
    else:
        result = results = tuple([made(array) for array in found])
    if pullback is None or saves is None:
        return result
    node = _new(OpNode)
    node._label, node.avals = plan.kernel.name, pullback.results
    node.sequence, node.extras = next(numbers), None
    node.edges = tuple(edges) if plain else tuple([edges[i] for i in positions])
    node.pullback, node.positions, node.residuals = pullback, positions, residuals
    node.guarded = saves.guarded
    kept: list[Any] = []
    for n, (i, guards, alone) in enumerate(saves.layout):
        if n < saves.operands:
            array, edge, tensor = arrays[i], edges[i], tensors[i]
        else:
            array, edge, tensor = found[i], None, results[i]
        if alone and tensor is not None:
            kept += version_of(array, edge, tensor)
        else:
            kept += kept_of(array, edge, tensor if guards else None)
    node.saved = tuple(kept)
    for i in pullback.carriers:
        results[i]._node, results[i]._output_nr = node, i
    return result


def edit(row: Row, operands: Sequence[Any], statics: dict[str, Any]) -> Tensor | None:
    """Run an operation in place where no gradient is wanted; None if it is not simple."""
    if watchers or row.sequence or forward.state.level is not None:
        return None
    recording, inference = modes.state.grad, modes.state.inference
    target: Any = operands[0]
    into = target._cell
    key: list[Any] = [row, len(operands), None, dtypes.default.dtype]
    arrays: list[Any] = []
    numbers = False
    for operand in operands:
        if isinstance(operand, Tensor):
            if (
                operand._steps
                or operand._base_tensor is not None
                or (recording and (operand._node is not None or operand._leaf_requires))
                or operand._inference is not inference
                or (operand is not target and operand._cell is into)
            ):
                return None
            array = operand._cell.array
            if type(array) not in PLAIN:
                return None
            key.append(array.aval)
            arrays.append(array)
        else:
            key.append(type(operand))
            if operand is not None:
                arrays.append(operand)
                numbers = True
    before = arrays[0]
    if row.name == "zero":
        found = zeros(before.aval, before.sharding)
        if found is not None:
            return _written(target, found)
    elif row.name == "fill" and not numbers:
        return None  # PyTorch copies the tensor
    key[2] = before.dtype
    if statics:
        key.append(statics_key(statics))
    plan = plans.get(tuple(key))
    if plan is None or () not in plan.ran or row.check is not None or not plan.single:
        return None
    if numbers:
        for i, operand in enumerate(arrays):
            if type(operand) not in PLAIN:
                arrays[i] = plan.constant(i, operand)
    switched = switch(True)
    try:
        found = plan.ways[()].program(*arrays)
    except ValueError as error:
        raise translated(error) from None
    finally:
        restore(switched)
    return _written(target, found) if found.shape == before.shape else None


def _written(target: Tensor, array: Any) -> Tensor:
    cell = target._cell
    cell.array = array
    cell.writes += 1
    target._counter.value += 1
    return target


@lru_cache(maxsize=1024)
def zeros(aval: Any, sharding: Any) -> Any:
    """Zeros that are kept; None for many, which to make takes as long as to run a program."""
    if aval.size * aval.dtype.itemsize > _FEW:
        return None
    return jax.device_put(filled(aval.shape, aval.dtype, 0), sharding)


_FEW = 4096  # bytes
_new = object.__new__


def _quick(plan: Plan, requires: int, tensors: Sequence[Tensor | None]) -> Quick | None:
    """What is known where these operands require grad; None until it has run."""
    mask = tuple(i for i in range(len(tensors)) if requires >> i & 1)
    if mask not in plan.ran:
        return None
    plan.quick[requires] = found = _found(plan, plan.ways[mask], mask, tensors)
    return found


_NOT = Quick(None, None, False, (), None)


def _found(plan: Plan, way: Way, mask: tuple[int, ...], tensors: Sequence[Tensor | None]) -> Quick:
    kernel, pullback = plan.kernel, way.pullback
    if pullback is None:
        return Quick(way.program, None, False, (), None)
    if pullback.may_be_refused:
        return _NOT
    saves = pullback.saving
    if saves is None:
        saves = pullback.saving = saving(kernel, pullback, mask)
    positions = tuple(i for i, tensor in enumerate(tensors) if tensor is not None)
    return Quick(way.program, pullback, way.keeps, positions, saves)
