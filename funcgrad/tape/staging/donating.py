"""Memory that a program may write its results into: that of the arrays that a call replaces.

An array is given away only if nothing but its cell refers to it, which Python's own count tells at
the call; of any other a copy is.
"""

import sys
from typing import cast

import jax

from ..storage import Cell
from .code import Code
from .results import Results
from .traced import Traced

Array = jax.Array


def donated(traced: Traced, results: Results) -> dict[int, int]:
    """Numbers of the operands that the program may overwrite, and of the results they become."""
    kept = set(results.forwarded.values())
    if traced.pulling is not None:
        kept.update(traced.pulling.kept)
    computed = set(results.computed)
    shared = {id(other) for _, other in traced.twins}  # several cells have their arrays
    return {
        i: met.result for i, met in enumerate(traced.operands)
        if met.result in computed and i not in kept and id(met) not in shared
        and _alike(met.array, traced.avals[met.result])
    }  # fmt: skip


def _alike(one: Array, other: Array) -> bool:
    return (one.shape, one.dtype) == (other.shape, other.dtype)


def giving(code: Code, array: str) -> str:
    """An expression for a variable that was read from a cell, as an operand to give away."""
    count, copied = code.bind(sys.getrefcount), code.bind(_copied)
    return f"{array} if {count}({array}) == {_ALONE} else {copied}({array})"


def _copied(array: Array) -> Array:
    with jax.enable_x64(True):
        return jax.device_put(array, array.sharding, may_alias=False)  # which compiles nothing


def _alone() -> int:
    """What the count is, in such code, of an array to which only a cell and a variable refer."""
    code = Code()
    code.begin()
    array = code.local("leaves[0].array")
    code.add(f"return {code.bind(sys.getrefcount)}({array})")
    # Any object will do, and an import that made an array would start JAX's devices.
    cell = Cell(cast(Array, object()))
    return int(code.function("count")([cell]))


_ALONE = _alone()
