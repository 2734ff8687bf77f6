"""How a blind case is declared: one builder for bug and twin, the plain form, and a proof.

Every rule is written once, by a builder that takes `fault`: what a bug changes is then one visible
expression, and its twin is the same code mended. The plain form is what JAX derives by itself; the
proof compares with it, at a place where the fault shows, and must clear the twin there.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .cases import Case

Function = Callable[..., Any]
Proof = Callable[[Function], bool]

#: In float64 a rule and the automatic derivative agree to about 1e-12; the bugs are wrong by more.
AGREE = 1e-6


@dataclass
class Draw:
    """Ordinary values of one dtype, the same ones for a name every time."""

    name: str
    dtype: str
    generator: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.generator = np.random.default_rng(zlib.crc32(self.name.encode()))

    def normal(self, *shape: int, scale: float = 1.0) -> np.ndarray:
        return np.asarray(scale * self.generator.normal(size=shape), jnp.dtype(self.dtype))

    def uniform(self, low: float, high: float, *shape: int) -> np.ndarray:
        return np.asarray(self.generator.uniform(low, high, shape), jnp.dtype(self.dtype))

    def constant(self, value: float, *shape: int) -> np.ndarray:
        return np.full(shape, value, jnp.dtype(self.dtype))

    def integers(self, low: int, high: int, *shape: int) -> np.ndarray:
        return self.generator.integers(low, high, shape).astype(np.int32)

    def complex(self, *shape: int) -> np.ndarray:
        parts = self.generator.normal(size=(2, *shape))
        return (parts[0] + 1j * parts[1]).astype(
            "complex128" if self.dtype == "float64" else "complex64"
        )


@dataclass(frozen=True)
class Plant:
    """A bug with its twin.

    Attributes:
        name: of the bug; its twin's ends with "_right".
        bug: what is wrong, in one line.
        build: gives the function, wrong for True and mended for False.
        plain: the same function without a rule of its own.
        args: the arguments, from a `Draw`.
        proof: whether a function (bug or twin) is seen to be wrong.
        strategies: as in `Case`.
        dtypes: for which dtypes the bug is one.
        family: as in `Case`.
    """

    name: str
    bug: str
    build: Callable[[bool], Function]
    plain: Function
    args: Callable[[Draw], tuple[Any, ...]]
    proof: Proof
    strategies: Callable[[Any, str], tuple[Any, ...]] | None = None
    dtypes: tuple[str, ...] = ("float32", "float64")
    family: str = "blind"

    def cases(self) -> tuple[Case, Case]:
        """The bug and its twin, for the registry."""
        twin = self.name + "_right"
        common: dict[str, Any] = {
            "family": self.family,
            "dtypes": self.dtypes,
            "strategies": self.strategies,
            "shows": lambda fn, _args: self.proof(fn),
        }
        return (
            Case(self.name, self._make(True), "bug", bug=self.bug, twin=twin, **common),
            Case(twin, self._make(False), "twin", **common),
        )

    def _make(self, fault: bool) -> Callable[[str], tuple[Function, tuple[Any, ...]]]:
        def make(dtype: str) -> tuple[Function, tuple[Any, ...]]:
            built = self.build(fault)

            def function(*args: Any) -> Any:
                return built(*args)

            function.__name__ = self.name if fault else self.name + "_right"
            return function, self.args(Draw(self.name, dtype))

        return make


def ruled(primal: Function, forward: Function, backward: Function, **options: Any) -> Function:
    """`primal` with the derivative that the two halves of a rule give."""
    function = jax.custom_vjp(primal)
    function.defvjp(forward, backward, **options)
    return function


def recomputed(plain: Function, again: Function) -> Function:
    """`plain` with a backward that computes `again` and differentiates that."""

    def backward(args: tuple[Any, ...], ct: Any) -> Any:
        return jax.vjp(again, *args)[1](ct)

    return ruled(plain, lambda *args: (plain(*args), args), backward)


def differentiable(args: tuple[Any, ...]) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The leaves that have a gradient, and what puts others in their place."""
    leaves, tree = jax.tree.flatten(args)
    places = [i for i, leaf in enumerate(leaves) if jnp.issubdtype(leaf.dtype, jnp.inexact)]

    def put(values: list[Any]) -> Any:
        changed = list(leaves)
        for place, value in zip(places, values, strict=True):
            changed[place] = value
        return jax.tree.unflatten(tree, changed)

    return [leaves[i] for i in places], put


