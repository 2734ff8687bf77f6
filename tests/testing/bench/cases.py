"""What a case of the bench is, and the list of all of them.

Arguments are described by draws (`normal(3, 4)`), drawn with a seed made of the case's name, so
that they are ordinary values, the same in every run, and the same for a bug and its mended twin.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import jax
import numpy as np

Function = Callable[..., Any]
Draw = Callable[[np.random.Generator], Any]

#: Every case by its name, filled by the families.
CASES: dict[str, Case] = {}

MENDED = ", mended"


@dataclass(frozen=True)
class Case:
    """A function with arguments, and what a judge of gradients should say of it.

    Attributes:
        name: unlike any other.
        make: gives the function and its arguments for a dtype, made afresh.
        kind: "bug", "twin" (that bug mended) or "correct" (right, though it looks suspicious).
        family: the file in which it stands.
        bug: what is wrong, in one line.
        twin: the name of the mended case.
        dtypes: for which dtypes it is a case.
        strategies: builds arguments from `funcgrad.testing` and a dtype, for a function whose
            domain or range of shapes plain arrays do not tell.
        shows: gives what differs between bug and twin, from the function and its arguments.
        smooth: whether the function is differentiable at its arguments, in every direction.
    """

    name: str
    make: Callable[[str], tuple[Function, tuple[Any, ...]]]
    kind: Literal["bug", "twin", "correct"]
    family: str
    bug: str = ""
    twin: str | None = None
    dtypes: tuple[str, ...] = ("float32", "float64")
    strategies: Callable[[Any, str], tuple[Any, ...]] | None = None
    shows: Callable[[Function, tuple[Any, ...]], Any] | None = None
    smooth: bool = True

    @property
    def wrong(self) -> bool:
        """Whether its gradient should be rejected."""
        return self.kind == "bug"


def normal(*shape: int, scale: float = 1.0, mean: float = 0.0) -> Draw:
    """Normal values."""
    return lambda rng: mean + scale * rng.normal(size=shape)


def uniform(*shape: int, lo: float = 0.0, hi: float = 1.0) -> Draw:
    """Uniform values."""
    return lambda rng: rng.uniform(lo, hi, size=shape)


def waves(*shape: int, scale: float = 1.0) -> Draw:
    """Normal complex values."""
    return lambda rng: scale * (rng.normal(size=shape) + 1j * rng.normal(size=shape))


def labels(*shape: int, below: int) -> Draw:
    """Class labels, as int32."""
    return lambda rng: rng.integers(0, below, size=shape).astype(np.int32)


def spd(n: int) -> Draw:
    """A well-conditioned symmetric positive definite matrix."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        root = rng.normal(size=(n, n))
        return root @ root.T / n + np.eye(n)

    return draw


def simplex(*shape: int) -> Draw:
    """Probabilities along the last axis."""
    return lambda rng: rng.dirichlet(np.ones(shape[-1]) * 3, size=shape[:-1])


def key(seed: int = 0) -> Draw:
    """A typed PRNG key."""
    return lambda rng: jax.random.key(seed)


def given(value: Any) -> Draw:
    """This array, its floating entries in the dtype asked for."""
    return lambda rng: np.asarray(value)


def draw(specs: Any, name: str, dtype: str) -> Any:
    """The arguments that these draws describe; whatever is no draw stays as it is."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))

    def one(spec: Any) -> Any:
        return cast(spec(rng), dtype) if callable(spec) else spec

    return jax.tree.map(one, specs)


def cast(value: Any, dtype: str) -> Any:
    """A floating or complex NumPy array in this dtype; anything else as it is."""
    if not isinstance(value, (np.ndarray, np.generic, float)):
        return value
    array = np.asarray(value)
    if array.dtype.kind == "f":
        return array.astype(dtype)
    if array.dtype.kind == "c":
        return array.astype("complex64" if dtype == "float32" else "complex128")
    return array


def _without_options(primal: Function) -> Function:
    """`primal` without options such as an axis, which JAX would hand to its rule as arguments."""

    def function(*args: Any) -> Any:
        return primal(*args)

    function.__name__ = getattr(primal, "__name__", "function")
    return function


def rule(primal: Function, forward: Function, backward: Function, **options: Any) -> Function:
    """`primal` with this reverse rule."""
    function = jax.custom_vjp(_without_options(primal), **options)
    function.defvjp(forward, backward)
    return function


def forward_rule(primal: Function, jvp: Function, **options: Any) -> Function:
    """`primal` with this forward rule."""
    function = jax.custom_jvp(_without_options(primal), **options)
    function.defjvp(jvp)
    return function


def _register(case: Case) -> None:
    if case.name in CASES:
        raise ValueError(f"two cases are named {case.name!r}; a name stands for one: rename one")
    CASES[case.name] = case


def planted(
    name: str,
    bug: str,
    args: tuple[Any, ...],
    right: Function,
    wrong: Function,
    *,
    family: str,
    shows: Callable[[Function, tuple[Any, ...]], Any] | None = None,
    fresh: bool = False,
    **more: Any,
) -> None:
    """Enter a bug and its mended twin.

    Args:
        name: of the bug.
        bug: what is wrong.
        args: draws.
        right: the function whose rule is right.
        wrong: the same with the slip.
        family: the file in which it stands.
        shows: see `Case`; by default the gradient at the arguments.
        fresh: whether `right` and `wrong` make the function (it holds a state, say).
        more: further fields of `Case`.
    """

    def maker(function: Function) -> Callable[[str], tuple[Function, tuple[Any, ...]]]:
        def make(dtype: str) -> tuple[Function, tuple[Any, ...]]:
            return (function() if fresh else function), draw(args, name, dtype)

        return make

    twin = name + MENDED
    _register(Case(name, maker(wrong), "bug", family, bug, twin, shows=shows, **more))
    _register(Case(twin, maker(right), "twin", family, shows=shows, **more))


def correct(name: str, function: Function, *args: Any, family: str, **more: Any) -> None:
    """Enter a correct function that looks suspicious."""

    def make(dtype: str) -> tuple[Function, tuple[Any, ...]]:
        return function, draw(args, name, dtype)

    _register(Case(name, make, "correct", family, **more))
