"""What runs around a node of the backward pass: hooks and `retain_grad`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import modes
from .graph import Node

if TYPE_CHECKING:
    from .tensor import Tensor


def before_node(node: Node, gradients: "list[Tensor | None]") -> "list[Tensor | None]":
    """Tensor hooks, then hooks before the node, then retained gradients, as in PyTorch."""
    if node.outputs_hooks:
        for i, hooks in node.outputs_hooks.items():
            for hook in list(hooks.values()):
                if gradients[i] is not None:
                    replaced = hook(gradients[i])
                    gradients[i] = gradients[i] if replaced is None else replaced
    if node.prehooks:
        for hook in list(node.prehooks.values()):
            replaced = hook(tuple(gradients))
            gradients = gradients if replaced is None else list(_tuple(replaced))
    if node.retained:
        for i, reference in node.retained.items():
            _retain(reference(), gradients[i])
    return gradients


def _retain(tensor: "Tensor | None", gradient: "Tensor | None") -> None:
    if tensor is None or gradient is None:
        return
    with modes.set_grad_enabled(modes.state.grad):
        if tensor._grad is None:
            tensor._grad = gradient if modes.state.grad else gradient.clone()
        else:
            tensor._grad = tensor._grad + gradient


def after_node(
    node: Node, results: "Sequence[Tensor | None]", gradients: "Sequence[Tensor | None]"
) -> "Sequence[Tensor | None]":
    """Hooks of the node itself."""
    for hook in list(node.hooks.values()):
        replaced = hook(tuple(results), tuple(gradients))
        results = results if replaced is None else _tuple(replaced)
    return results


def _tuple(value: object) -> tuple:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)
