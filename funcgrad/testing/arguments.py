"""The arguments of a check: arrays, descriptions of arrays, strategies, tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np


def translated(fn: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """The function on arrays that a function of tensors stands for, or None for one of arrays."""
    for candidate in (fn, *jax.tree.leaves(arguments)):
        if hasattr(type(candidate), "__gradient_function__"):
            return type(candidate).__gradient_function__(fn, arguments)
    return None


def concrete(leaf: Any) -> Any:
    """An example for a `jax.ShapeDtypeStruct`: ordinary numbers of its shape and dtype."""
    if not isinstance(leaf, jax.ShapeDtypeStruct):
        return leaf
    dtype = leaf.dtype
    if jax.dtypes.issubdtype(dtype, jax.dtypes.prng_key):
        key = next(
            key
            for key in (
                jax.random.key(0, impl=impl) for impl in ("threefry2x32", "rbg", "unsafe_rbg")
            )
            if key.dtype == dtype
        )
        return jax.random.split(key, leaf.shape) if leaf.shape else key
    random = np.random.default_rng(0)
    values = random.standard_normal(leaf.shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * random.standard_normal(leaf.shape)
    if np.dtype(dtype).kind in "iub":
        values = np.zeros(leaf.shape)
    return values.astype(dtype)


def owned(leaf: Any) -> Any:
    """An array of our own, which nobody else changes; a number stays one."""
    if isinstance(leaf, np.ndarray | np.generic):
        return np.array(leaf)
    if isinstance(leaf, jax.Array) and not jax.dtypes.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        return np.array(leaf)
    return leaf
