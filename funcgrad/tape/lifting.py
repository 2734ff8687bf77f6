"""Functions of tensors as functions of arrays, with the derivative that the tape gives them.

JAX would gladly differentiate a traced function of tensors by its own rules, and pass by all that
the user wrote: a `Function`'s `backward`, a hook. So the function is lifted as a
`jax.custom_vjp`, whose rule runs it again on tensors and asks the engine for their gradients. That
rule is itself a function of tensors, and it is lifted in the same way when JAX first asks for its
derivative. So every order goes through the tape, as `create_graph=True` does.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import jax
from jax.custom_derivatives import SymbolicZero

from ..ops import FLOAT, kind
from . import autograd, modes
from .backward import plan
from .once import Once
from .tensor import Tensor, filled, wrap

# A function of a list of tensors, and of whether what it does is to be differentiated again.
OnTensors = Callable[[list[Tensor], bool], Any]


def lifted(
    function: OnTensors,
    follow: Sequence[bool],
    scope: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Callable[..., Any]:
    """The function on arrays, concrete or traced.

    Args:
        function: takes a list of tensors, and whether its gradients must be differentiable; gives a
            tree whose leaves are tensors, or what has no gradient.
        follow: for each array, whether its tensor requires grad where no derivative is asked for.
            Where one is, those require grad that it is asked of.
        scope: entered around each run, gradients included.

    Returns:
        A function of arrays that gives the same tree with arrays for the tensors and None for the
        rest. `jax.vjp` of it is the tape's backward pass, and so on for every order.
    """

    def run(*arrays: Any) -> Any:
        with modes.inference_mode(False), scope():
            tensors = [_leaf(a, f) for a, f in zip(arrays, follow, strict=True)]
            result = function(tensors, False)
            return jax.tree.map(lambda t: t._read() if isinstance(t, Tensor) else None, result)

    value = jax.custom_vjp(run)

    def forward(*primals: Any) -> Any:
        arrays = tuple(primal.value for primal in primals)
        return value(*arrays), (arrays, _Flags(primal.perturbed for primal in primals))

    def backward(saved: Any, cotangents: Any) -> tuple:
        arrays, wanted = saved
        arrived = jax.tree.leaves(cotangents)
        # What was not used has no gradient: the tape's undefined gradient, not one of zeros.
        present = [not isinstance(c, SymbolicZero) and kind(c.dtype) >= FLOAT for c in arrived]
        if not any(present):
            return (None,) * len(arrays)
        given = [c for c, there in zip(arrived, present, strict=True) if there]
        slope = lifted(
            _gradient(function, wanted, present), [*wanted, *([False] * len(given))], scope
        )
        found = iter(slope(*arrays, *given))
        return tuple(next(found) if wants else None for wants in wanted)

    value.defvjp(forward, backward, symbolic_zeros=True)
    return value


@jax.tree_util.register_static
class _Flags(tuple):
    """Which arrays a derivative is asked of: known while the program is traced."""

    __slots__ = ()


def _leaf(array: Any, follow: bool) -> Tensor:
    tensor = wrap(array)
    tensor._leaf_requires = follow and kind(tensor._read().dtype) >= FLOAT
    return tensor


def _gradient(function: OnTensors, wanted: Sequence[bool], present: Sequence[bool]) -> OnTensors:
    """The tape's gradient of a function, as a function of its operands and of the cotangents.

    A cotangent of JAX is the conjugate of PyTorch's gradient; for real numbers they are one.
    """

    def gradient(tensors: list[Tensor], create: bool) -> list[Tensor]:
        operands, given = tensors[: len(wanted)], iter(tensors[len(wanted) :])
        inputs = [t for t, wants in zip(operands, wanted, strict=True) if wants]
        for tensor in inputs:
            tensor.requires_grad_()
        results = [t for t in jax.tree.leaves(function(operands, True)) if isinstance(t, Tensor)]
        outputs, cotangents = [], []
        for result, there in zip(results, present, strict=True):
            cotangent = next(given) if there else None
            if cotangent is not None and result.requires_grad:
                cotangent.requires_grad_(create)
                outputs.append(result)
                cotangents.append(_conjugate(cotangent))
        found: Sequence[Tensor | None] = [None] * len(inputs)
        if outputs:
            found = autograd.grad(
                outputs, inputs, cotangents, create_graph=create, allow_unused=True
            )
            if create:
                _refuse_once_differentiable([g for g in found if g is not None])
        return [
            _zeros(t) if g is None else _conjugate(g) for g, t in zip(found, inputs, strict=True)
        ]

    return gradient


def _refuse_once_differentiable(gradients: Sequence[Tensor]) -> None:
    """Raise where a further derivative would be a silent zero.

    From the results of a backward pass that is marked no edge leads on, neither to the operands
    nor to the gradient that arrived.
    """
    ends = [edge[0] for edge in (g._edge() for g in gradients) if edge is not None]
    if any(isinstance(node, Once) for node in plan(ends, set())[0]):
        raise NotImplementedError(
            "a second derivative is not implemented by a function whose backward is marked with "
            "@once_differentiable"
        )


def _conjugate(tensor: Tensor) -> Tensor:
    return tensor.conj() if tensor.dtype.is_complex else tensor


def _zeros(tensor: Tensor) -> Tensor:
    array = tensor._read()
    return wrap(filled(array.shape, array.dtype, 0))
