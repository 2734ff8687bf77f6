"""New tensors of numbers in order, with PyTorch's roundings.

Its kernels add a multiple of the step to a bound by an instruction that rounds once (`fused`), and
those of `arange` start anew from a rounded number at each block of a vector register (of 256 bits
here, as on most machines).
"""

import math
import warnings
from enum import Enum
from typing import Any

import numpy as np

from ..ops import FLOAT, kind
from ..ops.filling import check_number, number_as
from ..ops.names import scalar_name, type_name
from ..ops.promotion import BOOL, COMPLEX, HALF, INT
from . import dtypes
from .factory import Options, asked, deliver, warn_of_length
from .fused import fused
from .tensor import Tensor

_REGISTER = 32  # bytes


class _Absent(Enum):
    """What an argument is that was not given; None is one that was."""

    ABSENT = "not given"

    def __repr__(self) -> str:
        return self.value


ABSENT = _Absent.ABSENT


def _number(function: str, name: str, value: Any) -> Any:
    if isinstance(value, Tensor):
        value = value.item() if value.ndim == 0 else value
    elif isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, (int, float, complex)):
        raise TypeError(
            f"{function}() received an invalid combination of arguments: '{name}' must be Number, "
            f"not {value if value is ABSENT else type(value).__name__}"
        )
    return value


def _check_bounds(name: str, start: Any, end: Any, step: Any, dtype: np.dtype) -> None:
    """Raise PyTorch's error for a range that has no end, or is none."""
    for number in (start, end, step):
        check_number(number, np.dtype(np.float64))
    if kind(dtype) in (BOOL, COMPLEX):
        raise NotImplementedError(
            f"\"{name}_cpu\" not implemented for '{scalar_name(dtype)}'; make it of numbers, and "
            "cast it with .to(...)"
        )
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")


