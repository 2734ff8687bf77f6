"""What a derivative of a function opens and closes: its arguments as places in the graph."""

from collections.abc import Sequence
from typing import Any

from ...tape import forward, modes
from ...tape.backward import plan
from ...tape.graph import AccumulateGrad
from ...tape.staging import flatten
from ...tape.tensor import Tensor


class Level:
    """The arguments that a function is differentiated by.

    Args:
        trees: the arguments, in any tree.

    Raises:
        ValueError: a leaf that is no tensor.
        RuntimeError: a tensor of integers.
    """

    def __init__(self, trees: Any) -> None:
        found: list[Any] = []
        _, self.rebuild = flatten(trees, found)
        self.outer = modes.is_grad_enabled()
        for tensor in found:
            if not isinstance(tensor, Tensor):
                raise ValueError(
                    "Expected all arguments that are differentiated by to contain only Tensors, "
                    f"unexpected type {type(tensor).__name__}; choose others by argnums"
                )
        with modes.enable_grad():
            self.inputs = [self._opened(tensor) for tensor in found]
        self.inside = self.rebuild(iter(self.inputs))

    def _opened(self, tensor: Tensor) -> Tensor:
        if self.outer and tensor.requires_grad:
            view: Tensor = tensor.view_as(tensor)
            return view
        leaf: Tensor = tensor.detach()
        for level, tangent in _tangents(tensor):
            level.give(leaf, tangent)
        return leaf.requires_grad_()

    def close(self, tree: Any) -> Any:
        """Results as they are seen outside: in the graph only where something outside is in it."""
        leaves: list[Any] = []
        _, rebuild = flatten(tree, leaves)
        return rebuild(iter([self._closed(leaf) for leaf in leaves]))

    def _closed(self, value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        moving = _tangents(value)
        if value.requires_grad and not (self.outer and self.reaches_outside(value)):
            value = value.detach()
        for level, tangent in moving:
            with level.aside():
                level.give(value, self._closed(tangent))
        return value

    def reaches_outside(self, tensor: Tensor) -> bool:
        """Whether the graph behind a tensor ends at something else than the arguments."""
        edge = tensor._edge()
        if edge is None:
            return False
        nodes: Sequence[Any] = list(plan([edge[0]], set())[0])
        return any(
            isinstance(node, AccumulateGrad)
            and not any(node.variable is own for own in self.inputs)
            for node in [edge[0], *nodes]
        )


def _tangents(tensor: Tensor) -> list[tuple[Any, Tensor]]:
    """The tangents of a tensor in the levels that are open."""
    innermost = forward.state.level
    levels = () if innermost is None else innermost.levels()
    found = [(level, level.tangent(tensor)) for level in levels]
    return [(level, tangent) for level, tangent in found if tangent is not None]
