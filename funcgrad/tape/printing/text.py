"""The printed form of a tensor: brackets, lines, and what stands behind the values.

Source: PyTorch 2.13, `torch/_tensor_str.py`, described in `torch.set_printoptions`.
"""

import math

import jax
import numpy as np

from ...ops.promotion import COMPLEX, FLOAT, kind
from .. import dtypes, forward
from ..parameter import Parameter
from ..tensor import Tensor
from .notation import Notation, notation
from .options import options


def tensor_text(tensor: Tensor) -> str:
    """Return the printed form.

    The values are read once and only in NumPy, so printing compiles nothing. A tensor in a traced
    program has no values yet: `tensor(..., size=(3,))`.
    """
    plain = type(tensor) in (Tensor, Parameter)
    prefix = "tensor(" if plain else f"{type(tensor).__name__}("
    shown = _with_suffixes(prefix + _values(tensor, len(prefix)), _suffixes(tensor), len(prefix))
    return shown if plain or not isinstance(tensor, Parameter) else f"Parameter({shown})"


def parameter_text(parameter: Parameter) -> str:
    """Return the printed form of a parameter."""
    return "Parameter containing:\n" + tensor_text(parameter)


def is_traced(tensor: Tensor) -> bool:
    """Whether a traced program computes the value: there is none to be printed."""
    return isinstance(tensor._read(), jax.core.Tracer)


# --- values --------------------------------------------------------------------------------


def _values(tensor: Tensor, indent: int) -> str:
    if is_traced(tensor):
        return "..."
    values = np.asarray(tensor._read())
    if values.size == 0:
        return "[]"
    summarise = values.size > options.threshold
    cut = [summarise and size > 2 * options.edgeitems for size in values.shape]
    corners = _exact(_corners(values, cut))
    return _bracketed(corners, cut, notation(corners), indent)


def _corners(values: np.ndarray, cut: list[bool]) -> np.ndarray:
    """What is shown of an array: of the axes that are cut, both ends."""
    edge = options.edgeitems
    for axis, size in enumerate(values.shape):
        if cut[axis]:
            values = values.take([*range(edge), *range(size - edge, size)], axis=axis)
    return values


def _exact(values: np.ndarray) -> np.ndarray:
    """Floating numbers in double precision, where all of them are printed and measured."""
    wide = {FLOAT: np.float64, COMPLEX: np.complex128}.get(kind(values.dtype))
    return values if wide is None else values.astype(wide)


def _bracketed(values: np.ndarray, cut: list[bool], shown: Notation, indent: int) -> str:
    """The elements in brackets, one pair for each axis, with dots where an axis is cut."""
    if values.ndim == 0:
        return shown(values.item())
    if values.ndim == 1:
        parts = [shown(value) for value in values.tolist()]
    else:
        parts = [_bracketed(part, cut[1:], shown, indent + 1) for part in values]
    if cut[0]:
        # Nothing else on the line, or a slice of its own: then there is no column to line up with.
        parts.insert(options.edgeitems, " ..." if values.ndim == 1 and parts else "...")
    begin = " " * (indent + 1)
    if values.ndim > 1:
        return "[" + ("," + "\n" * (values.ndim - 1) + begin).join(parts) + "]"
    a_line = max(1, math.floor((options.linewidth - indent) / (shown.width + 2)))
    lines = [", ".join(parts[i : i + a_line]) for i in range(0, len(parts), a_line)]
    return "[" + f",\n{begin}".join(lines) + "]"


# --- what stands behind them ---------------------------------------------------------------


def _suffixes(tensor: Tensor) -> list[str]:
    """Size, dtype and device where the values do not tell, and the place in the graph."""
    found = []
    shape, dtype = tuple(tensor.shape), tensor.dtype
    empty, hidden = 0 in shape, is_traced(tensor)
    if tensor.device.type != "cpu":
        found.append(f"device='{tensor.device}'")
    if hidden or (empty and len(shape) != 1) or (not empty and not options.edgeitems):
        found.append(f"size={shape}")
    if dtype is not dtypes.default.dtype and (empty or hidden or not _seen(dtype)):
        found.append(f"dtype={dtype}")
    node = tensor.grad_fn
    if node is not None:
        found.append(f"grad_fn=<{type(node).__name__}>")
    elif tensor.requires_grad:
        found.append("requires_grad=True")
    tangent = None if forward.state.level is None else forward.state.level.tangent(tensor)
    if tangent is not None:
        found.append(f"tangent={tangent}")
    return found


def _seen(dtype: dtypes.DType) -> bool:
    """Whether the values alone tell a dtype other than the default one."""
    double = dtypes.default.dtype is dtypes.float64
    usual_complex = dtypes.complex128 if double else dtypes.complex64
    return dtype in (dtypes.int64, dtypes.bool_, usual_complex)


def _with_suffixes(shown: str, suffixes: list[str], indent: int) -> str:
    """Add the suffixes, each on the line before if it fits there."""
    column = len(shown) - shown.rfind("\n") + 1
    for suffix in suffixes:
        if column + len(suffix) + 2 > options.linewidth:
            shown += f",\n{' ' * indent}{suffix}"
            column = indent + len(suffix)
        else:
            shown += f", {suffix}"
            column += len(suffix) + 2
    return f"{shown})"