def arange(start: Any = ABSENT, end: Any = ABSENT, step: Any = 1, **options: Any) -> Tensor:
    """Values from start (inclusive) to end (exclusive); integers unless an argument is floating.

    In an integer dtype start and step lose their fractions, and how many values there are is
    counted before; in int64 after it, as in PyTorch.

    Args:
        start: the first value, 0 unless given.
        end: where the values end.
        step: from one to the next.
        options: `dtype`, `out`, `device`, `requires_grad`; `layout` and `pin_memory` have no
            effect.
    """
    if start is ABSENT or end is ABSENT:
        start, end = 0, start if end is ABSENT else end
    start, end = _number("arange", "start", start), _number("arange", "end", end)
    step = _number("arange", "step", step)
    whole = all(isinstance(v, int) for v in (start, end, step))
    made = asked("arange", options, dtypes.int64 if whole else dtypes.default.dtype)
    wanted = made.dtype.numpy
    _check_bounds("arange", start, end, step, wanted)
    if wanted == np.int64:
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise ValueError("step must be nonzero; in int64 it is cut to an integer")
        count = max(0, -((start - end) // step))
    else:
        count = math.ceil((end - start) / step)
    if kind(wanted) == INT:
        values = int(start) + np.arange(count) * int(step)
    else:
        values = _by_registers(start, step, count, wanted)
    warn_of_length(made.out, count)
    return deliver(made, values.astype(wanted))


def _by_registers(start: float, step: float, count: int, dtype: np.dtype) -> np.ndarray:
    work = np.dtype(np.float32 if dtype in HALF else np.float64)
    begin, by, i = np.asarray(start, work), np.asarray(step, work), np.arange(count)
    values = fused(by, i.astype(work), begin).astype(dtype)
    lanes = _REGISTER // dtype.itemsize
    full = count // (2 * lanes) * 2 * lanes  # two registers at a time; what is left, by itself
    lane = np.arange(full) % lanes
    first = values[:full] if full == 0 else values[:full:lanes].repeat(lanes)
    values[:full] = fused(by, lane.astype(work), first.astype(work)).astype(dtype)
    return values


def range_(start: Any, end: Any, step: Any = 1, **options: Any) -> Tensor:
    """As `arange`, with the end and in the default dtype; deprecated in PyTorch."""
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is "
        "inconsistent with Python's range builtin. Instead, use torch.arange, which produces "
        "values in [start, end).",
        UserWarning,
        stacklevel=2,
    )
    made = asked("range", options, dtypes.default.dtype)
    wanted = made.dtype.numpy
    start, end = _number("range", "start", start), _number("range", "end", end)
    step = _number("range", "step", step)
    _check_bounds("range", start, end, step, wanted)
    if kind(wanted) == INT:
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise RuntimeError("step must be nonzero; in an integer dtype it is cut to an integer")
    values = start + np.arange(math.floor((end - start) / step) + 1) * step
    return deliver(made, values.astype(wanted))


def _bounds(
    name: str, start: Any, end: Any, steps: Any, options: dict[str, Any]
) -> tuple[Any, Any, int, Options]:
    """The bounds as numbers, how many values there are, and the options with a dtype for them."""
    for word, value in (("start", start), ("end", end)):
        if isinstance(value, Tensor) and value.ndim:
            raise RuntimeError(
                f"{name} only supports 0-dimensional start and end tensors, but got {word} with "
                f"{value.ndim} dimension(s)."
            )
    start, end = _number(name, "start", start), _number(name, "end", end)
    if not hasattr(steps, "__index__") or isinstance(steps, bool):
        raise TypeError(f"argument 'steps' must be int, not {type(steps).__name__}")
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    found = dtypes.default.dtype
    if isinstance(start, complex) or isinstance(end, complex):
        found = found.to_complex()
    made = asked(name, options, found)
    wanted = made.dtype.numpy
    if found.is_complex and not made.dtype.is_complex:
        raise RuntimeError(
            f"torch.{name}(): inferred dtype {type_name(found.numpy)} can't be safely cast to "
            f"passed dtype {type_name(wanted)}; pass a complex one"
        )
    for number in (start, end) if steps > 1 else ():
        check_number(number, wanted)
    if steps > 1 and kind(wanted) == BOOL:
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for 'Bool'")
    return start, end, int(steps), made


def linspace(start: Any, end: Any, steps: int, **options: Any) -> Tensor:
    """`steps` values evenly spaced from start to end, both included.

    Args:
        start: the first value, a number or a tensor that holds one; complex if one of them is.
        end: the last one.
        steps: how many.
        options: those of `arange`; the default dtype unless given.
    """
    start, end, steps, made = _bounds("linspace", start, end, steps, options)
    wanted = made.dtype.numpy
    first, last = number_as(start, wanted), number_as(end, wanted)
    if steps < 2:
        values = _alone(start, steps, wanted)
    elif kind(wanted) == COMPLEX:
        values = np.empty(steps, wanted)
        values.real = _spaced(first.real, last.real, steps)
        values.imag = _spaced(first.imag, last.imag, steps)
    else:
        values = _spaced(first, last, steps).astype(wanted)
    return deliver(made, values)


def _alone(number: Any, steps: int, dtype: np.dtype) -> np.ndarray:
    """One number, or none; in a half type, where PyTorch does not look, maybe infinite."""
    if steps and dtype not in HALF:
        check_number(number, dtype)
    return np.full(steps, number_as(number, dtype))


def _spaced(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """From the start in the first half, from the end in the second; integers in float64."""
    work = start.dtype if kind(start.dtype) >= FLOAT else np.dtype(np.float64)
    start, end, i = start.astype(work), end.astype(work), np.arange(steps)
    with np.errstate(all="ignore"):
        step = (end - start) / work.type(steps - 1)
        up, down = i.astype(work), (steps - 1 - i).astype(work)
        return np.where(i < steps // 2, fused(step, up, start), fused(-step, down, end))


def logspace(start: Any, end: Any, steps: int, base: float = 10.0, **options: Any) -> Tensor:
    """`base` to the powers of `steps` values evenly spaced from start to end.

    Args:
        start: the first exponent.
        end: the last one.
        steps: how many.
        base: what is raised to them.
        options: those of `linspace`.
    """
    start, end, steps, made = _bounds("logspace", start, end, steps, options)
    wanted = made.dtype.numpy
    if steps < 2:
        power = np.power(base, complex(start) if kind(wanted) == COMPLEX else float(start))
        return deliver(made, _alone(power.item(), steps, wanted))
    first, last = number_as(start, wanted), number_as(end, wanted)
    work = wanted if kind(wanted) == COMPLEX else np.dtype(np.float64)
    with np.errstate(all="ignore"):
        if kind(wanted) == INT:
            first, last = first.astype(work), last.astype(work)
        step = (last - first).astype(work) / work.type(steps - 1)
        first, last, i = first.astype(work), last.astype(work), np.arange(steps)
        # These products are rounded before they are added.
        exponents = np.where(i < steps // 2, first + step * i, last - step * (steps - 1 - i))
        values = np.power(work.type(base), exponents.astype(work))
        if kind(wanted) == INT and wanted != np.int64:
            values = values.astype(np.int32)  # as processors do; of that, the low bytes
        elif wanted in HALF:
            values = values.astype(np.float32)
        return deliver(made, values.astype(wanted))
