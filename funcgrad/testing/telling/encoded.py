"""Values in JSON and back: trees of arrays, exactly.

JSON knows neither arrays nor tuples nor NaN. What it lacks is an object with one telling key:
`{"array": …, "dtype": …, "shape": …}`, `{"tuple": …}`, `{"dict": [[key, value], …]}`,
`{"complex": [re, im]}`, `{"number": "nan"}`, `{"key": …}` for JAX's random keys. What none of them
fits becomes `{"text": …}`, its `repr`, and comes back as that text.
"""

from __future__ import annotations

import base64
import math
import zlib
from typing import Any

import numpy as np

from funcgrad.testing.telling.values import plain

LARGEST = 10_000  # entries of an array that is listed; a larger one is packed
_FLOAT0 = np.dtype([("float0", np.void, 0)])


def encode(value: Any) -> Any:
    """A value as what `json.dumps(…, allow_nan=False)` takes."""
    if isinstance(value, float) and not isinstance(value, np.generic):
        return value if math.isfinite(value) else {"number": str(value)}
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, complex) and not isinstance(value, np.generic):
        return {"complex": [encode(value.real), encode(value.imag)]}
    if isinstance(value, list):
        return [encode(inner) for inner in value]
    if isinstance(value, tuple):
        return {"tuple": [encode(inner) for inner in value]}
    if isinstance(value, dict):
        return {"dict": [[encode(key), encode(inner)] for key, inner in value.items()]}
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return _encode_array(value)
    return {"text": repr(value)}


def decode(value: Any) -> Any:
    """The value that `encode` was given."""
    if isinstance(value, list):
        return [decode(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if "dtype" in value:
        return _decode_array(value)
    if "key" in value:
        import jax

        return jax.random.wrap_key_data(decode(value["data"]), impl=value["key"])
    ((tag, inner),) = value.items()
    if tag == "number":
        return float(inner)
    if tag == "complex":
        return complex(*decode(inner))
    if tag == "tuple":
        return tuple(decode(inner))
    if tag == "dict":
        return {decode(key): decode(item) for key, item in inner}
    return inner


def _encode_array(value: Any) -> Any:
    if not isinstance(value.dtype, np.dtype):
        import jax
        import jax.numpy as jnp

        if not jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
            return {"text": repr(value)}
        return {
            "key": str(jax.random.key_impl(value)),
            "data": encode(np.asarray(jax.random.key_data(value))),
        }
    shape = list(value.shape)
    if value.dtype == _FLOAT0:
        return {"dtype": "float0", "shape": shape}
    listed = plain(value)
    if listed is None or listed.dtype.kind not in "biufc":
        return {"text": repr(value)}
    told: dict[str, Any] = {"dtype": value.dtype.name, "shape": shape}
    if listed.size > LARGEST:
        bits = np.ascontiguousarray(value, value.dtype.newbyteorder("="))
        packed = zlib.compress(bits.tobytes(), 1)
        return {**told, "zlib": base64.b64encode(packed).decode("ascii")}
    if listed.dtype.kind == "c":
        listed = np.stack([listed.real, listed.imag], axis=-1)
    return {**told, "array": _spelled(listed.tolist())}


def _spelled(nested: Any) -> Any:
    """Nested lists, with what JSON has no numbers for spelled: "nan", "inf", "-inf"."""
    if isinstance(nested, list):
        return [_spelled(inner) for inner in nested]
    return nested if math.isfinite(nested) else str(nested)


def _decode_array(told: dict[str, Any]) -> np.ndarray[Any, Any]:
    shape = tuple(told["shape"])
    if told["dtype"] == "float0":
        return np.zeros(shape, _FLOAT0)
    dtype = _dtype(told["dtype"])
    if "zlib" in told:
        packed = zlib.decompress(base64.b64decode(told["zlib"]))
        return np.frombuffer(packed, dtype).reshape(shape).copy()
    if dtype.kind == "c":
        parts = np.array(told["array"], dtype=dtype.type(0).real.dtype).reshape(*shape, 2)
        return np.ascontiguousarray(parts).view(dtype).reshape(shape)
    if dtype.kind in "biu":
        return np.array(told["array"], dtype).reshape(shape)
    listed = np.array(told["array"], np.float32 if dtype.kind == "V" else dtype)  # "nan" as well
    return listed.reshape(shape).astype(dtype)


def _dtype(name: str) -> np.dtype[Any]:
    try:
        return np.dtype(name)
    except TypeError:
        import ml_dtypes  # bfloat16 and the 8-bit floats; it comes with JAX

        short: np.dtype[Any] = np.dtype(getattr(ml_dtypes, name))
        return short
