"""A backward pass that has been seen often, as one compiled program.

One dispatch for each node is most of what a pass over small tensors costs. The structure of a graph
is what its nodes are, how they are connected, and which of them is newer; a pass over a structure
that has come often is compiled whole, and from then on takes one dispatch. Every pullback stays
apart in the program (`funcgrad.ops.apart`), so its results are those of a pass node by node, to the
bit, and nobody can tell which of the two ran but by the time it took.

Whatever is not simple is left to the pass node by node, which knows hooks, errors and all else:
where this module finds a reason not to run a pass, it has done nothing yet.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import jax

from ..ops import Pullback
from . import anomaly, forward, known
from .calls import translated
from .first import first_run
from .graph import AccumulateGrad, Node, any_detached
from .inplace import write
from .nodes import OpNode
from .passes import Part, Pass, Unfit
from .reading import is_plain, read_by
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
_LESSONS = 4  # passes of which straight code is tried to be made


class _Program:
    """A pass, compiled."""

    def __init__(self, whole: Pass) -> None:
        self.whole, self.ran = whole, set[Any]()
        self.lessons = _LESSONS
        self.call = jax.jit(whole)


_programs: dict[Any, int | _Program] = {}


def run(
    roots: "Sequence[tuple[Edge, Tensor]]", keep: bool, wanted: "Collection[Edge]" = ()
) -> "dict[Edge, Tensor] | None":
    """Run a pass, if it can be run whole.

    Args:
        roots: where to start: an edge and the gradient that arrives there.
        keep: leave what the nodes saved, for another pass.
        wanted: edges whose gradients are returned; if there are none, leaves accumulate.

    Returns:
        The gradients that arrived where they are wanted; None if the pass did not run.
    """
    if anomaly.state.enabled or forward.state.level is not None:
        return None
    walk = _walk(roots, wanted)
    if walk is None:
        return None
    nodes, places, key = walk
    if any_detached(nodes):
        return None
    program = _programs.get(key, 0)
    if not isinstance(program, _Program):
        if len(_programs) > _MANY:
            _programs.clear()
            known.forget()
        _programs[key] = program + 1
        if program != _PATIENCE:  # beyond, it has been found unfit
            return None
        program = _Program(_described(roots, nodes, places))
    runs = program.whole.runs
    operands = _gathered(roots, [node for node, does in zip(nodes, runs, strict=True) if does])
    if operands is None:
        return None
    try:
        if program.ran:
            results = wide(program.call, operands)
        else:
            if not _is_worth(operands):
                return None
            with first_run(program.ran, (), ()):
                results = program.call(*operands)
            _programs[key] = program
    except Unfit:
        return None
    except ValueError as error:
        raise translated(error) from None
    if program.lessons and not wanted and len(roots) == 1:
        learned = known.learn(program.whole, nodes, program.call)
        program.lessons = 0 if learned else program.lessons - 1
    if not keep:
        for node, does in zip(nodes, runs, strict=True):
            if does:
                node.release()
    found = {}
    for (number, i), array in zip(program.whole.found, results, strict=True):
        if wanted:
            found[nodes[number], i] = made(array)
        else:
            _accumulate(nodes[number].variable, array)
    return found


def _accumulate(variable: Tensor, array: Array) -> None:
    if variable._grad is None:
        variable._grad = made(array)
    else:
        write(variable._grad, array)


def _walk(
    roots: "Sequence[tuple[Edge, Tensor]]", wanted: "Collection[Edge]"
) -> tuple[list[Any], list[tuple[int, int]], Any] | None:
    """The nodes of a pass, where it is wanted, and what passes of one program have in common."""
    numbers: dict[Node, int] = {}
    nodes: list[Any] = []
    key: list[Any] = []
    for (node, i), start in roots:
        if node not in numbers:
            numbers[node] = len(nodes)
            nodes.append(node)
        key += (numbers[node], i, start._read().aval)
        if (node, i) in wanted:
            return None  # what is wanted is the very tensor
    key.append(bool(wanted))
    sequences: list[int] = []
    for node in nodes:
        if node.extras is not None:  # hooks
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
            if not wanted:
                if variable._post_hooks or not variable._leaf_requires:
                    return None
                key.append(variable._grad is None)
            key.append(node.avals[0])
        else:
            return None
    key.append(tuple(sorted(range(len(sequences)), key=sequences.__getitem__)))
    places = sorted((numbers[node], i) for node, i in wanted if node in numbers)
    if wanted and not places:
        return None  # nothing leads there, so no node runs
    key += places
    return nodes, places, tuple(key)


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
            if array.aval != aval or not is_plain(array):
                return None
            touched.update((cell, gradient._counter))
            present.append(array)
    starts = [start._read() for _, start in roots]
    if not all(map(is_plain, starts)) or any(start._cell in touched for _, start in roots):
        return None
    saved: list[list[Array]] = []
    for node in nodes:
        if not isinstance(node, OpNode):
            continue
        arrays = read_by(node, touched)
        if arrays is None:
            return None
        saved.append(arrays)
    return starts, saved, present


def _is_worth(operands: Any) -> bool:
    """Whether arrays are small, and where what is apart in a program is known to stay so."""
    arrays = jax.tree.leaves(operands)
    places = {device for array in arrays for device in array.devices()}
    small = sum(array.nbytes for array in arrays) <= _BYTES
    return small and len(places) == 1 and {place.platform for place in places} == {"cpu"}


def _described(
    roots: "Sequence[tuple[Edge, Tensor]]", nodes: Sequence[Any], wanted: Sequence[tuple[int, int]]
) -> Pass:
    """The pass, without its values."""
    numbers = {node: number for number, node in enumerate(nodes)}
    parts = []
    for node in nodes:
        edges = [None if edge is None else (numbers[edge[0]], edge[1]) for edge in node.edges]
        pullback: Pullback | None = None
        positions: tuple[int, ...] = ()
        if isinstance(node, OpNode):
            pullback, positions = node.pullback, node.positions
        present = pullback is None and not wanted and node.variable._grad is not None
        parts.append(Part(pullback, positions, edges, node.avals, node.sequence, present))
    return Pass(parts, [(numbers[node], i) for (node, i), _ in roots], wanted)
