"""The graph behind the results of a compiled function: one node, whose pullback is a program.

The tape itself makes the pullback: in the trace its backward pass goes from the results to what was
there before, with tracers for the gradients that will arrive. What that pass reads of the function
is kept at each call.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import jax
import numpy as np

from ...cache import Program
from ...ops import equations as eqs
from ..backward import backward
from ..graph import AccumulateGrad, Node, watchers
from ..nodes import OpNode
from ..saved import FREED
from ..tensor import Tensor, filled, wrap
from .code import Code
from .places import Places
from .refusals import Untraceable
from .watch import Watch

Array = jax.Array


class Boundary(Node):
    """In a trace, the end of a graph that goes on outside: of a tensor that was there before.

    Args:
        tensor: which is no leaf.
    """

    __slots__ = ("beyond", "tensor")

    def __init__(self, tensor: Tensor) -> None:
        assert tensor._node is not None
        super().__init__(tensor._node.name(), (), (tensor._node.avals[tensor._output_nr],))
        self.tensor, self.beyond = tensor, tensor._node

    def call(self, gradients: Sequence[Tensor | None], create: bool) -> Sequence[Tensor | None]:
        raise Untraceable(
            "goes backward into a graph that was there before",
            "do the backward pass outside, or detach() what comes from outside",
        )


def refuse_beyond(nodes: Iterable[Node], wanted: set[tuple[Node, int]]) -> None:
    """Refuse a pass that would find something of what is wanted beyond the end of a graph."""
    targets = {node.beyond if isinstance(node, Boundary) else node for node, _ in wanted}
    for node in nodes if targets else ():
        if isinstance(node, Boundary) and targets.intersection(reached([node.beyond])[1:]):
            node.call((), False)


def reached(nodes: Sequence[Node]) -> list[Node]:
    """These nodes and all that can be reached from them."""
    found, stack = dict.fromkeys(nodes), list(nodes)
    while stack:
        for edge in stack.pop().edges:
            if edge is not None and edge[0] not in found:
                found[edge[0]] = None
                stack.append(edge[0])
    return list(found)


@contextmanager
def unwatched() -> Iterator[None]:
    """Let passes run that end at a boundary, whatever is beyond."""
    before = watchers[:]
    watchers.clear()
    try:
        yield
    finally:
        watchers[:] = before


def is_spent(node: Node) -> bool:
    """Whether some node that can be reached from this one has forgotten what it saved."""
    return any(isinstance(found, OpNode) and found.operands is None for found in reached([node]))


class Behind:
    """What is behind some results of a trace, which is still running.

    Args:
        watch: the trace.
        places: of the tensors that were there before.
        results: which have a graph behind them that has not been run.

    Attributes:
        inputs: places of the tensors that gradients go to.
        present: for each of them whether a gradient arrives at all.
        gradients: the arrays of those that do.
        error: what running it raises, if it cannot be run.
        cotangents: numbers of the operands that stand for the gradients of the results.
    """

    def __init__(self, watch: Watch, places: Places, results: Sequence[Tensor]) -> None:
        self.avals = [jax.ShapeDtypeStruct(t._read().shape, t._read().dtype) for t in results]
        first = len(watch.met)
        roots = []
        for result, aval in zip(results, self.avals, strict=True):
            array = watch.operand(np.zeros(aval.shape, aval.dtype), _none)
            edge = result._edge()
            assert edge is not None
            roots.append((edge, wrap(array)))
        self.cotangents = range(first, len(watch.met))
        ends = {
            (node, 0): tensor
            for node in reached([edge[0] for edge, _ in roots])
            if (tensor := _end(node, watch)) is not None
        }
        self.error, found = "", {}
        try:
            with unwatched():
                found = backward(roots, True, False, ends)
        except Untraceable:
            raise
        except RuntimeError as error:  # what it saved was edited, say
            self.error = str(error)
        self.inputs = [places.of(tensor) for tensor in ends.values()]
        self.present = [edge in found for edge in ends]
        self.gradients = [found[edge]._read() for edge in ends if edge in found]


def _none(code: Code) -> str:
    raise AssertionError("a cotangent is no operand of the forward program")


def _end(node: Node, watch: Watch) -> Tensor | None:
    """The tensor that was there before which a node is the end of the graph at."""
    if isinstance(node, Boundary):
        return node.tensor
    if not isinstance(node, AccumulateGrad) or watch.is_new(node.variable):
        return None
    if node.outputs_hooks or node.prehooks or node.variable._post_hooks:
        raise Untraceable(
            "gives back a tensor with a graph behind it, at whose end hooks are registered",
            "do the backward pass inside",
        )
    return node.variable


class Pulling:
    """The backward program, and what a call of the function keeps for it.

    Args:
        equations: of function and pass together.
        given: slots of what a call has: operands and results.
        cotangents: slots of the gradients that will arrive.
        gradients: slots of those that leave, or literals.
    """

    def __init__(
        self,
        equations: Sequence[eqs.Equation],
        given: Sequence[Any],
        cotangents: Sequence[int],
        gradients: Sequence[Any],
        name: str,
    ) -> None:
        after, read = eqs.needed(equations, gradients, given)
        self.residuals = eqs.expensive(equations, after, gradients, given, cotangents)
        if self.residuals:
            after, read = eqs.needed(equations, gradients, [*given, *self.residuals])
        known = [*given, *self.residuals]
        self.kept = [i for i, slot in enumerate(known) if _is_slot(slot) and slot in read]
        slots = [*(known[i] for i in self.kept), *cotangents]

        def pullback(*arrays: Array) -> list[Any]:
            return eqs.evaluate(after, gradients, dict(zip(slots, arrays, strict=True)))

        pullback.__name__ = pullback.__qualname__ = f"{name}_backward"
        self.call: Callable[..., list[Array]] = Program(pullback, lambda *_: None)


def _is_slot(slot: Any) -> bool:
    return not isinstance(slot, eqs.Literal)


class Version(NamedTuple):
    """A tensor that a call of a compiled function read, and its version then."""

    tensor: Tensor
    version: int


class CompiledNode(Node):
    """A call of a compiled function in the graph.

    Args:
        edges: to where the gradients go.
        avals: of the results.
        pulling: the backward program.
        arrays: what it reads.
        versions: of the tensors that must not have been edited when it runs.
        present: for each edge whether it gets a gradient.
    """

    __slots__ = ("_arrays", "_present", "_pulling", "_versions")

    def __init__(
        self,
        edges: Sequence[Any],
        avals: Sequence[Any],
        pulling: Pulling,
        arrays: Sequence[Array],
        versions: Sequence[Version],
        present: Sequence[bool],
    ) -> None:
        super().__init__("CompiledFunctionBackward", edges, avals)
        self._pulling, self._versions, self._present = pulling, versions, present
        self._arrays: Sequence[Array] | None = arrays

    def release(self) -> None:
        self._arrays = None

    def call(self, gradients: Sequence[Tensor | None], create: bool) -> Sequence[Tensor | None]:
        if create:
            raise RuntimeError(
                "torch.compile with aot_autograd does not currently support double backward: the "
                "gradient of a compiled function has no graph; take it of the function itself, or "
                "take both inside of the compiled function"
            )
        if all(gradient is None for gradient in gradients):
            return [None] * len(self.edges)
        if self._arrays is None:
            raise RuntimeError(FREED)
        for tensor, version in self._versions:
            if tensor._counter.value != version:
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an "
                    f"inplace operation: an operand of a compiled function, of shape "
                    f"{list(tensor.shape)}, is at version {tensor._counter.value}; expected "
                    f"version {version} instead."
                )
        cotangents = [
            filled(aval.shape, aval.dtype, 0) if gradient is None else gradient._read()
            for gradient, aval in zip(gradients, self.avals, strict=True)
        ]
        with jax.enable_x64(True):
            found = iter(self._pulling.call(*self._arrays, *cotangents))
        return [wrap(next(found)) if there else None for there in self._present]
