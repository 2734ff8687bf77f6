"""What is known about calls of an operation: its kernel, and what runs for certain operands.

A *plan* is looked up by the operation, the operands' shapes and dtypes and the static arguments.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from ..ops import FLOAT, Kernel, Pullback, Row, freeze, kind, pullback_of
from ..ops.names import scalar_name
from ..ops.promotion import DIMENSIONED, NUMBER, RULES, ZERO_DIM, opmath
from . import dtypes
from .calls import WRAPPED
from .numbers import check_factor, check_statics, constant, holding
from .tensor import Tensor

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
        single: whether the operation gives one result; known once it has run.
        quick: for `quick.call`, to note how it runs, by a number whose bits are those operands.
    """

    __slots__ = ("_constants", "_held", "kernel", "quick", "ran", "single", "ways", "wraps")

    def __init__(self, kernel: Kernel, held: dict[int, np.dtype], wraps: bool) -> None:
        self.kernel, self._held, self.wraps = kernel, held, wraps
        self.ways = {(): Way(kernel.forward, None, False)}
        self.ran: set[tuple[int, ...]] = set()
        self.single, self.quick = False, dict[int, Any]()
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


class Statics(dict[str, Any]):
    """Static arguments of many calls, with what stands for them in a plan's key.

    Example:
        >>> Statics(exponent=2.0).key
        (('exponent', (<class 'float'>, '0x1.0000000000000p+1')),)
    """

    __slots__ = ("key",)

    def __init__(self, **values: Any) -> None:
        super().__init__(values)
        self.key = _frozen(self)


def statics_key(statics: Mapping[str, Any]) -> Any:
    """What stands for static arguments in a plan's key."""
    return statics.key if type(statics) is Statics else _frozen(statics)


def _frozen(statics: Mapping[str, Any]) -> Any:
    return tuple([(name, freeze(value)) for name, value in statics.items()])


_MANY = 256
_PLAIN = frozenset({int, float})
plans: dict[Any, Plan] = {}


def plan_for(
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