def cotangent_like(out: Any, seed: int = 7) -> Any:
    """A cotangent without pattern, of size 1."""
    generator = np.random.default_rng(seed)

    def one(leaf: Any) -> np.ndarray:
        values = generator.normal(size=leaf.shape)
        if jnp.issubdtype(leaf.dtype, jnp.complexfloating):
            values = values + 1j * generator.normal(size=leaf.shape)
        return np.asarray(values, leaf.dtype)

    return jax.tree.map(one, out)


#: What a proof compiles runs once or twice: what XLA does for speed costs more than it saves.
quick = partial(
    jax.jit,
    compiler_options={
        "xla_backend_optimization_level": 0,
        "xla_cpu_use_fusion_emitters": False,
        "xla_cpu_parallel_codegen_split_count": 1,
    },
)


def pulled(fn: Function, args: tuple[Any, ...], scale: float = 1.0) -> Function:
    """The compiled map from the leaves that have a gradient to the value and those gradients.

    The cotangent is the same every time.
    """
    _, put = differentiable(args)

    @quick
    def both(primals: list[Any]) -> tuple[Any, list[Any]]:
        out, back = jax.vjp(lambda *values: fn(*put(list(values))), *primals)
        ct = jax.tree.map(lambda leaf: jnp.asarray(leaf * scale, leaf.dtype), cotangent_like(out))
        return out, list(back(ct))

    return both


def gradient(fn: Function, args: tuple[Any, ...], scale: float = 1.0) -> list[Any]:
    """The gradients of all the leaves that have one."""
    return pulled(fn, args, scale)(differentiable(args)[0])[1]


def apart(got: Any, want: Any, tolerance: float = AGREE) -> bool:
    """Whether one array differs from its like by more than the tolerance, or is NaN."""
    for ours, theirs in zip(jax.tree.leaves(got), jax.tree.leaves(want), strict=True):
        size = max(float(np.max(np.abs(theirs), initial=0.0)), 1e-30)
        # Negated, so that a NaN is a difference.
        if not np.all(np.abs(np.asarray(ours) - np.asarray(theirs)) <= tolerance * size):
            return True
    return False


class WrongAt:
    """A proof: the value is the plain form's, and the gradient is not, in float64, at a point.

    Args:
        plain: the function without a rule.
        args: where; lists and Python numbers become float64 arrays.
        scale: the size of the cotangent.
    """

    def __init__(self, plain: Function, *args: Any, scale: float = 1.0) -> None:
        self._plain, self._scale = plain, scale
        self._args = jax.tree.map(np.asarray, args, is_leaf=lambda leaf: isinstance(leaf, list))

    @cached_property
    def _want(self) -> tuple[Any, list[Any]]:
        return self._at(self._plain)

    def _at(self, fn: Function) -> tuple[Any, list[Any]]:
        return pulled(fn, self._args, self._scale)(differentiable(self._args)[0])

    def __call__(self, fn: Function) -> bool:
        with jax.enable_x64(True):
            value, slopes = self._at(fn)
            assert not apart(value, self._want[0], 1e-12), "the value is another"
            return apart(slopes, self._want[1])


def values(*shape: int, seed: int = 1, scale: float = 1.0) -> np.ndarray:
    """Normal values in float64, for a proof."""
    return scale * np.random.default_rng(seed).normal(size=shape)
