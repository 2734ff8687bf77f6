"""A backward pass over operations and leaves without hooks: nobody sees what goes between them.

So what goes there need not be tensors, and no node need be asked for more than its pullback. All
else is as in `backward`, and what is not simple is left to the node itself.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax

from . import anomaly, dtypes, forward, modes
from .graph import AccumulateGrad, Node, any_detached, fitted
from .nodes import OpNode
from .reading import is_plain
from .ready import ReadyQueue
from .saved import Saved
from .tensor import Tensor, made

if TYPE_CHECKING:
    from .backward import Edge

Array = jax.Array
Arrived = dict[Node, list[Array | None]]


def run(roots: "Sequence[tuple[Edge, Tensor]]", keep: bool) -> bool:
    """Run a pass to the leaves, if it is of this kind; else nothing is done.

    Args:
        roots: where to start: an edge and the gradient that arrives there.
        keep: leave what the nodes saved, for another pass.
    """
    if anomaly.state.enabled or forward.state.level is not None:
        return False
    if not all(is_plain(start._read()) for _, start in roots):
        return False
    uses = _uses([edge[0] for edge, _ in roots])
    if uses is None or any_detached(uses):
        return False
    arrived: Arrived = {}
    for number, ((node, i), start) in enumerate(roots):
        _add(arrived, node, i, start._read(), number, None)
    ready = ReadyQueue(node for node in arrived if uses[node] == 0)
    with modes.no_grad():
        while ready:
            source: Any = ready.pop()
            gradients = arrived.pop(source, None)
            if type(source) is AccumulateGrad:
                if gradients is not None and gradients[0] is not None:
                    _accumulate(source, gradients[0])
                continue
            edges = source.edges
            found = [None] * len(edges) if gradients is None else _gradients(source, gradients)
            if not keep:
                source.release()
            for number, (edge, gradient) in enumerate(zip(edges, found, strict=True)):
                if edge is None:
                    continue
                target = edge[0]
                if gradient is not None:
                    _add(arrived, target, edge[1], gradient, number, source)
                uses[target] -= 1
                if uses[target] == 0:
                    ready.push(target)
    return True


def _uses(roots: list[Node]) -> dict[Node, int] | None:
    """How many edges lead to each node that can be reached; None if somebody may look at one."""
    uses: dict[Node, int] = dict.fromkeys(roots, 0)
    stack: list[Any] = list(uses)
    while stack:
        node = stack.pop()
        if node.extras is not None:
            return None
        if not isinstance(node, OpNode):
            if type(node) is not AccumulateGrad or node.variable._post_hooks:
                return None
            continue
        if type(node.saved) is not tuple and _is_packed(node):
            return None
        for edge in node.edges:
            if edge is not None:
                target = edge[0]
                if target not in uses:
                    uses[target] = 0
                    stack.append(target)
                uses[target] += 1
    return uses


def _is_packed(node: OpNode) -> bool:
    """Whether what it saved is in the form that a hook gave it."""
    values = [*(node.operands or {}).values(), *node.results.values()]
    return any(type(value) is not Saved for value in values) or any(
        isinstance(residual, Saved) for residual in node.residuals
    )


def _gradients(node: OpNode, gradients: list[Array | None]) -> Sequence[Array | None]:
    """Gradients of the operands, one for each edge."""
    found = node.pulled(gradients)
    if found is not None:
        return found
    shown = [None if array is None else made(array) for array in gradients]
    return [None if given is None else given._read() for given in node.call(shown, False)]


def _add(
    arrived: Arrived, node: Node, i: int, gradient: Array, number: int, source: Node | None
) -> None:
    """Add a gradient to those that have arrived at result `i` of a node; see `fitted`."""
    aval = node.avals[i]
    if gradient.shape != aval.shape or gradient.dtype != aval.dtype:
        fits = fitted(made(gradient), aval.shape, number, source)
        gradient = fits.to(dtypes.of(aval.dtype))._read()
    slots = arrived.get(node)
    if slots is None:
        slots = arrived[node] = [None] * len(node.avals)
    present = slots[i]
    if present is not None:
        total: Tensor = made(present) + made(gradient)
        gradient = total._read()
    slots[i] = gradient


def _accumulate(node: AccumulateGrad, gradient: Array) -> None:
    variable = node.variable
    if not variable._leaf_requires:
        return
    if variable._grad is None and variable._read().shape == gradient.shape:
        variable._grad = made(gradient)
    else:
        node.accumulate(made(gradient), False)
