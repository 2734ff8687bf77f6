"""Running an operation, and remembering it.

`run` finds the kernel for the operands' dtypes and static arguments and runs its compiled program;
`call` also leaves a node where a gradient is wanted. Views and edits in place (`views.call`,
`inplace.call`) use the same `run` and do something else with its result.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from ..ops import FLOAT, Kernel, Pullback, Row, freeze, kind, pullback_of
from ..ops.names import scalar_name
from ..ops.promotion import DIMENSIONED, NUMBER, RULES, ZERO_DIM, opmath
from . import dtypes, forward, modes
from .calls import WRAPPED, Call, translated, wanting
from .first import first_run
from .nodes import record, save_results
from .numbers import check_factor, check_statics, constant, holding
from .tensor import Tensor, made
from .wide import wide

Array = jax.Array


class Way(NamedTuple):
    """How a plan runs where certain operands require grad.

    Attributes:
        program: what runs.
        pullback: None where no result has a gradient, as that of a comparison.
        keeps: whether the program gives a tuple of results and one of residuals.
    """

    program: Callable[..., Any]
    pullback: Pullback | None
    keeps: bool


class Plan:
    """What is known about a call of an operation with these shapes, dtypes and statics.

    Args:
        kernel: the operation.
        held: for arrays that come as numbers which a dtype must hold, that dtype.
        wraps: whether PyTorch makes a tensor of a number among the operands.

    Attributes:
        ways: by the numbers of the operands that require grad.
        ran: those numbers for which what runs is compiled.
    """

    __slots__ = ("_constants", "_held", "kernel", "ran", "ways", "wraps")

    def __init__(self, kernel: Kernel, held: dict[int, np.dtype], wraps: bool) -> None:
        self.kernel, self._held, self.wraps = kernel, held, wraps
        self.ways = {(): Way(kernel.forward, None, False)}
        self.ran: set[tuple[int, ...]] = set()
        self._constants: dict[tuple[int, Any], Array] = {}

    def constant(self, i: int, number: Any) -> Array:
        """The array for operand `i`, which is a Python number; of one type in all calls."""
        plain = type(number) in _PLAIN and number  # 0.0 == -0.0
        found = self._constants.get((i, number)) if plain else None
        if found is None:
            dtype = self.kernel.number or code(number)[0]
            found = constant(number, dtype, self._held.get(i))
            if plain:
                if len(self._constants) > _MANY:
                    self._constants.clear()
                self._constants[i, number] = found
        return found

    def way(self, arrays: Sequence[Array], mask: tuple[int, ...]) -> Way:
        """How it runs where these operands require grad."""
        if mask not in self.ways:
            pullback = pullback_of(self.kernel, arrays, mask)
            keeps = bool(pullback.residuals)
            self.ways[mask] = (
                Way(pullback.forward if keeps else self.kernel.forward, pullback, keeps)
                if pullback.carriers
                else self.ways[()]
            )
        return self.ways[mask]


_MANY = 256
_PLAIN = frozenset({int, float})
_plans: dict[Any, Plan] = {}


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
        key.append(tuple([(name, freeze(value)) for name, value in statics.items()]))
    signature = tuple(key)
    plan = _plans.get(signature)
    if plan is None:
        plan = _plans[signature] = _plan(row, operands, flat, statics, into)
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
    mask = mask if pullback is not None else ()
    return Call(plan.kernel, arrays, tensors, mask, pullback, results, residuals, single)


def _plan(
    row: Row, operands: Sequence[Any], flat: Sequence[Any], statics: dict[str, Any], into: Any
) -> Plan:
    kernel = find_kernel(row, operands, statics, into)
    held: dict[int, np.dtype] = {}
    if row.holds:
        dtype = kernel.compute or code(flat[0])[0]
        check_statics(row, statics, dtype)
        held = holding(kernel, dtype)
    main = [o for i, o in enumerate(operands) if i not in row.quiet and o is not None]
    wraps = row.name in WRAPPED and not all(isinstance(operand, Tensor) for operand in main)
    return Plan(kernel, held, wraps)


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
