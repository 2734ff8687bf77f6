"""Values as source text that makes them again, bit for bit."""

from __future__ import annotations

import base64
import math
import sys
import zlib
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from funcgrad.testing.counterexample.modules import importable

_FEW = 24  # entries that are written out one by one
_ODD = 4  # entries that may differ from the rest of a large array
_MANY = 2048  # entries: of more, no text of them all is shorter than their bytes
_MOST = 2**16  # bytes that are written down, once they are packed


def literal(value: Any) -> str:
    """An expression for a leaf: an array, a number, a key.

    Args:
        value: what to write. Names used are `jax`, `jnp` and `np`, and nothing else.

    Returns:
        An expression whose value has the same dtype, shape and bits.

    Raises:
        ValueError: for what has no literal, and for a large array of many different numbers.

    Example:
        >>> import numpy as np
        >>> from funcgrad.testing.counterexample.literals import literal
        >>> literal(np.float32([0.1, -2]))
        'jnp.array([0.1, -2.0], jnp.float32)'
    """
    if value is None or isinstance(value, (bool, int, str, bytes)):
        return repr(value)
    if isinstance(value, float) and not isinstance(value, np.generic):
        return _number(value)
    if isinstance(value, complex) and not isinstance(value, np.generic):
        return f"complex({_number(value.real)}, {_number(value.imag)})"
    if not hasattr(value, "dtype"):
        raise ValueError(f"a {type(value).__name__} has no literal")
    if jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key):
        return _key(value)
    return _array(np.asarray(value))


def _key(key: Any) -> str:
    data = np.asarray(jax.random.key_data(key))
    implementation = str(jax.random.key_impl(key))
    if data.shape == (2,) and data[0] == 0 and implementation == "threefry2x32":
        return f"jax.random.key({int(data[1])})"
    return f'jax.random.wrap_key_data({_array(data)}, impl="{implementation}")'


def _array(array: np.ndarray[Any, Any]) -> str:
    dtype = _dtype(array.dtype)
    if array.size == 0:
        return _full(array.shape, "0", dtype)
    flat = array.reshape(-1)
    if array.ndim == 0 and array.dtype != np.bool_:
        return f"{dtype}({entry(array[()])})"
    if array.size <= _FEW and not (array.size > 3 and _all_alike(array)):
        return f"jnp.array({_nested(array)}, {dtype})"
    # Bits, not values: 0.0 and -0.0 are two, and a NaN is equal to itself.
    if array.size > _MANY and len(_most(flat[:_MANY])[1]) > _ODD:
        return _packed(array)
    base, odd = _most(array)
    if len(odd) <= _ODD:
        spots = [np.unravel_index(at, array.shape) for at in odd.tolist()]
        sets = "".join(f".at[{', '.join(map(str, at))}].set({entry(array[at])})" for at in spots)
        return f"{_full(array.shape, entry(flat[base]), dtype)}{sets}"
    packed = _packed(array)
    if array.size > _MANY:
        return packed
    written = f"jnp.array({_nested(array)}, {dtype})"
    return written if len(written) <= len(packed) else packed


def _all_alike(array: np.ndarray[Any, Any]) -> bool:
    return not len(_most(array)[1])


