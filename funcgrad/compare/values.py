"""Results in a form that every process understands.

A worker turns what an example returns into NumPy arrays and plain Python before it sends it, so
that the parent needs neither JAX nor PyTorch to read it. An array keeps its dtype. A plain number,
or a list of them, has none: it takes the dtype of what it is compared with.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

# None, bool, int, float, complex, str, np.ndarray, or a list of these.
Plain = Any

MEASURED = "measured_"  # names that start so are shown and never compared


def plain_results(results: object) -> dict[str, Plain]:
    """Turn the dict an example returned into plain values; nested dicts get dotted names."""
    if not isinstance(results, Mapping):
        raise TypeError(f"an example returns a dict of named results, not {_kind(results)}")
    plain: dict[str, Plain] = {}
    for name, value in results.items():
        if isinstance(value, Mapping):
            nested = plain_results(value)
            plain |= {f"{name}.{inner}": part for inner, part in nested.items()}
        else:
            plain[str(name)] = plain_value(value, str(name))
    return plain


def plain_value(value: object, name: str) -> Plain:
    """Turn one result into a plain value, or say why it cannot be one."""
    if value is None or type(value) in (bool, int, float, complex, str):
        return value
    if isinstance(value, np.ndarray | np.generic):
        return _checked(np.asarray(value), name)
    if isinstance(value, list | tuple):
        return _list([plain_value(item, name) for item in value])
    if hasattr(value, "detach"):
        return _checked(_from_tensor(value), name)
    if hasattr(value, "__array__"):
        return _checked(np.asarray(value), name)
    raise TypeError(
        f"result {name!r} is {_kind(value)}: return arrays, numbers, strings, booleans, None, "
        "or lists of them"
    )


def show(value: Plain) -> str:
    """Return a value in a form short enough for one line."""
    if isinstance(value, np.ndarray):
        ends = 3 if value.ndim == 1 else 1
        text = np.array2string(value, precision=8, threshold=12, edgeitems=ends, separator=", ")
        return " ".join(text.split())
    if isinstance(value, list):
        items = [show(item) for item in value]
        if len(items) > 12:
            items = [*items[:3], "...", *items[-3:]]
        return f"[{', '.join(items)}]"
    return f"{value:.9g}" if isinstance(value, float) else repr(value)


def describe(value: Plain) -> str:
    """Return the dtype and shape of an array, the type of anything else."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    return "None" if value is None else type(value).__name__


def _from_tensor(tensor: Any) -> np.ndarray:
    tensor = tensor.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":
        import ml_dtypes  # NumPy's bfloat16; it comes with JAX

        return tensor.float().numpy().astype(ml_dtypes.bfloat16)
    # PyTorch conjugates and negates lazily, NumPy does not.
    for resolve in ("resolve_conj", "resolve_neg"):
        tensor = getattr(tensor, resolve, lambda tensor=tensor: tensor)()
    return tensor.numpy()


def _checked(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.hasobject:
        raise TypeError(f"result {name!r} is an array of Python objects, which cannot be compared")
    return array.copy()  # its memory may be an input's, which the example edits in place


def _list(items: list[Plain]) -> Plain:
    """Stack arrays of one shape and dtype, for the other style may have stacked them itself."""
    kinds = {describe(item) for item in items}
    if items and len(kinds) == 1 and all(isinstance(item, np.ndarray) for item in items):
        return np.stack(items)
    return items


def _kind(value: object) -> str:
    return f"of type {type(value).__module__}.{type(value).__qualname__}"
