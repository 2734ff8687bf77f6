"""Running an operation, and remembering it.

`run` finds the kernel for the operands' dtypes and static arguments and runs its compiled program;
`call` also leaves a node where a gradient is wanted. Views and edits in place (`views.call`,
`inplace.call`) use the same `run` and do something else with its result.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import jax
import numpy as np

from ..ops import FLOAT, Kernel, Pullback, Row, freeze, kind, leaves, pullback_of
from ..ops.names import scalar_name
from ..ops.promotion import DIMENSIONED, NUMBER, RULES, ZERO_DIM, opmath
from . import dtypes, forward, modes
from .first import first_run
from .nodes import Call, attach, record, save_results, translated, wanting, x64
from .numbers import check_factor, check_statics, constant, holding
from .tensor import Tensor, wrap

Array = jax.Array


class Plan:
    """What is known about a call of an operation with these shapes, dtypes and statics."""

    __slots__ = ("held", "kernel", "pullbacks", "ran")

    def __init__(self, kernel: Kernel, held: dict[int, np.dtype]) -> None:
        self.kernel = kernel
        self.held = held  # for arrays that come as numbers which a dtype must hold, that dtype
        self.pullbacks: dict[tuple[int, ...], Pullback] = {}
        self.ran: set[tuple[int, ...]] = set()  # the masks for which it has run


_plans: dict[Any, Plan] = {}


def run(row: Row, operands: Sequence[Any], statics: dict[str, Any], into: Any = None) -> Call:
    """Find the kernel and run it.

    Args:
        row: the operation.
        operands: tensors, numbers, None, or for a sequence row a list of tensors first.
        statics: the static arguments by name.
        into: NumPy dtype that the result is cast to (an in-place edit, `out=`).
    """
    flat: list[Any] = list(operands)
    if row.sequence:
        flat = [*operands[0], *operands[1:]]
    key: list[Any] = [row, len(flat), into, dtypes.default.dtype]
    arrays: list[Any] = []
    tensors: list[Tensor | None] = []
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
    if statics:
        key.append(tuple((name, freeze(value)) for name, value in statics.items()))
    signature = tuple(key)
    plan = _plans.get(signature)
    if plan is None:
        kernel = find_kernel(row, operands, statics, into)
        held: dict[int, np.dtype] = {}
        if row.holds:
            dtype = kernel.compute or code(flat[0])[0]
            check_statics(row, statics, dtype)
            held = holding(kernel, dtype)
        plan = _plans[signature] = Plan(kernel, held)
    kernel = plan.kernel
    for i, tensor in enumerate(tensors):
        if tensor is None:
            number = arrays[i]
            arrays[i] = constant(number, kernel.number or code(number)[0], plan.held.get(i))
    if row.check is not None and not any(isinstance(a, jax.core.Tracer) for a in arrays):
        row.check(*arrays, **statics)
    mask = wanting(tensors) if modes.state.grad else ()
    pullback, residuals = None, cast(tuple[Array, ...], ())
    try:
        with x64(True) if mask in plan.ran else first_run(plan.ran, mask, arrays):
            if mask:
                pullback = plan.pullbacks.get(mask)
                if pullback is None:
                    pullback = plan.pullbacks[mask] = pullback_of(kernel, arrays, mask)
                if not pullback.carriers:  # such as a comparison, which is never recorded
                    mask, pullback = (), None
            if pullback is not None and pullback.residuals:
                results, residuals = pullback.forward(*arrays)
                single = pullback.single
            else:
                result = kernel.forward(*arrays)
                results, single = leaves(result), not isinstance(result, (tuple, list))
    except ValueError as error:
        raise translated(error) from None
    return Call(kernel, arrays, tensors, mask, pullback, results, residuals, single)


_made: dict[Any, Kernel] = {}


def find_kernel(
    row: Row, operands: Sequence[Any], statics: dict[str, Any], into: Any = None
) -> Kernel:
    """Choose dtypes by promotion; kernels are shared between shapes."""
    codes: list[Any] = []
    counts: list[Any] = []
    for i, operand in enumerate(operands):
        if row.sequence and i == 0:
            counts.append((len(operand),))
            codes += [code(item) for item in operand]
            continue
        counts.append(0 if operand is None else 1)
        if operand is not None and i not in row.quiet:
            codes.append(code(operand))
    rule = row.promote if isinstance(row.promote, str) else row.promote(**statics)
    compute, result = RULES[rule](tuple(codes), dtypes.default.dtype.numpy)
    for i in row.quiet:
        if compute is not None and isinstance(operands[i], (int, float, complex)):
            cut = rule == "same" or row.name == "addcmul"
            check_factor(row.operands[i], code(operands[i])[0], compute, cut)
    if into is not None and result is not None:
        if not can_cast(result, into):
            raise RuntimeError(
                f"result type {scalar_name(result)} can't be cast to the desired output type "
                f"{scalar_name(into)}"
            )
        result = into
    fixed = {k: v.numpy if isinstance(v, dtypes.DType) else v for k, v in statics.items()}
    name = _scalar_name(row.scalar, row, operands) if row.scalar else None
    key = (row, freeze(tuple(fixed.items())), tuple(counts), compute, result, name)
    if key not in _made:
        kernel = _made[key] = Kernel(row, fixed, tuple(counts), compute, result)
        kernel.name = name or kernel.name
        # Numbers are cast on the host to the dtype computed in; where each operand keeps its own
        # dtype they come as they are, int64 or float64.
        kernel.number = None if compute is None else opmath(compute)
    return _made[key]


def _scalar_name(names: Mapping[str, str], row: Row, operands: Sequence[Any]) -> str | None:
    """PyTorch's name for the node where an operand is a Python number."""
    for key, operand in zip(row.operands, operands, strict=True):
        if key in names and operand is not None and not isinstance(operand, Tensor):
            return names[key]
    return None


def can_cast(source: np.dtype, target: np.dtype) -> bool:
    """Whether an in-place result may be stored: never to a lower kind."""
    return kind(source) <= kind(target) or (kind(source) <= FLOAT <= kind(target))


def code(operand: Any) -> tuple[np.dtype, int]:
    if isinstance(operand, Tensor):
        array = operand._read()
        return array.dtype, DIMENSIONED if array.ndim else ZERO_DIM
    number = dtypes.NUMBERS.get(type(operand))
    if number is None:
        for python, number in dtypes.NUMBERS.items():  # NumPy scalars and subclasses
            if isinstance(operand, python):
                return number, NUMBER
        raise TypeError(f"expected a Tensor or a number, got {type(operand).__name__}")
    return number, NUMBER


def call(row: Row, operands: Sequence[Any], statics: dict[str, Any]) -> Any:
    """Run an operation, record it where a gradient is wanted, and wrap its results."""
    done = run(row, operands, statics)
    results = [wrap(array) for array in done.results]
    if forward.state.level is not None:
        forward.state.level.push(done, results)
    if done.mask:
        node = record(done)
        attach(node, results)
        save_results(node, done, results)
    return results[0] if done.single else tuple(results)
