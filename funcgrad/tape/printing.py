"""Tensors as PyTorch prints them.

Source: PyTorch 2.13, `torch/_tensor_str.py`, described in `torch.set_printoptions`.
"""

import math
from typing import Any

import jax
import numpy as np

from ..ops.promotion import BOOL, COMPLEX, FLOAT, kind
from . import dtypes
from .tensor import Parameter, Tensor


class _Options:
    precision = 4
    threshold: float = 1000
    edgeitems = 3
    linewidth = 80
    sci_mode: bool | None = None


options = _Options()


def set_printoptions(precision: int | None = None, threshold: int | None = None,
                     edgeitems: int | None = None, linewidth: int | None = None,
                     profile: str | None = None, sci_mode: bool | None = None) -> None:  # fmt: skip
    """Set how tensors are printed; `profile` is "default", "short" or "full"."""
    profiles = {
        "default": (4, 1000, 3, 80),
        "short": (2, 1000, 2, 80),
        "full": (4, math.inf, 3, 80),
    }
    if profile is not None:
        values = profiles[profile]
        options.precision, options.threshold, options.edgeitems, options.linewidth = values
    for name, value in (("precision", precision), ("threshold", threshold),
                        ("edgeitems", edgeitems), ("linewidth", linewidth)):  # fmt: skip
        if value is not None:
            setattr(options, name, value)
    options.sci_mode = sci_mode


class _Formatter:
    """One width and one notation for all elements of a tensor."""

    def __init__(self, values: np.ndarray) -> None:
        self.floating = kind(values.dtype) == FLOAT
        self.whole, self.scientific, self.width = True, False, 1
        flat = values.reshape(-1)
        if not self.floating:
            self.width = max((len(str(v)) for v in flat), default=1)
            return
        flat = flat.astype(np.float64)
        usable = flat[np.isfinite(flat) & (flat != 0)]
        if usable.size == 0:  # PyTorch measures only what is finite and not zero
            return
        magnitudes = np.abs(usable)
        low, high = magnitudes.min(), magnitudes.max()
        self.whole = bool(np.all(usable == np.ceil(usable)))
        self.scientific = bool(high / low > 1000.0 or high > 1e8 or (not self.whole and low < 1e-4))
        if options.sci_mode is not None:
            self.scientific = options.sci_mode
        self.width = max(len(self._text(v)) for v in usable)

    def _text(self, value: Any) -> str:
        if not self.floating:
            return str(value)
        if self.scientific:
            return f"{value:.{options.precision}e}"
        if not self.whole:
            return f"{value:.{options.precision}f}"
        return f"{value:.0f}" + ("." if math.isfinite(value) else "")

    def __call__(self, value: Any) -> str:
        return self._text(value).rjust(self.width)


class _ComplexFormatter:
    """Real and imaginary parts, each with a formatter of its own."""

    def __init__(self, values: np.ndarray) -> None:
        self.real, self.imag = _Formatter(values.real), _Formatter(np.abs(values.imag))
        self.width = self.real.width + self.imag.width + 2

    def __call__(self, value: Any) -> str:
        sign = "-" if value.imag < 0 or (value.imag == 0 and np.signbit(value.imag)) else "+"
        return f"{self.real(value.real)}{sign}{self.imag(abs(value.imag)).strip()}j"


def _formatter(values: np.ndarray) -> Any:
    return _ComplexFormatter(values) if kind(values.dtype) == COMPLEX else _Formatter(values)


def _summarised(values: np.ndarray) -> np.ndarray:
    """The corner elements of a large array: those that are shown."""
    n = options.edgeitems
    for axis, size in enumerate(values.shape):
        if size > 2 * n:
            keep = [*range(n), *range(size - n, size)]
            values = values.take(keep, axis=axis)
    return values


def _lines(values: np.ndarray, indent: int, summarise: bool, formatter: Any) -> str:
    if values.ndim == 0:
        return formatter(values[()])
    n, edge = len(values), options.edgeitems
    cut = summarise and n > 2 * edge
    if values.ndim == 1:
        per_line = max(1, (options.linewidth - indent) // (formatter.width + 2))
        shown = [*values[:edge], None, *values[n - edge :]] if cut else list(values)
        texts = [" ..." if v is None else formatter(v) for v in shown]
        rows = [texts[i : i + per_line] for i in range(0, len(texts), per_line)] or [[]]
        return "[" + (",\n" + " " * (indent + 1)).join(", ".join(row) for row in rows) + "]"
    parts = [values[i] for i in (range(n) if not cut else [*range(edge), *range(n - edge, n)])]
    slices = [_lines(part, indent + 1, summarise, formatter) for part in parts]
    if cut:
        slices.insert(edge, "...")
    return "[" + ("," + "\n" * (values.ndim - 1) + " " * (indent + 1)).join(slices) + "]"


def text(tensor: Tensor) -> str:
    """The printed form, suffixes included."""
    array = tensor._read()
    prefix = "tensor("
    suffixes: list[str] = []
    if tensor.device.type != "cpu":
        suffixes.append(f"device='{tensor.device}'")
    dtype = tensor.dtype
    usual = dtype in (dtypes.default.dtype, dtypes.int64, dtypes.bool_) or (
        dtype.is_complex and dtype is dtypes.default.dtype.to_complex()
    )
    if isinstance(array, jax.core.Tracer):  # it has no values; its type says what it is
        return f"{prefix}{array})"
    values = np.asarray(array)
    if values.size == 0:
        if values.ndim != 1:
            suffixes.append(f"size={tuple(values.shape)}")
        if dtype is not dtypes.default.dtype:
            suffixes.append(f"dtype={dtype}")
        body = "[]"
    else:
        if not usual:
            suffixes.append(f"dtype={dtype}")
        summarise = values.size > options.threshold
        if kind(values.dtype) == BOOL:
            values = values.astype(object)
        shown = _summarised(values) if summarise else values
        formatter = _formatter(shown) if values.dtype != object else _Words(shown)
        body = _lines(values, len(prefix), summarise, formatter)
    node = tensor.grad_fn
    if node is not None:
        suffixes.append(f"grad_fn=<{node.name()}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    return _joined(prefix + body, suffixes)


class _Words:
    """True and False, as wide as the wider one shown."""

    def __init__(self, values: np.ndarray) -> None:
        self.width = max(len(str(v)) for v in values.reshape(-1))

    def __call__(self, value: Any) -> str:
        return str(value).rjust(self.width)


def _joined(body: str, suffixes: list[str]) -> str:
    last = len(body) - body.rfind("\n") + 1
    parts = [body]
    for suffix in suffixes:
        if last + len(suffix) + 2 > options.linewidth:
            parts.append(",\n" + " " * len("tensor(") + suffix)
            last = len("tensor(") + len(suffix)
        else:
            parts.append(", " + suffix)
            last += len(suffix) + 2
    return "".join(parts) + ")"


def _parameter_text(parameter: Parameter) -> str:
    return "Parameter containing:\n" + text(parameter)


for _class, _method in ((Tensor, text), (Parameter, _parameter_text)):
    for _name in ("__repr__", "__str__"):
        setattr(_class, _name, _method)
