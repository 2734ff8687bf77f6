"""Hooks and `retain_grad`: how they are set, and what they do around a node of the pass."""

import weakref
from collections.abc import Sequence
from typing import Any

from . import modes
from .graph import AccumulateGrad, Handle, HookDict, Node, add_hook
from .tensor import Tensor


def before_node(node: Node, gradients: list[Tensor | None]) -> list[Tensor | None]:
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


def _retain(tensor: Tensor | None, gradient: Tensor | None) -> None:
    if tensor is None or gradient is None:
        return
    if tensor._grad is None:
        tensor._grad = gradient if modes.state.grad else gradient.clone()
    else:
        tensor._grad = tensor._grad + gradient


def after_node(
    node: Node, results: Sequence[Tensor | None], gradients: Sequence[Tensor | None]
) -> Sequence[Tensor | None]:
    """Hooks of the node itself."""
    for hook in list(node.hooks.values()):
        replaced = hook(tuple(results), tuple(gradients))
        results = results if replaced is None else _tuple(replaced)
    return results


def _tuple(value: object) -> tuple:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def retain_grad(self: Tensor) -> None:
    """Keep the gradient of this non-leaf in `.grad` too."""
    if not self.requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if self.is_leaf or self._node is None:
        return
    if self._node.retained is None:
        self._node.retained = {}
    self._node.retained[self._output_nr] = weakref.ref(self)


def register_hook(self: Tensor, hook: Any) -> Handle:
    """Call `hook(gradient)` when the gradient arrives; what it returns replaces it."""
    edge = self._edge()
    if edge is None:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    node, i = edge
    if node.outputs_hooks is None:
        node.outputs_hooks = {}
    if isinstance(node, AccumulateGrad):
        self._hooked = node  # a hook on a leaf outlives the graphs it is used in
    return add_hook(node.outputs_hooks.setdefault(i, HookDict()), hook)


def register_post_accumulate_grad_hook(self: Tensor, hook: Any) -> Handle:
    """Call `hook(tensor)` after the backward pass has added to this leaf's `.grad`."""
    if not self.is_leaf or not self.requires_grad:
        raise RuntimeError(
            "post accumulate grad hooks cannot be registered on non-leaf tensors"
            if not self.is_leaf
            else "cannot register a hook on a tensor that doesn't require gradient"
        )
    if self._post_hooks is None:
        self._post_hooks = HookDict()
    return add_hook(self._post_hooks, hook)


Tensor.retains_grad = property(Tensor._retains, doc="Whether `.grad` of this non-leaf is kept.")
Tensor.retain_grad, Tensor.register_hook = retain_grad, register_hook
Tensor.register_post_accumulate_grad_hook = register_post_accumulate_grad_hook
