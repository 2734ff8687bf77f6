"""What a backward pass over nodes of a known structure computes, as a function of arrays."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ..ops import OPS, Pullback, apart
from .numbers import constant
from .plans import find_kernel
from .ready import ReadyQueue
from .tensor import filled, wrap

Array = jax.Array


class Unfit(Exception):
    """A pass that is not what is computed here: a gradient would have to be summed or cast."""


class Part(NamedTuple):
    """A node of the structure.

    Attributes:
        pullback: of an operation; None at a leaf.
        positions: numbers of its operands that are tensors.
        edges: for each of them, where its gradient goes: the number of a node, and of its result.
        avals: shapes and dtypes of its results.
        sequence: orders the nodes.
        present: at a leaf, whether it has a gradient to which this one is added.
    """

    pullback: Pullback | None
    positions: tuple[int, ...]
    edges: Sequence[tuple[int, int] | None]
    avals: Sequence[Any]
    sequence: int
    present: bool


class _Turn:
    """Stands for a node in the queue."""

    __slots__ = ("number", "sequence")

    def __init__(self, number: int, sequence: int) -> None:
        self.number, self.sequence = number, sequence


class Pass:
    """A pass.

    Args:
        parts: its nodes.
        roots: where it starts: numbers of nodes and of their results.
        wanted: where the gradients are what it is for; if there are none, leaves accumulate.

    Attributes:
        runs: for each node, whether it runs; of others it is only known what arrives.
        found: what it returns gradients for: numbers of nodes and of their results, once it has
            been traced.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        roots: Sequence[tuple[int, int]],
        wanted: Sequence[tuple[int, int]],
    ) -> None:
        self.parts, self.roots, self._wanted = parts, roots, frozenset(wanted)
        self.runs = self._leading() if wanted else [True] * len(parts)
        self.found: list[tuple[int, int]] = []
        self._pullbacks: dict[Pullback, Callable[..., Any]] = {}
        self._sums: dict[Any, Callable[..., Any]] = {}

    def _leading(self) -> list[bool]:
        """Which nodes lead to what is wanted."""
        users: dict[int, list[int]] = {}
        for number, part in enumerate(self.parts):
            for edge in part.edges:
                if edge is not None:
                    users.setdefault(edge[0], []).append(number)
        runs, stack = [False] * len(self.parts), [number for number, _ in self._wanted]
        while stack:
            for user in users.get(stack.pop(), ()):
                if not runs[user]:
                    runs[user] = True
                    stack.append(user)
        return runs

    def order(self) -> Iterator[int]:
        """The numbers of the nodes, in the order in which they run."""
        turns = [_Turn(number, part.sequence) for number, part in enumerate(self.parts)]
        uses = [0] * len(turns)
        for part in self.parts:
            for edge in part.edges:
                if edge is not None:
                    uses[edge[0]] += 1
        starts = dict.fromkeys(number for number, _ in self.roots)
        ready: Any = ReadyQueue()
        for number in starts:
            if not uses[number]:
                ready.push(turns[number])
        while ready:
            number = ready.pop().number
            yield number
            for edge in self.parts[number].edges:
                if edge is not None:
                    uses[edge[0]] -= 1
                    if not uses[edge[0]]:
                        ready.push(turns[edge[0]])

    def __call__(
        self, starts: Sequence[Array], saved: Sequence[Sequence[Array]], present: Sequence[Array]
    ) -> list[Array]:
        """The gradients that are wanted, or the new ones of the leaves.

        Args:
            starts: what arrives at the roots.
            saved: for each operation that runs, what its pullback reads beside the gradients.
            present: for each leaf that has a gradient, that.
        """
        given, before = iter(saved), iter(present)
        arrived: list[list[Array | None]] = [[None] * len(part.avals) for part in self.parts]
        operations = [does and part.pullback is not None
                      for part, does in zip(self.parts, self.runs, strict=True)]  # fmt: skip
        reads = [next(given) if operation else () for operation in operations]
        olds = [next(before) if part.present else None for part in self.parts]
        for (number, i), start in zip(self.roots, starts, strict=True):
            self._add(arrived, number, i, start)
        found: dict[tuple[int, int], Array] = {}
        for number in self.order():
            part, gradients = self.parts[number], arrived[number]
            for i, gradient in enumerate(gradients):
                if gradient is not None and (number, i) in self._wanted:
                    found[number, i] = gradient
            if operations[number]:
                results = self._pulled(part, reads[number], gradients)
                for edge, result in zip(part.edges, results, strict=True):
                    if edge is not None and result is not None:
                        self._add(arrived, *edge, result)
            elif not self._wanted and gradients[0] is not None:
                old = olds[number]
                new = gradients[0] if old is None else self._sum(old, gradients[0], True)
                found[number, 0] = new
        self.found = list(found)
        return list(found.values())

    def _pulled(
        self, part: Part, reads: Sequence[Array], gradients: Sequence[Array | None]
    ) -> Sequence[Array | None]:
        pullback = part.pullback
        assert pullback is not None
        if all(gradient is None for gradient in gradients):
            return [None] * len(part.edges)
        cotangents = []
        for i in pullback.carriers:
            gradient, aval = gradients[i], part.avals[i]
            cotangents.append(jnp.zeros(aval.shape, aval.dtype) if gradient is None else gradient)
        if pullback not in self._pullbacks:
            self._pullbacks[pullback] = apart(pullback.call)
        results = self._pullbacks[pullback](*reads, *cotangents)
        by_operand = dict(zip(pullback.mask, results, strict=True))
        return [by_operand.get(position) for position in part.positions]

    def _add(self, arrived: list[list[Array | None]], number: int, i: int, gradient: Array) -> None:
        aval, slots = self.parts[number].avals[i], arrived[number]
        if (gradient.shape, gradient.dtype) != (aval.shape, aval.dtype):
            raise Unfit
        present = slots[i]
        slots[i] = gradient if present is None else self._sum(present, gradient)

    def _sum(self, one: Array, other: Array, into: bool = False) -> Array:
        """The sum as the operation `add` has it, in place or not."""
        key = (one.shape, one.dtype, into)
        if key not in self._sums:
            tensor, row = wrap(filled(one.shape, one.dtype, 0)), OPS["add"]
            kernel = find_kernel(row, [tensor, tensor, 1], {}, one.dtype if into else None)
            factor = constant(1, kernel.number or one.dtype)
            self._sums[key] = apart(lambda x, y: kernel.function(x, y, factor))
        total: Array = self._sums[key](one, other)
        return total
