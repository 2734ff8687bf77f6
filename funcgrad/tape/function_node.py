"""A call of a user's `Function`: what it keeps, and its node in the graph."""

from collections.abc import Sequence
from itertools import compress
from typing import Any

from .graph import Node, fitted
from .saved import FREED
from .tensor import Tensor, filled, wrap


class Context:
    """`ctx`: carries what `forward` leaves for `backward`."""

    def __init__(self, needs: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs
        self.materialize_grads = True
        self._to_save: tuple[Any, ...] = ()
        self._for_forward: tuple[Any, ...] = ()
        self._in_jvp = False
        self._dirty: tuple[Tensor, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._node: FunctionNode | None = None

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep operands or results of `forward`; `backward` finds them in `saved_tensors`."""
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(
                    "save_for_backward can only save variables, but argument is of type "
                    f"{type(tensor).__name__}"
                )
        self._to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Keep operands or results of `forward` for `jvp`; it finds them in `saved_tensors`."""
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(
                    "save_for_forward can only save variables, but argument is of type "
                    f"{type(tensor).__name__}"
                )
        self._for_forward = tensors

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say which operands `forward` edited in place."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say which results have no gradient."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (True) or None for results that were not used."""
        self.materialize_grads = value

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What was saved, with its place in the graph, after the version checks."""
        if self._in_jvp:
            return self._for_forward
        if self._node is None:
            return self._to_save
        return self._node.unpacked()


class FunctionNode(Node):
    """A call of a user's Function in the graph."""

    __slots__ = ("context", "function", "saved", "tensors")
    _place = "torch.autograd.function"

    def __init__(self, function: Any, context: Context, edges: Sequence[Any], avals: Any) -> None:
        super().__init__(f"{function.__name__}Backward", edges, avals)
        self.function, self.context = function, context
        self.saved: list[Any] | None = []

    @property
    def selective(self) -> bool:
        return False  # hooks see all gradients that `backward` gives

    def __getattr__(self, name: str) -> Any:
        # In PyTorch `ctx` is the node itself.
        if name in self.__slots__ or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.context, name)

    def _slots(self) -> Sequence[int | None]:
        return [*compress(range(len(self.edges)), self.tensors)]

    def unpacked(self) -> tuple[Tensor | None, ...]:
        if self.saved is None:
            raise RuntimeError(FREED)
        found: list[Tensor | None] = []
        for value, number in self.saved:
            if value is None:
                found.append(None)
                continue
            own = None if number is None else (self, number)
            value.check(own)
            found.append(value.tensor(own))
        return tuple(found)

    def release(self) -> None:
        if self.saved:
            self.saved = None

    def call(self, gradients: Sequence[Tensor | None], create: bool) -> Sequence[Tensor | None]:
        arguments = list(gradients)
        if self.context.materialize_grads:
            for i, aval in enumerate(self.avals):
                if arguments[i] is None:
                    arguments[i] = wrap(filled(aval.shape, aval.dtype, 0))
        found = self.function._derivative()(self.context, *arguments)
        found = tuple(found) if isinstance(found, (tuple, list)) else (found,)
        name, slots = self._label, self.context.needs_input_grad
        if len(found) > len(slots) and all(g is None for g in found[len(slots) :]):
            found = found[: len(slots)]
        if len(found) != len(slots):
            raise RuntimeError(
                f"function {name} returned an incorrect number of gradients (expected "
                f"{len(slots)}, got {len(found)})"
            )
        return [self._checked(i, g) for i, g in enumerate(found)]

    def _checked(self, i: int, gradient: Any) -> Tensor | None:
        if gradient is None:
            return None
        if not self.tensors[i]:
            raise RuntimeError(
                f"function {self._label} returned a gradient different than None at position "
                f"{i + 1}, but the corresponding forward input was not a Variable"
            )
        if not isinstance(gradient, Tensor):
            raise RuntimeError(f"expected Variable or None (got {type(gradient).__name__})")
        if self.edges[i] is None:
            return gradient  # which nobody wants, but hooks of the node see it
        node, number = self.edges[i]
        return fitted(gradient, node.avals[number].shape, i, self)
