"""A backward pass that has been seen often, as one compiled program.

One dispatch for each node is most of what a pass over small tensors costs. The structure of a graph
is what its nodes are, how they are connected, and which of them is newer; a pass over a structure
that has come often is compiled whole, and from then on takes one dispatch. Every pullback stays
apart in the program (`funcgrad.ops.apart`), so its results are those of a pass node by node, to the
bit, and nobody can tell which of the two ran but by the time it took.

Whatever is not simple is left to the pass node by node, which knows hooks, errors and all else:
where this module finds a reason not to run a pass, it has done nothing yet.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax

from ..ops import Pullback
from . import anomaly, forward
from .calls import translated
from .first import first_run
from .graph import AccumulateGrad, Node, any_detached
from .nodes import OpNode
from .passes import Part, Pass, Unfit
from .saved import Saved
from .tensor import Tensor, made
from .wide import wide

if TYPE_CHECKING:
    from .backward import Edge

Array = jax.Array

_NODES = 256  # beyond which a pass is not compiled: that would take seconds
_BYTES = 1 << 20  # of what the nodes saved: beyond, the time goes to computing, and memory counts
# How often a structure comes before it is compiled, which takes as long as some hundred nodes.
_PATIENCE = 32
_MANY = 1024  # structures that are remembered

_single = jax.sharding.SingleDeviceSharding


class _Program:
    """A pass, compiled."""

    def __init__(self, whole: Pass) -> None:
        self.whole, self.ran = whole, set[Any]()
        self.call = jax.jit(whole)


_programs: dict[Any, int | _Program] = {}


def run(roots: "Sequence[tuple[Edge, Tensor]]", keep: bool) -> bool:
    """Run a pass that accumulates into leaves, if it can be run whole.

    Args:
        roots: where to start: an edge and the gradient that arrives there.
        keep: leave what the nodes saved, for another pass.

    Returns:
        Whether it ran.
    """
    if anomaly.state.enabled or forward.state.level is not None or any_detached():
        return False
    found = _walk(roots)
    if found is None:
        return False
    nodes, key = found
    program = _programs.get(key, 0)
    if not isinstance(program, _Program):
        if len(_programs) > _MANY:
            _programs.clear()
        _programs[key] = program + 1
        if program != _PATIENCE:  # beyond, it has been found unfit
            return False
    operands = _gathered(roots, nodes)
    if operands is None:
        return False
    if not isinstance(program, _Program):
        if not _is_worth(operands):
            return False
        program = _Program(_described(roots, nodes))
    try:
        if program.ran:
            results = wide(program.call, operands)
        else:
            with first_run(program.ran, (), ()):
                results = program.call(*operands)
            _programs[key] = program
    except Unfit:
        return False
    except ValueError as error:
        raise translated(error) from None
    if not keep:
        for node in nodes:
            node.release()
    for number, array in zip(program.whole.leaves, results, strict=True):
        variable = nodes[number].variable
        present = variable._grad
        if present is None:
            variable._grad = made(array)
        else:
            cell = present._cell
            cell.array = array
            cell.writes += 1
            present._counter.value += 1
    return True


def _walk(roots: "Sequence[tuple[Edge, Tensor]]") -> tuple[list[Any], Any] | None:
    """The nodes of a pass, and what two passes have in common that one program is for."""
    numbers: dict[Node, int] = {}
    nodes: list[Any] = []
    key: list[Any] = []
    for (node, i), start in roots:
        if node not in numbers:
            numbers[node] = len(nodes)
            nodes.append(node)
        key += (numbers[node], i, start._read().aval)
    key.append(None)
    sequences: list[int] = []
    for node in nodes:
        if node._hooks or node.prehooks or node.outputs_hooks or node.retained:
            return None
        if isinstance(node, OpNode):
            key.append(node.pullback)
            for edge in node.edges:
                if edge is None:
                    key.append(None)
                    continue
                target = edge[0]
                number = numbers.get(target)
                if number is None:
                    number = numbers[target] = len(nodes)
                    if number > _NODES:
                        return None
                    nodes.append(target)
                key += (number, edge[1])
            sequences.append(node.sequence)
        elif isinstance(node, AccumulateGrad):
            variable = node.variable
            if variable._post_hooks or not variable._leaf_requires:
                return None
            key += (variable._grad is None, node.avals[0])
        else:
            return None
    key.append(tuple(sorted(range(len(sequences)), key=sequences.__getitem__)))
    return nodes, tuple(key)


def _gathered(roots: "Sequence[tuple[Edge, Tensor]]", nodes: Sequence[Any]) -> Any:
    """What goes into the program, or None where a node must be asked itself.

    Nothing is written before everything is read, so no saved value may lie in the memory of a
    gradient that is added to.
    """
    touched: set[Any] = set()
    present: list[Array] = []
    for node in nodes:
        if isinstance(node, AccumulateGrad):
            variable, gradient = node.variable, node.variable._grad
            aval = node.avals[0]
            if variable._read().shape != aval.shape:
                return None  # it was turned in place since
            if gradient is None:
                continue
            cell = gradient._cell
            if (
                cell in touched
                or gradient._steps
                or gradient._inference
                or gradient._node is not None
                or gradient._leaf_requires
                or gradient._base_tensor is not None
            ):
                return None
            array = cell.array
            if array.aval != aval or not _is_plain(array):
                return None
            touched.update((cell, gradient._counter))
            present.append(array)
    starts = [start._read() for _, start in roots]
    if not all(map(_is_plain, starts)) or any(start._cell in touched for _, start in roots):
        return None
    saved: list[list[Array]] = []
    for node in nodes:
        if not isinstance(node, OpNode):
            continue
        values, pullback = node.operands, node.pullback
        if values is None or pullback.may_be_refused:
            return None
        used = [values[i] for i in pullback.inputs]
        used += [node.results[i] for i in pullback.outputs]
        checked = values.values() if node.guarded else used
        for value in (*checked, *node.results.values()) if node.results else checked:
            if type(value) is not Saved or value.dual is not None:
                return None
            counter = value.counter
            if counter is not None and (counter.value != value.version or counter in touched):
                return None
        arrays = [value.array for value in used]
        arrays += node.residuals
        for value, array in zip(used, arrays, strict=False):
            if value._cell in touched or not _is_plain(array):
                return None
        saved.append(arrays)
    return starts, saved, present


def _is_plain(array: Any) -> bool:
    """Whether it is an array of one device, not one that is traced."""
    return not isinstance(array, jax.core.Tracer) and type(array.sharding) is _single


def _is_worth(operands: Any) -> bool:
    """Whether arrays are small, and where what is apart in a program is known to stay so."""
    arrays = jax.tree.leaves(operands)
    places = {device for array in arrays for device in array.devices()}
    small = sum(array.nbytes for array in arrays) <= _BYTES
    return small and len(places) == 1 and {place.platform for place in places} == {"cpu"}


def _described(roots: "Sequence[tuple[Edge, Tensor]]", nodes: Sequence[Any]) -> Pass:
    """The pass, without its values."""
    numbers = {node: number for number, node in enumerate(nodes)}
    parts = []
    for node in nodes:
        edges = [None if edge is None else (numbers[edge[0]], edge[1]) for edge in node.edges]
        pullback: Pullback | None = None
        positions: tuple[int, ...] = ()
        if isinstance(node, OpNode):
            pullback, positions = node.pullback, node.positions
        present = pullback is None and node.variable._grad is not None
        parts.append(Part(pullback, positions, edges, node.avals, node.sequence, present))
    return Pass(parts, [(numbers[node], i) for (node, i), _ in roots])
