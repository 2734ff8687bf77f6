"""A derivative that cannot be differentiated again, and says so.

Source: PyTorch, "Extending torch.autograd" (2.13).
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from . import modes
from .function import aval
from .graph import Node
from .tensor import Tensor


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A `backward` whose own derivative is an error instead of a silent zero.

    The error is raised where a pass goes through to all leaves, `backward()`. One that is asked for
    the gradients of certain tensors, `grad`, finds no way to them there, and says that instead.
    """

    @functools.wraps(backward)
    def wrapped(ctx: Any, *gradients: Any) -> Any:
        with modes.no_grad():
            found = backward(ctx, *gradients)
        if not modes.state.grad or not any(
            isinstance(g, Tensor) and g.requires_grad for g in gradients
        ):
            return found
        several = tuple(found) if isinstance(found, (tuple, list)) else (found,)
        marked = _marked(several)
        return marked if len(several) > 1 else marked[0]

    return wrapped


def _marked(gradients: Sequence[Any]) -> tuple[Any, ...]:
    """The same gradients as results of a node that cannot be differentiated.

    Its operands are leaves of its own, as PyTorch has it, so that it is no part of any other graph.
    """
    leaves = [g.detach().requires_grad_() if isinstance(g, Tensor) else None for g in gradients]
    node = Once(leaves)
    results = [g.detach() if isinstance(g, Tensor) else g for g in gradients]
    for i, result in enumerate(results):
        if isinstance(result, Tensor):
            result._node, result._output_nr = node, i
    return tuple(results)


class Once(Node):
    """Raises when it is differentiated."""

    __slots__ = ()

    def __init__(self, leaves: Sequence[Tensor | None]) -> None:
        edges = [None if leaf is None else leaf._edge() for leaf in leaves]
        super().__init__("torch::autograd::Error", edges, [aval(leaf) for leaf in leaves])

    def call(self, gradients: Sequence[Tensor | None], create: bool) -> Sequence[Tensor | None]:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )
