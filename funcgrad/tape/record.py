"""Running an operation, and remembering it.

`run` finds the kernel for the operands' dtypes and static arguments and runs its compiled program;
`call` also leaves a node where a gradient is wanted. Views and edits in place (`views.call`,
`inplace.call`) use the same `run` and do something else with its result.
"""

from collections.abc import Sequence
from typing import Any

import jax

from ..ops import Row
from . import dtypes, forward, modes, quick
from .calls import Call, translated, wanting
from .first import first_run
from .nodes import record, save_results
from .plans import plan_for, plans, statics_key
from .tensor import Tensor, made
from .wide import wide


def run(row: Row, operands: Sequence[Any], statics: dict[str, Any], into: Any = None) -> Call:
    """Find the kernel and run it.

    Args:
        row: the operation.
        operands: tensors, numbers, None, or for a sequence row a list of tensors first.
        statics: the static arguments by name.
        into: NumPy dtype that the result is cast to (an in-place edit, `out=`).
    """
    flat: Sequence[Any] = [*operands[0], *operands[1:]] if row.sequence else operands
    key: list[Any] = [row, len(flat), into, dtypes.default.dtype]
    arrays: list[Any] = []
    tensors: list[Tensor | None] = []
    numbers = False
    for operand in flat:
        if isinstance(operand, Tensor):
            array = operand._read()
            arrays.append(array)
            tensors.append(operand)
            key.append(array.aval)
        else:
            key.append(type(operand))
            if operand is not None:
                arrays.append(operand)
                tensors.append(None)
                numbers = True
    if statics:
        key.append(statics_key(statics))
    signature = tuple(key)
    plan = plans.get(signature)
    if plan is None:
        plan = plans[signature] = plan_for(row, operands, flat, statics, into)
    if numbers:
        for i, tensor in enumerate(tensors):
            if tensor is None:
                arrays[i] = plan.constant(i, arrays[i])
    if row.check is not None and not any(isinstance(a, jax.core.Tracer) for a in arrays):
        row.check(*arrays, **statics)
    mask = wanting(tensors, plan.wraps) if modes.state.grad else ()
    try:
        if mask in plan.ran:
            way = plan.ways[mask]
            found = wide(way.program, arrays)
        else:
            with first_run(plan.ran, mask, arrays):
                way = plan.way(arrays, mask)
                found = way.program(*arrays)
    except ValueError as error:
        raise translated(error) from None
    pullback, residuals = way.pullback, ()
    if way.keeps:
        assert pullback is not None
        results, residuals = found
        single = pullback.single
    else:
        single = not isinstance(found, (tuple, list))
        results = (found,) if single else tuple(found)
    plan.single = single
    mask = mask if pullback is not None else ()
    return Call(plan.kernel, arrays, tensors, mask, pullback, results, residuals, single)


def call(row: Row, operands: Sequence[Any], statics: dict[str, Any]) -> Any:
    """Run an operation, record it where a gradient is wanted, and wrap its results."""
    found = quick.call(row, operands, statics)
    if found is not None:
        return found
    done = run(row, operands, statics)
    results = [made(array) for array in done.results]
    if forward.state.level is not None:
        forward.state.level.push(done, results)
    if done.mask:
        node = record(done)
        for i in node.pullback.carriers:
            result = results[i]
            result._node, result._output_nr = node, i
        save_results(node, done, results)
    return results[0] if done.single else tuple(results)
