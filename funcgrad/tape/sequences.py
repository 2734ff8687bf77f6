"""New tensors whose values follow a rule: ranges and the identity."""

import math
import warnings
from typing import Any

import numpy as np

from ..ops import FLOAT, kind
from . import dtypes
from .creation import make
from .dtypes import DType
from .tensor import Tensor


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Values from start (inclusive) to end (exclusive); integers unless an argument is floating."""
    start, end = (0, start) if end is None else (start, end)
    start, end, step = (v.item() if isinstance(v, Tensor) else v for v in (start, end, step))
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if dtype is None:
        whole = all(isinstance(v, int) for v in (start, end, step))
        dtype = dtypes.int64 if whole else dtypes.default.dtype
    count = math.ceil((end - start) / step)
    values = start + np.arange(count) * step
    return make(values.astype(dtype.numpy), None, device, requires_grad)


def range_(
    start: Any,
    end: Any,
    step: Any = 1,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """As `arange`, with the end and in the default dtype; deprecated in PyTorch."""
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is "
        "inconsistent with Python's range builtin. Instead, use torch.arange, which produces "
        "values in [start, end).",
        UserWarning,
        stacklevel=2,
    )
    start, end, step = (v.item() if isinstance(v, Tensor) else v for v in (start, end, step))
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not math.isfinite(end - start):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    values = start + np.arange(math.floor((end - start) / step) + 1) * step
    dtype = dtypes.default.dtype if dtype is None else dtype
    return make(values.astype(dtype.numpy), None, device, requires_grad)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` values evenly spaced from start to end, both included."""
    start, end = (v.item() if isinstance(v, Tensor) else v for v in (start, end))
    if not hasattr(steps, "__index__"):
        raise TypeError(f"argument 'steps' must be int, not {type(steps).__name__}")
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    dtype = dtype or dtypes.default.dtype
    work = dtype.numpy if kind(dtype.numpy) >= FLOAT else np.dtype(np.float64)
    # PyTorch's order of operations: from the start in the first half, from the end in the second.
    step = work.type((end - start) / (steps - 1)) if steps > 1 else work.type(0)
    i = np.arange(steps)
    up = work.type(start) + step * i.astype(work)
    down = work.type(end) - step * (steps - 1 - i).astype(work)
    values = np.where(i < steps // 2, up, down) if steps > 1 else np.full(steps, start, work)
    return make(values.astype(dtype.numpy), None, device, requires_grad)


def logspace(start: Any, end: Any, steps: int, base: float = 10.0, **options: Any) -> Tensor:
    """`base` to the powers of `linspace(start, end, steps)`."""
    dtype = options.pop("dtype", None) or dtypes.default.dtype
    exponents = linspace(start, end, steps, dtype=dtypes.float64).numpy()
    values = np.power(float(base), exponents).astype(dtype.numpy)
    return make(values, None, options.get("device"), options.get("requires_grad", False))


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The identity matrix, n by m."""
    for name, value in (("n", n), ("m", n if m is None else m)):
        if not hasattr(value, "__index__"):
            raise TypeError(f"eye(): argument '{name}' must be int, not {type(value).__name__}")
        if value < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {value}")
    array = np.eye(n, m, dtype=(dtype or dtypes.default.dtype).numpy)
    return make(array, None, device, requires_grad)


def _triangle(name: str, found: Any, text: str) -> Any:
    def indices(
        row: int,
        col: int,
        offset: int = 0,
        *,
        dtype: DType = dtypes.int64,
        device: Any = None,
    ) -> Tensor:
        for key, value in (("row", row), ("col", col)):
            if value < 0:
                raise RuntimeError(f"{key} must be non-negative, got{value}")
        if dtype.is_floating_point or dtype.is_complex:
            raise NotImplementedError(f'"{name}" not implemented for {dtype}; use integers')
        return make(np.stack(found(row, offset, col)).astype(dtype.numpy), None, device, False)

    indices.__name__ = indices.__qualname__ = name
    indices.__doc__ = text
    return indices


tril_indices = _triangle(
    "tril_indices", np.tril_indices, "Rows and columns of the elements on and below a diagonal."
)
triu_indices = _triangle(
    "triu_indices", np.triu_indices, "Rows and columns of the elements on and above a diagonal."
)
