"""The backward pass.

A node is ready when every node that uses its results, of those that can be reached from where the
pass started, has run. Of the ready ones leaves go first, then the newest. There is no recursion, so
a chain of 100 000 operations is no deeper than one.
"""

import itertools
import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from . import anomaly, dtypes, modes, unseen, whole
from .graph import Node, fitted, watchers
from .hooks import after_node, before_node, before_tensors
from .ready import ReadyQueue

if TYPE_CHECKING:
    from .tensor import Tensor

Edge = tuple[Node, int]

_numbers = itertools.count()


class Pass:
    """A pass that runs, as a hook may ask of it.

    Args:
        nodes: what runs, or is wanted.
        partial: whether only what leads to certain inputs runs.
    """

    def __init__(self, nodes: set[Node], partial: bool) -> None:
        self.number, self._nodes, self.partial = next(_numbers), nodes, partial

    def reaches(self, node: Node) -> bool:
        """Whether gradients arrive at the node."""
        return node in self._nodes


class _Running(threading.local):
    passes: tuple[Pass, ...] = ()


_running = _Running()


def is_running() -> bool:
    """Whether a pass runs in this thread."""
    return bool(_running.passes)


def current() -> Pass:
    """The innermost pass that runs in this thread."""
    return _running.passes[-1]


def backward(
    roots: "Sequence[tuple[Edge, Tensor]]",
    keep: bool,
    create: bool,
    wanted: Iterable[Edge] = (),
    *,
    accumulate: bool = False,
) -> "dict[Edge, Tensor]":
    """Send gradients from the roots to the leaves, or to the wanted edges.

    Args:
        roots: where to start: an edge and the gradient that arrives there.
        keep: leave what the nodes saved, for another pass.
        create: record the pass itself, so that its results can be differentiated.
        wanted: edges whose gradients are returned; if there are any, only what leads there runs.
        accumulate: let the nodes of these edges run too, so that leaves accumulate and results
            retain what arrives.
    """
    wanted = set(wanted)
    if not (create or accumulate or watchers):
        found = whole.run(roots, keep, wanted)
        if found is not None:
            return found
        if not wanted and unseen.run(roots, keep):
            return {}
    uses, runs = plan([edge[0] for edge, _ in roots], wanted)
    for look in watchers:
        look(uses, wanted)
    nodes = runs.union(node for node, _ in wanted) if wanted else runs
    if accumulate:
        runs = nodes
    outer = _running.passes
    _running.passes = (*outer, Pass(nodes, bool(wanted)))
    try:
        return _run(roots, keep, create, wanted, uses, runs)
    finally:
        _running.passes = outer


def _run(
    roots: "Sequence[tuple[Edge, Tensor]]",
    keep: bool,
    create: bool,
    wanted: set[Edge],
    uses: dict[Node, int],
    runs: set[Node],
) -> "dict[Edge, Tensor]":
    arrived: dict[Node, list[Tensor | None]] = {}
    found: dict[Edge, Tensor] = {}
    ends = {node for node, _ in wanted}
    for number, ((node, i), start) in enumerate(roots):
        add(arrived, node, i, fitted(start, node.avals[i].shape, number, None))
    ready = ReadyQueue(node for node in arrived if uses[node] == 0)
    with modes.set_grad_enabled(create):
        while ready:
            node = ready.pop()
            gradients = arrived.pop(node, [None] * len(node.avals))
            if node not in runs:  # it is only wanted, or no way leads from here to what is wanted
                gradients = before_tensors(node, gradients)
            for i, gradient in enumerate(gradients):
                if (node, i) in wanted and gradient is not None:
                    found[node, i] = gradient
            if node not in runs:
                continue
            # Where the node runs too, what is wanted is taken before the hooks, as in PyTorch.
            gradients = before_node(node, before_tensors(node, gradients))
            results = node.call(gradients, create)
            if wanted and node.selective:
                results = [
                    gradient if edge is not None and (edge[0] in runs or edge[0] in ends) else None
                    for edge, gradient in zip(node.edges, results, strict=True)
                ]
            results = after_node(node, results, gradients)
            if anomaly.state.enabled:
                anomaly.look(node, results)
            if not keep:
                node.release()
            for number, (edge, gradient) in enumerate(zip(node.edges, results, strict=True)):
                if edge is None or not (edge[0] in runs or edge[0] in ends):
                    continue
                if gradient is not None:
                    shape = edge[0].avals[edge[1]].shape
                    add(arrived, *edge, fitted(gradient, shape, number, node))
                uses[edge[0]] -= 1
                if uses[edge[0]] == 0:
                    ready.push(edge[0])
    return found


def add(arrived: "dict[Node, list[Tensor | None]]", node: Node, i: int, gradient: "Tensor") -> None:
    """Add a gradient to those that have arrived at result `i` of a node."""
    dtype = node.avals[i].dtype
    if gradient.dtype.numpy != dtype:
        gradient = gradient.to(dtypes.of(dtype))
    slots = arrived.setdefault(node, [None] * len(node.avals))
    present = slots[i]
    slots[i] = gradient if present is None else present + gradient


def plan(roots: list[Node], wanted: set[Edge]) -> tuple[dict[Node, int], set[Node]]:
    """How many edges lead to each node that can be reached, and which nodes have to run."""
    uses: dict[Node, int] = dict.fromkeys(roots, 0)
    order, stack = [], list(uses)
    while stack:
        node = stack.pop()
        order.append(node)
        for edge in node.edges:
            if edge is None:
                continue
            if edge[0] not in uses:
                uses[edge[0]] = 0
                stack.append(edge[0])
            uses[edge[0]] += 1
    if not wanted:
        return uses, set(order)
    targets = {node for node, _ in wanted}
    return uses, leading(order, targets)


def leading(nodes: list[Node], targets: set[Node]) -> set[Node]:
    """The nodes among these from which a target can be reached by at least one edge."""
    users: dict[Node, list[Node]] = {}
    for node in nodes:
        for edge in node.edges:
            if edge is not None:
                users.setdefault(edge[0], []).append(node)
    result: set[Node] = set()
    stack = list(targets)
    while stack:
        for user in users.get(stack.pop(), ()):
            if user not in result:
                result.add(user)
                stack.append(user)
    return result
