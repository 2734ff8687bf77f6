"""Hooks and `retain_grad`: how they are set, and what they do around a node of the pass."""

import weakref
from collections.abc import Sequence
from typing import Any

from . import dtypes, modes
from .graph import AccumulateGrad, Handle, HookDict, Node, add_hook
from .tensor import Tensor


def before_tensors(node: Node, gradients: list[Tensor | None]) -> list[Tensor | None]:
    """Hooks of the tensors whose gradients have arrived, then retained gradients, as in PyTorch."""
    if node.outputs_hooks:
        for i, hooks in node.outputs_hooks.items():
            for hook in list(hooks.values()):
                replaced = hook(gradients[i])
                if replaced is not None:
                    gradients[i] = _checked(hook, replaced, gradients[i])
    if node.retained:
        for i, reference in node.retained.items():
            _retain(reference(), gradients[i])
    return gradients


def before_node(node: Node, gradients: list[Tensor | None]) -> list[Tensor | None]:
    """Hooks before the node."""
    if node.prehooks:
        count = node.followed()
        for hook in list(node.prehooks.values()):
            shown = gradients[:count]
            replaced = hook(tuple(shown))
            if replaced is not None:
                gradients = [*_all_checked(hook, replaced, shown), *gradients[count:]]
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
        slots = node._slots()
        shown = tuple(None if i is None else results[i] for i in slots)
        replaced = hook(shown, tuple(gradients[: node.followed()]))
        if replaced is not None:
            results = list(results)
            for i, result in zip(slots, _all_checked(hook, replaced, shown), strict=True):
                if i is not None:
                    results[i] = result
    return results


def _all_checked(hook: Any, replaced: Any, before: Sequence[Tensor | None]) -> tuple:
    """What a hook of a node returned in place of several gradients, one for each."""
    if not isinstance(replaced, tuple):
        raise TypeError(
            f"expected tuple, but hook returned '{type(replaced).__name__}'; it replaces all "
            "gradients at once, and returns None to leave them"
        )
    if len(replaced) != len(before):
        raise RuntimeError(
            f"hook '{_name(hook)}' has returned an incorrect number of values (got "
            f"{len(replaced)}, but expected {len(before)})"
        )
    return tuple(_checked(hook, *pair) for pair in zip(replaced, before, strict=True))


def _checked(hook: Any, replaced: Any, before: Tensor | None) -> Tensor | None:
    """What a hook returned in place of a gradient: one of the same dtype and shape, or None."""
    if replaced is None:
        return None
    if not isinstance(replaced, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(replaced).__name__}'")
    if before is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if replaced.dtype is not before.dtype:
        old, new = (dtypes.legacy_name(tensor.dtype.numpy) for tensor in (before, replaced))
        raise RuntimeError(
            f"hook '{_name(hook)}' has changed the type of value (was {old} got {new})"
        )
    if replaced.shape != before.shape:
        raise RuntimeError(
            f"hook '{_name(hook)}' has changed the size of value: from {list(before.shape)} to "
            f"{list(replaced.shape)}"
        )
    return replaced


def _name(hook: Any) -> str:
    return getattr(hook, "__name__", "<unknown>")


def retain_grad(self: Tensor) -> None:
    """Keep the gradient of this non-leaf in `.grad` too."""
    if not self.requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if self._node is None or self._is_end():
        return
    self._node.retain(self._output_nr, weakref.ref(self))


def register_hook(self: Tensor, hook: Any) -> Handle:
    """Call `hook(gradient)` when the gradient arrives; what it returns replaces it."""
    edge = self._edge()
    if edge is None and self.requires_grad:
        # Of a view that follows its base nowhere none arrives, until it is made a leaf itself.
        self._hooked = self._hooked or AccumulateGrad(self)
        edge = self._hooked, 0
    if edge is None:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    node, i = edge
    if isinstance(node, AccumulateGrad):
        self._hooked = node
    return node.register_output_hook(i, hook)


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