def _most(array: np.ndarray[Any, Any]) -> tuple[int, np.ndarray[Any, Any]]:
    """Where the most common entry is first, and where the others are, in the flat array."""
    flat = np.ascontiguousarray(array).reshape(-1)
    bits = flat.view(f"u{min(8, flat.itemsize)}").reshape(flat.size, -1)
    _, first, numbers, counts = np.unique(
        bits[:, 0] if bits.shape[1] == 1 else bits,
        axis=0,
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    common = int(counts.argmax())
    return int(first[common]), np.flatnonzero(numbers.reshape(-1) != common)


def _full(shape: tuple[int, ...], value: str, dtype: str) -> str:
    size = str(shape[0] if len(shape) == 1 else shape)
    short = {"0.0": "zeros", "0": "zeros", "1.0": "ones", "1": "ones"}.get(value)
    return f"jnp.{short}({size}, {dtype})" if short else f"jnp.full({size}, {value}, {dtype})"


def _packed(array: np.ndarray[Any, Any]) -> str:
    """The bytes of an array, for one with too many entries to be read."""
    raw = array.tobytes()
    # A part that does not become small is told from the first of many megabytes.
    packed = zlib.compress(raw[: 4 * _MOST], 9)
    if len(raw) > 4 * _MOST and len(packed) <= _MOST:
        packed = zlib.compress(raw, 9)
    if len(packed) > _MOST:
        raise ValueError(f"an array of {array.size} entries has no literal that one could read")
    data = base64.b85encode(packed).decode()
    # In pieces, so that a line can end between two of them.
    pieces = " ".join(f'"{data[at : at + 80]}"' for at in range(0, len(data), 80))
    source = f"zlib.decompress(base64.b85decode({pieces}))"
    return f"jnp.array(np.frombuffer({source}, {_dtype(array.dtype)}).reshape({array.shape}))"


def _dtype(dtype: np.dtype[Any]) -> str:
    return "bool" if dtype == np.bool_ else f"jnp.{dtype.name}"


def _nested(array: np.ndarray[Any, Any]) -> str:
    if array.ndim == 0:
        return entry(array[()])
    return f"[{', '.join(_nested(each) for each in array)}]"


def entry(value: Any) -> str:
    """The shortest text of one entry that becomes it again in the entry's dtype."""
    kind = np.asarray(value).dtype
    if kind == np.bool_:
        return str(bool(value))
    if np.issubdtype(kind, np.integer) or kind.name in ("int4", "uint4", "int2", "uint2"):
        return str(int(value))
    if np.issubdtype(kind, np.complexfloating):
        if value.imag == 0 and not np.signbit(value.imag):
            return entry(value.real)
        return f"complex({entry(value.real)}, {entry(value.imag)})"
    short = str(value)
    try:
        same = np.asarray(float(short)).astype(kind).tobytes() == np.asarray(value).tobytes()
    except ValueError:
        same = False
    return _number(float(short) if same and math.isfinite(float(short)) else float(value))


def _number(value: float) -> str:
    if math.isnan(value):
        return "jnp.nan"
    if math.isinf(value):
        return "jnp.inf" if value > 0 else "-jnp.inf"
    return repr(value)


def tree(value: Any, leaf: Any = literal) -> str:
    """An expression for a pytree of dicts, lists, tuples (named ones as plain ones) and None.

    Args:
        value: the tree.
        leaf: what writes a leaf.

    Raises:
        ValueError: for a container of another kind.
    """
    if value is None:
        return "None"
    if type(value) is dict:
        try:
            keys = sorted(value)  # the order in which JAX goes through one
        except TypeError:
            raise ValueError("a dict of keys that cannot be sorted has no literal") from None
        return f"{{{', '.join(f'{key!r}: {tree(value[key], leaf)}' for key in keys)}}}"
    if type(value) is list:
        return f"[{', '.join(tree(each, leaf) for each in value)}]"
    if isinstance(value, tuple):
        inner = ", ".join(tree(each, leaf) for each in value)
        if _found_by_import(type(value)):
            return f"{type(value).__module__}.{type(value).__qualname__}({inner})"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if not jax.tree_util.all_leaves([value]):
        raise ValueError(f"a {type(value).__name__} has no literal")
    return str(leaf(value))


def named_tuples(value: Any) -> set[str]:
    """The modules whose named tuples `tree` writes by their names."""
    if not isinstance(value, (dict, list, tuple)):
        return set()
    inner = value.values() if isinstance(value, dict) else value
    modules = set().union(*map(named_tuples, inner))
    return modules | ({type(value).__module__} if _found_by_import(type(value)) else set())


def _found_by_import(kind: type) -> bool:
    """Whether a kind of named tuple is found in its module by a new process."""
    if not hasattr(kind, "_fields") or "<" in kind.__qualname__:
        return False
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    return file is not None and importable(kind.__module__, Path(file))


def inexact(value: Any) -> bool:
    """Whether a leaf can be differentiated: real or complex."""
    if isinstance(value, (float, complex)):
        return True
    return hasattr(value, "dtype") and bool(jnp.issubdtype(value.dtype, jnp.inexact))
