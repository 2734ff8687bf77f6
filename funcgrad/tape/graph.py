"""The graph that recording leaves behind: its nodes, their hooks, and its ends at the leaves."""

import itertools
import weakref
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self, cast

from . import modes

if TYPE_CHECKING:
    from .tensor import Tensor

numbers = itertools.count()  # of nodes and handles

# While a function is traced in some thread: called before each pass with the nodes that it may come
# to, and what is wanted of it; may refuse. Whatever goes around the tape's attributes asks first.
watchers: "list[Callable[[Iterable[Node], set[tuple[Node, int]]], None]]" = []


class Handle:
    """Removes a hook; also a context manager."""

    def __init__(self, hooks: dict[int, Any]) -> None:
        self._hooks = weakref.ref(hooks) if isinstance(hooks, HookDict) else lambda: hooks
        self.id = next(numbers)

    def remove(self) -> None:
        """Take the hook away; a second call does nothing."""
        hooks = self._hooks()
        if hooks is not None:
            hooks.pop(self.id, None)

    def __enter__(self) -> "Handle":
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


class HookDict(dict):
    """Hooks in the order of registration; the owner dies without its handles keeping it."""


def add_hook(hooks: dict[int, Any], hook: Any) -> Handle:
    """Register a hook and return the handle that removes it."""
    handle = Handle(hooks)
    hooks[handle.id] = hook
    return handle


class Extras:
    """What only few nodes have: hooks, and what users note down.

    Attributes:
        retained: by number of result, the tensor that called `retain_grad()`.
    """

    __slots__ = ("hooks", "metadata", "outputs_hooks", "prehooks", "retained")

    def __init__(self) -> None:
        self.hooks, self.prehooks = HookDict(), HookDict()
        self.outputs_hooks: dict[int, HookDict] = {}
        self.retained: dict[int, Any] = {}
        self.metadata: dict[Any, Any] = {}


