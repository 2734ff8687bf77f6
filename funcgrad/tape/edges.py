"""Edges of the graph as values, and a hook on several of them."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .backward import current
from .graph import AccumulateGrad, Node
from .tensor import Tensor, filled, wrap


class GradientEdge(NamedTuple):
    """Where the gradient of a tensor is computed: a node, and the number of its result.

    Attributes:
        node: the node.
        output_nr: which of its results.
        ownership_token: always None here, where the node itself keeps the graph alive.
    """

    node: Node
    output_nr: int
    ownership_token: Node | None = None


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The edge of a tensor, which `autograd.grad` and `backward` take in its place.

    Raises:
        RuntimeError: the tensor does not require grad.
    """
    edge = tensor._edge()
    if edge is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require "
            "gradients"
        )
    return GradientEdge(edge[0]._shown(), edge[1])


def stand_in(value: Any) -> Any:
    """For an edge a tensor at its place in the graph, of a leaf the leaf; else the value."""
    if not isinstance(value, GradientEdge):
        return value
    node, number = value.node, value.output_nr
    if isinstance(node, AccumulateGrad):
        return node.variable
    tensor = wrap(filled(node.avals[number].shape, node.avals[number].dtype, 0))
    tensor._node, tensor._output_nr = node, number
    return tensor


class MultiHandle:
    """Removes the hooks that stand for one."""

    def __init__(self, handles: Sequence[Any]) -> None:
        self.handles = tuple(handles)

    def remove(self) -> None:
        """Take the hook away."""
        for handle in self.handles:
            handle.remove()

    def __enter__(self) -> "MultiHandle":
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def register_multi_grad_hook(
    tensors: Sequence[Tensor], fn: Callable[[Any], None], *, mode: str = "all"
) -> MultiHandle:
    """Call a hook once a pass, with the gradients of several tensors.

    Args:
        tensors: tensors that require grad.
        fn: with `mode="all"` called when the last gradient that this pass computes is there, with
            all of them, None for those that it does not compute; with `"any"` called with the first
            gradient.
        mode: `"all"` or `"any"`.

    Raises:
        ValueError: another mode.

    Example:
        >>> import funcgrad.torch as torch
        >>> a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
        >>> c, d = a * b, a + b
        >>> fn = lambda grads: print([g is not None for g in grads])
        >>> handle = torch.autograd.graph.register_multi_grad_hook((a, b, c, d), fn)
        >>> c.sum().backward()
        [True, True, True, False]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    nodes = [get_gradient_edge(tensor).node for tensor in tensors]
    arrived: dict[int, list[Tensor | None]] = {}  # by pass

    def hook_of(i: int) -> Callable[[Tensor], None]:
        def hook(gradient: Tensor) -> None:
            running = current()
            first = running.number not in arrived
            gradients = arrived.setdefault(running.number, [None] * len(nodes))
            gradients[i] = gradient
            if mode == "any":
                if first:
                    fn(gradient)
            elif sum(g is not None for g in gradients) == sum(map(running.reaches, nodes)):
                del arrived[running.number]
                fn(gradients)

        return hook

    return MultiHandle([tensor.register_hook(hook_of(i)) for i, tensor in enumerate(tensors)])
