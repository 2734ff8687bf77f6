"""A function of arrays as one node of the graph.

Its backward is `jax.vjp` of the function, which is a function of arrays again and goes across in
the same way. So a recorded pass has a graph of its own, and every order is there.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..ops import FLOAT, kind
from .function import Function
from .nodes import x64
from .tensor import Tensor, wrap

OnArrays = Callable[..., tuple[Any, ...]]


def across(function: OnArrays, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Call a function of arrays on tensors, and record it.

    Args:
        function: takes an array for each tensor, gives a tuple of arrays.
        tensors: the operands.

    Returns:
        A tensor for each array.
    """
    results: tuple[Tensor, ...] = _Across.apply(function, *tensors)
    return results


class _Across(Function):
    @staticmethod
    def forward(ctx: Any, function: OnArrays, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.function = function
        ctx.save_for_backward(*tensors)
        with x64(True):
            return tuple(wrap(jnp.asarray(a)) for a in function(*(t._read() for t in tensors)))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        tensors = ctx.saved_tensors
        wanted = [i for i, needed in enumerate(ctx.needs_input_grad[1:]) if needed]
        slope = _slope(ctx.function, len(tensors), wanted)
        found = dict(zip(wanted, across(slope, [*tensors, *gradients]), strict=True))
        return (None, *(found.get(i) for i in range(len(tensors))))


def _slope(function: OnArrays, count: int, wanted: Sequence[int]) -> OnArrays:
    """The gradients by some operands. JAX's cotangents are the conjugates of PyTorch's."""

    def slope(*arrays: Any) -> tuple[Any, ...]:
        operands, gradients = list(arrays[:count]), arrays[count:]

        def of_wanted(*chosen: Any) -> list[Any]:
            for i, value in zip(wanted, chosen, strict=True):
                operands[i] = value
            return [r for r in function(*operands) if kind(r.dtype) >= FLOAT]

        given = [jnp.conj(g) for g in gradients if kind(g.dtype) >= FLOAT]
        results, pull = jax.vjp(of_wanted, *(operands[i] for i in wanted))
        given = [g.astype(r.dtype) for g, r in zip(given, results, strict=True)]
        return tuple(jnp.conj(g) for g in pull(given))

    return slope
