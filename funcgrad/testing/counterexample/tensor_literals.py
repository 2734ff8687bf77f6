"""Tensors, and what else a function of tensors takes, as expressions of `funcgrad.torch`."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

_ENTRIES = 64  # of a tensor that is written down


def constant(leaf: Any) -> str:
    """The expression of an argument that is no tensor."""
    text = repr(leaf)
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        raise ValueError(f"{type(leaf).__name__} has no literal") from None
    return text


def tensor(value: Any, *, follow: bool = False) -> str:
    """The expression of a tensor."""
    array = np.asarray(value)
    if array.size > _ENTRIES:
        raise ValueError("too many entries to be written down")
    name = array.dtype.name
    default = {"float32": np.float32, "int64": np.int64, "bool": np.bool_}
    more = "" if name in default and array.size else f", dtype=torch.{name}"
    more += ", requires_grad=True" if follow else ""
    if array.size > 1 and np.all(array == array.reshape(-1)[0]):
        words = {0: "zeros", 1: "ones"}.get(array.reshape(-1)[0].item())
        if words and name in ("float32", "float64"):
            more = more if name == "float64" else more.replace(", dtype=torch.float32", "")
            return f"torch.{words}({', '.join(map(str, array.shape))}{more})"
    return f"torch.tensor({_entries(array)}{more})"


def _entries(array: Any) -> str:
    if array.ndim:
        return f"[{', '.join(map(_entries, array))}]"
    number = array.item()
    if isinstance(number, float):
        if not np.isfinite(number):
            return f'float("{number}")'
        return str(array) if "e" not in str(array) and "." in str(array) else repr(number)
    return repr(number)
