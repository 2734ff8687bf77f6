"""A function of arrays as one node of the graph.

Its backward is `jax.vjp` of the function, its tangents are `jax.jvp` of it. These are functions of
arrays again and go across in the same way. So a recorded pass has a graph of its own, tangents have
tangents, and every order is there.
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


class Pushed:
    """A function of arrays that JAX can differentiate in reverse only, and its tangents.

    Args:
        function: takes an array for each operand, gives a tuple of arrays.
        push: takes the numbers of the operands that have tangents; gives the function that takes
            the operands and these tangents to those of the floating results. None: by `jax.vjp` of
            `jax.vjp`, which takes longer.
    """

    def __init__(
        self, function: OnArrays, push: "Callable[[tuple[int, ...]], Pushed] | None" = None
    ) -> None:
        self._function, self.push = function, push

    def __call__(self, *arrays: Any) -> tuple[Any, ...]:
        return self._function(*arrays)


def across(function: OnArrays, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Call a function of arrays on tensors, and record it.

    Args:
        function: takes an array for each tensor, gives a tuple of arrays; may be a `Pushed`.
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
        ctx.save_for_forward(*tensors)
        ctx.set_materialize_grads(False)
        with x64(True):
            found = [jnp.asarray(a) for a in function(*(t._read() for t in tensors))]
        ctx.floating = [kind(array.dtype) >= FLOAT for array in found]
        return tuple(wrap(array) for array in found)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        tensors = ctx.saved_tensors
        wanted = [i for i, needed in enumerate(ctx.needs_input_grad[1:]) if needed]
        there = [i for i, gradient in enumerate(gradients) if gradient is not None]
        slope = _slope(ctx.function, len(tensors), wanted, there)
        given = [gradient for gradient in gradients if gradient is not None]
        found = dict(zip(wanted, across(slope, [*tensors, *given]), strict=True))
        return (None, *(found.get(i) for i in range(len(tensors))))

    @staticmethod
    def jvp(ctx: Any, *tangents: Tensor | None) -> tuple[Tensor | None, ...]:
        tensors = ctx.saved_tensors
        there = tuple(i for i, tangent in enumerate(tangents[1:]) if tangent is not None)
        given = [tangent for tangent in tangents if tangent is not None]
        found = iter(across(_pushed(ctx.function, len(tensors), there), [*tensors, *given]))
        return tuple(next(found) if floating else None for floating in ctx.floating)


def _of_some(
    function: OnArrays, arrays: Sequence[Any], some: Sequence[int]
) -> Callable[..., list[Any]]:
    """The results of a function as a function of some operands."""

    def of_some(*chosen: Any) -> list[Any]:
        operands = list(arrays)
        for i, value in zip(some, chosen, strict=True):
            operands[i] = value
        return list(function(*operands))

    return of_some


def _slope(function: OnArrays, count: int, wanted: Sequence[int], there: Sequence[int]) -> OnArrays:
    """The gradients by some operands, of those of some results.

    JAX's cotangents are the conjugates of PyTorch's.
    """

    def slope(*arrays: Any) -> tuple[Any, ...]:
        whole = _of_some(function, arrays[:count], wanted)

        def of_wanted(*chosen: Any) -> list[Any]:
            found = whole(*chosen)
            return [found[i] for i in there]

        results, pull = jax.vjp(of_wanted, *(arrays[i] for i in wanted))
        given = [jnp.conj(g).astype(r.dtype) for g, r in zip(arrays[count:], results, strict=True)]
        return tuple(jnp.conj(g) for g in pull(given))

    return Pushed(slope) if isinstance(function, Pushed) else slope


def _pushed(function: OnArrays, count: int, there: tuple[int, ...]) -> OnArrays:
    """The tangents of the floating results along those of some operands."""
    if isinstance(function, Pushed) and function.push is not None:
        return function.push(there)
    reverse_only = isinstance(function, Pushed)

    def pushed(*arrays: Any) -> tuple[Any, ...]:
        whole = _of_some(function, arrays[:count], there)

        def of_some(*chosen: Any) -> list[Any]:
            return [r for r in whole(*chosen) if kind(r.dtype) >= FLOAT]

        primals = tuple(arrays[i] for i in there)
        given = tuple(t.astype(p.dtype) for t, p in zip(arrays[count:], primals, strict=True))
        if not reverse_only:
            return tuple(jax.jvp(of_some, primals, given)[1])
        results, pull = jax.vjp(of_some, *primals)
        # What takes cotangents back is linear, so it is taken forward by its transpose.
        _, forward = jax.vjp(pull, [jnp.zeros_like(r) for r in results])
        (found,) = forward(given)
        return tuple(found)

    return Pushed(pushed) if reverse_only else pushed
