"""Dtypes: what kind each is, and the strategy that chooses among them."""

from __future__ import annotations

from typing import Any, Literal

import jax.numpy as jnp
import numpy as np

from .dims import draw_size
from .library import Draw, Plan, SearchStrategy, plan_of, refuse, strategy

#: The simplest first: a failing example shrinks to it.
KINDS = {
    "float": ("float32", "float64", "bfloat16", "float16"),
    "half": ("bfloat16", "float16"),
    "float8": ("float8_e4m3fn", "float8_e5m2"),
    "complex": ("complex64", "complex128"),
    "int": ("int32", "int64", "int16", "int8", "uint32", "uint64", "uint16", "uint8"),
}
KINDS["all"] = (*KINDS["float"], *KINDS["complex"], *KINDS["int"], "bool", *KINDS["float8"])


def dtype_from(given: Any) -> np.dtype[Any]:
    """The NumPy dtype that was meant, if an array of it can be drawn."""
    if given is None:  # which NumPy takes for float64
        refuse("a dtype is a name or a NumPy dtype", given, 'Write "float32", say.')
    try:
        dtype: np.dtype[Any] = np.dtype(given)
    except TypeError:
        refuse("a dtype is a name or a NumPy dtype", given, 'Write "float32", say.')
    if kind_of(dtype) is None:
        refuse(
            "arrays are of floats, complex numbers, integers or booleans",
            str(dtype),
            "For random keys there is keys(); for anything else a strategy of Hypothesis.",
        )
    return dtype


def kind_of(dtype: np.dtype[Any]) -> Literal["float", "complex", "int", "bool"] | None:
    """Which of the four kinds it is, float8 and bfloat16 among the floats; None for others."""
    if dtype == np.dtype(bool):
        return "bool"
    if jnp.issubdtype(dtype, jnp.floating):
        return "float"
    if jnp.issubdtype(dtype, jnp.complexfloating):
        return "complex"
    return "int" if jnp.issubdtype(dtype, jnp.integer) else None


def part_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype of the real part: float32 for complex64."""
    part: np.dtype[Any] = np.empty(0, dtype).real.dtype
    return part if kind_of(dtype) == "complex" else dtype


def smallest_normal(dtype: np.dtype[Any]) -> float:
    """Below this magnitude a float is subnormal, and XLA may take it for 0."""
    return float(jnp.finfo(dtype).smallest_normal)


class Dtypes(Plan):
    """One of several dtypes, shared by name."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name
        self.key = f"{name}:{kind}"
        self.sizes = {self.key: (0, len(KINDS[kind]) - 1)}

    def draw(self, draw: Draw) -> np.dtype[Any]:
        names = KINDS[self.kind]
        return np.dtype(names[draw_size(draw, self.key, 0, len(names) - 1)])

    def words(self) -> str:
        return repr(self.kind) + (f", name={self.name!r}" if self.name != "dtype" else "")


def dtypes(kind: str = "float", *, name: str = "dtype") -> SearchStrategy[np.dtype[Any]]:
    """A dtype that is the same wherever its name stands in one example.

    Args:
        kind: "float" (32, 64, bfloat16, 16), "half" (bfloat16, float16), "float8", "complex",
            "int" or "all".
        name: by which the choice is shared: arrays with the same kind and name have one dtype.

    Returns:
        A strategy of NumPy dtypes, for `arrays(dtype=...)` or for an argument of its own. JAX
        keeps 64 bits of the wide ones only under `jax.enable_x64(True)`.

    Raises:
        hypothesis.errors.InvalidArgument: if there is no such kind.

    Example:
        >>> from hypothesis import given
        >>> from funcgrad.testing.strategies import arrays, dtypes
        >>> @given(arrays(3, dtypes("half")), arrays(3, dtypes("half")))
        ... def test_sum(x, y):
        ...     assert (x + y).dtype == x.dtype
        >>> test_sum()
    """
    if kind not in KINDS:
        refuse(f"a kind of dtypes is one of {', '.join(KINDS)}", kind, 'Write dtypes("float").')
    return strategy("dtypes", Dtypes(kind, name))


def dtype_or_plan(given: Any) -> np.dtype[Any] | SearchStrategy[Any]:
    """A dtype, or the strategy that draws one, unchanged."""
    return given if isinstance(given, SearchStrategy) else dtype_from(given)


def dtype_words(dtype: np.dtype[Any] | SearchStrategy[Any]) -> str:
    """The dtype as a user would write it."""
    return repr(dtype if isinstance(dtype, SearchStrategy) else str(dtype))


def dtype_sizes(dtype: np.dtype[Any] | SearchStrategy[Any]) -> dict[str, tuple[int, int]]:
    """The shared choice behind a dtype, if there is one."""
    plan = plan_of(dtype)
    return dict(plan.sizes) if plan is not None else {}
