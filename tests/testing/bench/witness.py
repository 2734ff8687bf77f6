"""Ways to show that two functions have different derivatives.

Each gives a function `shows(function, arguments)` whose results a bug and its mended twin must not
share. What raises shows the exception.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .cases import cast

Shows = Callable[[Callable[..., Any], tuple[Any, ...]], Any]


def is_floating(leaf: Any) -> bool:
    """Whether a leaf has derivatives."""
    return jnp.issubdtype(jnp.result_type(leaf), jnp.inexact)


def of_floats(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, list[Any]]:
    """The function between its floating leaves, everything else held, and those leaves."""
    leaves, tree = jax.tree.flatten(args)
    places = [at for at, leaf in enumerate(leaves) if is_floating(leaf)]

    def flat(*floats: Any) -> list[Any]:
        full = list(leaves)
        for at, leaf in zip(places, floats, strict=True):
            full[at] = leaf
        out = function(*jax.tree.unflatten(tree, full))
        return [jnp.asarray(leaf) for leaf in jax.tree.leaves(out) if is_floating(leaf)]

    return flat, [leaves[at] for at in places]


def random_like(leaf: Any, rng: np.random.Generator) -> Any:
    """Normal values of the leaf's shape and dtype."""
    dtype = jnp.result_type(leaf)
    values = rng.normal(size=np.shape(leaf))
    if jnp.issubdtype(dtype, jnp.complexfloating):
        values = values + 1j * rng.normal(size=np.shape(leaf))
    return jnp.asarray(np.asarray(values).astype(dtype))


def gradient(function: Callable[..., Any], args: tuple[Any, ...], scale: float = 1.0) -> Any:
    """The cotangents of the floating leaves, for random cotangents of the outputs."""
    flat, floats = of_floats(function, args)
    out, back = jax.vjp(flat, *floats)
    rng = np.random.default_rng(7)
    return back([leaf * scale for leaf in (random_like(o, rng) for o in out)])


def at(*args: Any) -> Shows:
    """The gradient at these arguments, in the dtype of the case."""

    def shows(function: Callable[..., Any], example: tuple[Any, ...]) -> Any:
        dtype = next(str(x.dtype) for x in jax.tree.leaves(example) if is_floating(x))
        dtype = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
        return gradient(function, jax.tree.map(lambda x: cast(x, dtype), args))

    shows.args = args  # where the twin is differenced too
    return shows


def cotangent(scale: float) -> Shows:
    """The gradient for a cotangent this large."""
    return lambda function, args: gradient(function, args, scale)


def second(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The gradient of the gradient."""
    return gradient(lambda *a: jax.tree.leaves(gradient(function, a)), args)


def batched(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The gradients under `vmap` over three equal copies of the floating leaves."""
    flat, floats = of_floats(function, args)
    copies = [jnp.stack([jnp.asarray(x)] * 3) * jnp.ones(()).astype(x.dtype) for x in floats]
    return jax.vmap(lambda *a: gradient(flat, a))(*copies)


def compiled(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The gradient under `jit`."""
    flat, floats = of_floats(function, args)
    return jax.jit(lambda *a: gradient(flat, a))(*floats)


def twice(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The gradient at the arguments, elsewhere, and at the arguments again."""
    flat, floats = of_floats(function, args)
    return [gradient(flat, tuple(x * s for x in floats)) for s in (1, 2, 1)]


def tangent(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The tangents of the outputs along u, −u and 3u."""
    flat, floats = of_floats(function, args)
    rng = np.random.default_rng(5)
    u = [random_like(x, rng) for x in floats]
    return [jax.jvp(flat, floats, [s * t for t in u])[1] for s in (1, -1, 3)]


def forward_value(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """What the forward pass of the derivative returns for the value."""
    flat, floats = of_floats(function, args)
    return jax.vjp(flat, *floats)[0]


def evidence(shows: Shows | None, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """What is seen, or the name of what was raised."""
    try:
        found = (shows or gradient)(function, args)
    except Exception as error:  # noqa: BLE001 - a rule that raises is evidence, whatever it raises
        return type(error).__name__
    return [np.asarray(leaf) for leaf in jax.tree.leaves(found)]


def same(one: Any, other: Any, tolerance: float) -> bool:
    """Whether two pieces of evidence say the same, dtypes included."""
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and one == other
    return len(one) == len(other) and all(
        a.dtype == b.dtype and a.shape == b.shape and _close(a, b, tolerance)
        for a, b in zip(one, other, strict=True)
    )


def _close(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    wide = np.complex128 if a.dtype.kind == "c" else np.float64
    a, b = a.astype(wide), b.astype(wide)
    largest = float(np.max(np.abs(b), initial=0.0, where=np.isfinite(b)))
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * largest, equal_nan=True))
