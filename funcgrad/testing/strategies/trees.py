"""Pytrees like an example: its structure, its shapes and dtypes, other values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .array import arrays
from .dims import merge
from .kinds import kind_of
from .labels import keys
from .library import Draw, Plan, SearchStrategy, plan_of, st, strategy

#: The smallest normal number of single precision.
TINY = 2.0**-126


class Tree(Plan):
    """A strategy a leaf, put together as the example is."""

    def __init__(self, tree: Any, leaf: Callable[[Any], SearchStrategy[Any]]) -> None:
        leaves, self.structure = jax.tree.flatten(tree)
        self.leaves = [made if _is_strategy(made) else leaf(made) for made in leaves]
        plans = [plan_of(made) for made in self.leaves]
        self.sizes = merge(*(plan.sizes for plan in plans if plan is not None))

    def draw(self, draw: Draw) -> Any:
        return jax.tree.unflatten(self.structure, [draw(leaf) for leaf in self.leaves])

    def words(self) -> str:
        return repr(jax.tree.unflatten(self.structure, self.leaves))


def _is_strategy(leaf: Any) -> bool:
    return isinstance(leaf, SearchStrategy)


def pytree_like(
    tree: Any,
    *,
    lo: float | None = None,
    hi: float | None = None,
    away_from: Any = (),
    margin: float = 0.05,
    ties: bool = False,
) -> SearchStrategy[Any]:
    """Pytrees with the structure, the shapes and the dtypes of an example.

    Args:
        tree: arrays, `jax.ShapeDtypeStruct`s, Python's floats and complex numbers, random keys and
            strategies in any pytree. Strategies are drawn from; what is none of these, such as
            Python's integers and booleans, stays as it is.
        lo, hi, away_from, margin, ties: for the floats and complex numbers, as in `arrays`.
            Integers lie between the least and the largest of the example, as they may be indices.

    Returns:
        A strategy of such trees; Python's floats come out as Python's floats.

    Raises:
        hypothesis.errors.InvalidArgument: as `arrays` does.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from hypothesis import find
        >>> from funcgrad.testing.strategies import pytree_like
        >>> like = pytree_like({"w": jnp.ones((2, 3)), "scale": 2.0}, lo=0.0)
        >>> find(like, lambda tree: tree["scale"] >= 1)["scale"]
        1.0
        >>> jax.tree.map(jnp.shape, find(like, lambda tree: True))
        {'scale': (), 'w': (2, 3)}
    """

    def leaf(example: Any) -> SearchStrategy[Any]:
        return _like(example, lo, hi, away_from=away_from, margin=margin, ties=ties)

    return strategy("pytree_like", Tree(tree, leaf))


def _like(
    example: Any, lo: float | None = None, hi: float | None = None, **others: Any
) -> SearchStrategy[Any]:
    if type(example) in (float, complex):
        return arrays((), type(example), lo, hi, **others).map(_python_number)
    if _is_key(example):
        return keys()
    if not hasattr(example, "shape") or not hasattr(example, "dtype"):
        return st.just(example)
    kind = kind_of(np.dtype(example.dtype))
    if kind in ("float", "complex"):
        return arrays(example.shape, example.dtype, lo, hi, **others)
    if kind is None:
        return st.just(example)
    if kind == "bool" or not _has_values(example):
        return arrays(example.shape, example.dtype)
    values = np.asarray(example)
    return arrays(example.shape, example.dtype, int(values.min()), int(values.max()))


def _python_number(array: Any) -> Any:
    # JAX makes a float32 of it: what is tiny in double precision would come out subnormal.
    parts = (float(array.real), float(array.imag))
    real, imag = (math.copysign(max(abs(x), TINY), x) if x else x for x in parts)
    return complex(real, imag) if array.dtype.kind == "c" else real


def _is_key(example: Any) -> bool:
    dtype = getattr(example, "dtype", None)
    return dtype is not None and jnp.issubdtype(dtype, jax.dtypes.prng_key)


def _has_values(example: Any) -> bool:
    return not isinstance(example, jax.ShapeDtypeStruct) and math.prod(example.shape) > 0


def params_like(tree: Any) -> SearchStrategy[Any]:
    """Parameters of a model, as they are when training starts.

    Weights (two axes or more) lie within ±√(3 / fan-in), which gives them the variance 1 / fan-in,
    where the fan-in is the product of all sizes but the last; vectors and scalars lie within ±0.1,
    around 1 where the example is all ones, as the scale of a normalisation is.

    Args:
        tree: a pytree of arrays or `jax.ShapeDtypeStruct`s; other leaves as in `pytree_like`.

    Returns:
        A strategy of such trees.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from hypothesis import given
        >>> from funcgrad.testing.strategies import params_like
        >>> layer = {"w": jax.ShapeDtypeStruct((48, 2), "float32"), "b": jnp.zeros(2)}
        >>> @given(params_like(layer))
        ... def test_sizes(params):
        ...     assert abs(params["w"]).max() <= 0.25 and abs(params["b"]).max() <= 0.1
        >>> test_sizes()
    """
    return strategy("params_like", Tree(tree, _parameter))


def _parameter(example: Any) -> SearchStrategy[Any]:
    dtype = getattr(example, "dtype", None)
    if dtype is None or _is_key(example) or kind_of(np.dtype(dtype)) not in ("float", "complex"):
        return _like(example)
    if len(example.shape) >= 2:
        width = float(f"{math.sqrt(3 / max(1, math.prod(example.shape[:-1]))):.2g}")
        return arrays(example.shape, dtype, -width, width)
    ones = _has_values(example) and bool((np.asarray(example) == 1).all())
    return arrays(example.shape, dtype, *((0.9, 1.1) if ones else (-0.1, 0.1)))


def cotangents_like(tree: Any) -> SearchStrategy[Any]:
    """Cotangents for outputs: what `jax.vjp` takes.

    Args:
        tree: the outputs, or their `jax.ShapeDtypeStruct`s, in any pytree.

    Returns:
        A strategy of such trees: for floats and complex numbers arrays of their shape and dtype;
        for integers, booleans and keys, which have no derivative, zeros of `jax.dtypes.float0`.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from hypothesis import given
        >>> from funcgrad.testing.strategies import cotangents_like
        >>> @given(cotangents_like(jnp.ones(3)))
        ... def test_linear(ct):
        ...     back = jax.vjp(lambda x: 2 * x, jnp.ones(3))[1]
        ...     assert (back(ct)[0] == 2 * ct).all()
        >>> test_linear()
    """
    return strategy("cotangents_like", Tree(tree, _cotangent))


def _cotangent(example: Any) -> SearchStrategy[Any]:
    shape = jnp.shape(example) if not hasattr(example, "shape") else example.shape
    dtype = jnp.result_type(example) if not hasattr(example, "dtype") else example.dtype
    if _is_key(example) or kind_of(np.dtype(dtype)) not in ("float", "complex"):
        return st.builds(np.zeros, st.just(shape), st.just(jax.dtypes.float0))
    return arrays(shape, dtype)