class Node:
    """A place in the graph: a recorded operation, or the end at a leaf.

    As in PyTorch each name has a type of its own, which is called like it without a namespace. A
    node takes it on when a user first sees the node: the pass is faster with nodes of one type.

    Attributes:
        edges: for each tensor operand, (node, number of its result) or None.
        avals: shape and dtype of each result.
        sequence: grows with time; of the ready nodes `backward` runs the newest first, and leaves
            before all others.
        extras: its hooks, where it has any.
    """

    # What a hook may find here is PyTorch's: `metadata`, `name()`, `next_functions`.
    __slots__ = ("__weakref__", "_label", "avals", "edges", "extras", "sequence")
    _place = "builtins"  # where PyTorch's type is said to be defined
    _typed = False

    def __init__(
        self, label: str, edges: "Sequence[tuple[Node, int] | None]", avals: Sequence[Any]
    ) -> None:
        self._label, self.edges, self.avals = label, tuple(edges), tuple(avals)
        self.sequence = next(numbers)
        self.extras: Extras | None = None

    @property
    def metadata(self) -> dict[Any, Any]:
        """What its users note down here."""
        return self._extra().metadata

    def _extra(self) -> "Extras":
        if self.extras is None:
            self.extras = Extras()
        return self.extras

    @property
    def selective(self) -> bool:
        """Whether it computes, as its hooks see, no gradient that the pass has no use for."""
        return True

    def _shown(self) -> Self:
        """The node, for a user to see."""
        if not self._typed:
            kind: Any = type(self)
            self.__class__ = cast(type[Self], _type_of(kind, self._label))
        return self

    def name(self) -> str:
        """PyTorch's name: `MulBackward0`; of some nodes with a namespace."""
        return self._label

    @property
    def next_functions(self) -> tuple[tuple["Node | None", int], ...]:
        """The nodes of the operands, each with the number of the result that was used."""
        edges = (None if i is None else self.edges[i] for i in self._slots())
        return tuple((None, 0) if edge is None else (edge[0]._shown(), edge[1]) for edge in edges)

    def _slots(self) -> "Sequence[int | None]":
        """For each edge that the node has in PyTorch the number of ours, or None."""
        return range(len(self.edges))

    @property
    def hooks(self) -> dict[int, Any]:
        return self.extras.hooks if self.extras else {}

    @property
    def prehooks(self) -> dict[int, Any]:
        return self.extras.prehooks if self.extras else {}

    @property
    def outputs_hooks(self) -> dict[int, HookDict]:
        return self.extras.outputs_hooks if self.extras else {}

    @property
    def retained(self) -> dict[int, Any]:
        return self.extras.retained if self.extras else {}

    def register_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad_inputs, grad_outputs)` after the node ran; it may replace the former."""
        return add_hook(self._extra().hooks, hook)

    def register_prehook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad_outputs)` before the node runs; it may replace them."""
        return add_hook(self._extra().prehooks, hook)

    def register_output_hook(self, i: int, hook: Callable[..., Any]) -> Handle:
        """Call `hook(gradient)` with that of result `i` before the node runs."""
        return add_hook(self._extra().outputs_hooks.setdefault(i, HookDict()), hook)

    def share_output_hooks(self, other: "Node") -> None:
        """Have the hooks of the results of another node, also those that it will get."""
        self._extra().outputs_hooks = other._extra().outputs_hooks

    def retain(self, i: int, reference: Any) -> None:
        """Have the gradient of result `i` kept by the tensor that this is a weak reference to."""
        self._extra().retained[i] = reference

    def followed(self) -> int:
        """How many results, the first ones, the node is the `grad_fn` of."""
        return len(self.avals)

    def call(self, gradients: "Sequence[Tensor | None]", create: bool) -> "Sequence[Tensor | None]":
        """Gradients of the results to gradients of the operands, one for each edge."""
        raise NotImplementedError

    def release(self) -> None:
        """Forget what was saved."""

    @property
    def requires_grad(self) -> bool:
        return True

    def __repr__(self) -> str:
        place = "" if self._place == "builtins" else f"{self._place}."
        return f"<{place}{type(self).__name__} object at {id(self):#x}>"

    def __call__(self, *gradients: Any) -> Any:
        """Run the node by itself, as calling a `grad_fn` does in PyTorch."""
        found = self.call(gradients, modes.state.grad)
        result = [None if i is None else found[i] for i in self._slots()]
        return result[0] if len(result) == 1 else tuple(result)


@lru_cache(maxsize=4096)
def _type_of(kind: type[Node], label: str) -> type[Node]:
    """The type of the nodes of a kind that have this name."""
    short = label.rpartition("::")[2]
    return type(short, (kind,), {"__slots__": (), "_typed": True, "__module__": kind._place})


# Nodes whose results have been detached in place, with the numbers of the results.
_detached: "weakref.WeakKeyDictionary[Node, set[int]]" = weakref.WeakKeyDictionary()


def note_detached(node: Node, number: int) -> None:
    """Remember that a result of a node has been detached in place."""
    _detached.setdefault(node, set()).add(number)


def any_detached(nodes: "Iterable[Node]") -> bool:
    """Whether results of some of these nodes have been detached in place."""
    return bool(_detached) and any(node in _detached for node in nodes)


def is_detached(edge: tuple[Node, int] | None) -> bool:
    """Whether the result that an edge stands for has been detached in place."""
    return bool(_detached) and edge is not None and edge[1] in _detached.get(edge[0], ())


def fitted(gradient: "Tensor", shape: Sequence[int], i: int, source: Node | None) -> "Tensor":
    """A gradient that arrives where one of this shape is expected, summed to it.

    Args:
        gradient: what arrives.
        shape: that of the value that it is the gradient of.
        i: its number among those of its source, for the error.
        source: the node that gave it; None where the pass starts.

    Raises:
        RuntimeError: it could not have been broadcast from that shape.
    """
    if gradient._read().shape == shape:
        return gradient
    try:
        return gradient.sum_to_size(shape)
    except RuntimeError:
        whose = "" if source is None else f"Function {source.name()} returned an "
        raise RuntimeError(
            f"{whose}invalid gradient at index {i} - got {list(gradient.shape)} but expected shape "
            f"compatible with {list(shape)}"
        ) from None


class AccumulateGrad(Node):
    """The end of the graph: adds to a leaf's `.grad`."""

    __slots__ = ("variable",)
    _typed = True

    def __init__(self, variable: "Tensor") -> None:
        # As `Node.__init__` does it: there is one for every step of a training and parameter.
        self._label, self.edges, self.extras = "torch::autograd::AccumulateGrad", (), None
        self.avals, self.variable = (variable._read().aval,), variable
        self.sequence = 1 << 62  # a leaf that is ready goes first, as in PyTorch

    def call(self, gradients: "Sequence[Tensor | None]", create: bool) -> "Sequence[Tensor | None]":
        if gradients[0] is not None and self.variable._leaf_requires:
            self.accumulate(gradients[0], create)
        for hook in list((self.variable._post_hooks or {}).values()):
            hook(self.variable)
        return ()

    def accumulate(self, gradient: "Tensor", create: bool) -> None:
        """`variable.grad += gradient`, into the same object; a recorded sum is a new object.

        The first gradient becomes `.grad` in a cell of its own, so that a later edit of `.grad` in
        place cannot reach any other tensor; while recording it is copied there by an operation, as
        in PyTorch, so that `.grad` has a place in the graph.
        """
        variable = self.variable
        present = variable._grad
        if present is None and gradient._read().shape != variable._read().shape:
            gradient = gradient.expand(variable.shape)  # it was turned in place since
        if present is None:
            variable._grad = gradient._fresh().copy_(gradient) if create else gradient._fresh()
        elif create:
            variable._grad = present + gradient
        else:
            present.add_(gradient)
