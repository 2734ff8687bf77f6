"""Forward mode through a `Function`: its `jvp` gives the tangents of its results.

Source: PyTorch, "Extending torch.autograd: forward mode AD" (2.13).
"""

from collections.abc import Sequence
from typing import Any

from ..ops import FLOAT, kind
from . import modes
from .forward_level import Level, check_tangent
from .tensor import Tensor, filled, wrap


def through(
    level: Level, function: Any, context: Any, args: Sequence[Any], results: Sequence[Any]
) -> None:
    """Give the results of a call of a Function the tangents that its `jvp` gives.

    Args:
        level: a level that is open.
        function: the Function.
        context: that of the call, after `forward`.
        args: what it was called with.
        results: what it gave.

    Raises:
        NotImplementedError: the Function has no `jvp`, and an argument has a tangent.
        RuntimeError: `jvp` gives something that cannot be the tangents.
    """
    given = [level.tangent(a) if isinstance(a, Tensor) else None for a in args]
    if modes.state.inference or all(tangent is None for tangent in given):
        return
    shown = list(given)
    if context.materialize_grads:
        shown = [_zeros(a) if t is None else t for a, t in zip(args, given, strict=True)]
    context._in_jvp = True
    try:
        with level.aside():
            found = function.jvp(context, *shown)
    finally:
        context._in_jvp = False
    tangents = tuple(found) if isinstance(found, (tuple, list)) else (found,)
    if len(tangents) != len(results):
        raise RuntimeError(
            "Function's jvp returned an invalid number of forward gradients (expected "
            f"{len(results)} but got {len(tangents)})"
        )
    for i, (result, tangent) in enumerate(zip(results, tangents, strict=True)):
        if tangent is not None and not isinstance(tangent, Tensor):
            raise RuntimeError(
                f"expected Variable or None (got {type(tangent).__name__}) for grad output {i}."
            )
        _give(level, i, result, tangent, context, dict(enumerate(zip(args, shown, strict=True))))


def _give(
    level: Level,
    i: int,
    result: Any,
    tangent: Tensor | None,
    context: Any,
    operands: dict[int, tuple[Any, Any]],
) -> None:
    constant = not isinstance(result, Tensor) or kind(result._read().dtype) < FLOAT
    if constant or any(result is c for c in context._constant):
        if tangent is not None:
            raise RuntimeError(
                f"Function's jvp returned a gradient at position {i}, but the corresponding "
                "forward output is not a differentiable Tensor. You should return None at that "
                "position instead."
            )
        return
    if tangent is None:
        raise RuntimeError(
            f"Function's jvp returned None at position {i}. Expected both tensor and its forward "
            "grad to be floating point or complex; return zeros where nothing moves."
        )
    check_tangent(result, tangent)
    for operand, before in operands.values():
        if not isinstance(operand, Tensor) or operand._cell is not result._cell:
            continue
        # The result shares memory with an operand, so their tangents must share theirs.
        dirty = any(result is d for d in context._dirty)
        shared = isinstance(before, Tensor) and tangent._cell is before._cell
        if shared and (dirty or tangent is not before):
            if level.tangent(operand) is None:
                level.edit(operand, before)
            return
        if dirty:
            raise RuntimeError(
                "An inplace custom Function is not modifying the forward mode gradients inplace. "
                "If the forward is modifying an input inplace, then the jvp function must modify "
                "the corresponding gradient inplace."
            )
        raise RuntimeError(
            "A custom Function's forward is returning a view (or an input as-is) but the jvp is "
            "not returning a view."
        )
    level.give(result, tangent)


def _zeros(operand: Any) -> Tensor | None:
    if not isinstance(operand, Tensor):
        return None
    array = operand._read()
    return wrap(filled(array.shape, array.dtype, 0))
