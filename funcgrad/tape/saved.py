"""What a node saves: values with their versions, or what the user's hooks made of them."""

import re
import threading
from collections.abc import Callable
from typing import Any
from weakref import ref

import jax

from ..ops import FLOAT, kind
from . import dtypes, modes
from .graph import AccumulateGrad, is_detached
from .storage import read
from .tensor import Tensor, wrap

Array = jax.Array
x64 = jax.enable_x64

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after "
    "they have already been freed). Saved intermediate values of the graph are freed when you call "
    ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
    "graph a second time or if you need to access saved tensors after calling backward."
)


# What a node has of its saved values at first, for most nodes are gone before anybody looks: for
# each value the array, and where an edit in place is an error its cell, the cell's count of writes,
# how it is read from there, the counter, the version, and what gives the tensor. See `Saved`.
Kept = tuple[Any, ...]
KEPT = 7


def kept_of(array: Any, origin: Any, tensor: Tensor | None) -> Kept:
    """What a node has of a value at first; the arguments are those of `Saved`."""
    if tensor is None:
        return (array, None, 0, (), None, 0, None)
    cell, counter = tensor._cell, tensor._counter
    # PyTorch keeps the tensor itself. Of one that is dead nobody can tell, but of a view that has
    # no place in the graph: whether it requires grad is its base's affair.
    follows = origin is None and tensor._base_tensor is not None
    holder = (lambda: tensor) if follows else ref(tensor)
    return (array, cell, cell.writes, tensor._steps, counter, counter.value, holder)


def version_of(array: Array, origin: Any, tensor: Tensor) -> Kept:
    """The same of what is saved for its version alone, without the value."""
    kept = kept_of(array, origin, tensor)
    return (jax.ShapeDtypeStruct(array.shape, array.dtype), None, *kept[2:])


class Saved:
    """A value that a pullback reads.

    PyTorch saves memory, not values: an edit that raises the version is an error when the pass
    reads it, and one through `.data`, which does not, changes what the pass reads. So the array is
    kept together with the cell it came from.

    Args:
        array: the value now.
        origin: the edge that the value came from, or None.
        tensor: the tensor that holds it; None for a number, or for a value that is edited now and
            that nothing can reach afterwards.

    Attributes:
        dual: in forward mode, where the tangent that the value had is.
    """

    __slots__ = ("_array", "_cell", "_holder", "_original", "_steps", "_writes", "counter", "dual",
                 "origin", "version")  # fmt: skip

    def __init__(self, array: Any, origin: Any, tensor: Tensor | None) -> None:
        self._fill(kept_of(array, origin, tensor), origin)

    def _fill(self, kept: Kept, origin: Any) -> None:
        self._array, self._cell, self._writes, self._steps, self.counter, self.version, holder = (
            kept
        )
        self._holder, self.origin = holder, origin
        self.dual: Any = None
        self._original = True

    @classmethod
    def of(cls, kept: Kept, number: int, origin: Any) -> "Saved":
        """A value of those that are kept."""
        saved = cls.__new__(cls)
        saved._fill(kept[number * KEPT : number * KEPT + KEPT], origin)
        return saved

    @classmethod
    def version_of(cls, array: Array, origin: Any, tensor: Tensor) -> "Saved":
        """What PyTorch saves and our pullback does not read: its version, without the value."""
        saved = cls.__new__(cls)
        saved._fill(version_of(array, origin, tensor), origin)
        return saved

    def as_result(self) -> "Saved":
        """The same, of a result: PyTorch keeps its memory, of operands the tensor itself."""
        self._original = False
        return self

    def tensor(self, own: tuple[Any, int] | None = None) -> Tensor:
        """The tensor that was saved, or one in its memory that stands for it.

        An operand is the tensor itself while that lives, so that what became of it counts: whether
        it requires grad now, and edits from here on. A result stands for itself, as does what has
        a tangent.

        Args:
            own: of a result of the node that saved it, its place in the graph.
        """
        itself = own is None and self.dual is None and self._holder is not None
        tensor = self._holder() if itself else None
        if tensor is None:
            array = self.array
            if isinstance(array, jax.ShapeDtypeStruct):
                array = self._shown()
            tensor = rebuilt(array, own or self.origin, self.dual)
            if self._cell is not None and self.dual is None:
                assert self.counter is not None
                tensor._cell, tensor._steps, tensor._counter = self._cell, self._steps, self.counter
                tensor._value, tensor._value_writes = array, self._cell.writes
        return tensor

    def _shown(self) -> Array:
        """The value of what is saved for its version alone, while there is somebody who has it."""
        tensor = None if self._holder is None else self._holder()
        if tensor is None:
            raise RuntimeError(
                "this value is gone: our derivative does not need it, so only its version was "
                "saved; keep the tensor itself"
            )
        return tensor._read()

    def checked(self) -> Array:
        """The value, after the check of its version."""
        self.check()
        return self.array

    @property
    def array(self) -> Array:
        """The value: that of the cell, if it was edited through `.data`."""
        cell = self._cell
        tensor = None if self._holder is None or not self._original else self._holder()
        if tensor is not None and cell is not None and self._is_elsewhere(tensor):
            return tensor._read()  # the tensor was given other memory by `.data = …`
        if cell is None or cell.writes == self._writes:
            return self._array
        with x64(True):
            return read(self._steps, cell.array) if self._steps else cell.array

    def _is_elsewhere(self, tensor: Tensor) -> bool:
        return tensor._cell is not self._cell or tensor._steps is not self._steps

    def check(self, own: Any = None) -> None:
        """Raise PyTorch's error if the value was edited in place since.

        Args:
            own: of a result of the node that saved it, its place in the graph. (Kept as its
                origin that would be a cycle.)
        """
        if is_detached(self.origin):
            raise RuntimeError(
                "Trying to use a saved tensor that has been detached in-place, i.e. with "
                ".detach_(). This is not supported, please use out-of-place `.detach()` instead"
            )
        if self.counter is None or self.counter.value == self.version:
            return
        # Where the tensor is now in the graph: PyTorch names what edited it, if that was recorded.
        tensor = None if self._holder is None else self._holder()
        origin, source = own or (self.origin if tensor is None else tensor._edge()), ""
        if isinstance(origin, tuple) and not isinstance(origin[0], AccumulateGrad):
            name = re.sub(r"Backward\d*$", "", origin[0].name())
            source = f", which is output {origin[1]} of {name},"
        kind = f"[{dtypes.saved_name(self.array.dtype)} {list(self.array.shape)}]"
        raise RuntimeError(
            "one of the variables needed for gradient computation has been modified by an inplace "
            f"operation: {kind}{source} is at version {self.counter.value}; expected version "
            f"{self.version} instead. Hint: enable anomaly detection to find the operation that "
            "failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, "
            "check_nan=False)."
        )


class _State(threading.local):
    # The pairs of hooks that are on, the innermost last, and why none may be.
    pairs: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = ()
    refusal: str | None = None


state = _State()


def save(array: Any, origin: Any, tensor: Tensor | None) -> Saved:
    """Save a value, through the user's hooks where there are any; see `Saved`."""
    return Packed(array, origin, tensor) if state.pairs else Saved(array, origin, tensor)


class Packed(Saved):
    """A value in the form that a pack hook gave it. Its version is the hooks' own affair."""

    __slots__ = ("_aval", "_packed", "_unpack")

    def __init__(self, array: Any, origin: Any, tensor: Tensor | None) -> None:
        super().__init__(None, origin, None)
        self._aval = array.aval
        pack, self._unpack = state.pairs[-1]
        shown = rebuilt(array, origin) if tensor is None else tensor
        counter = shown._counter
        before = counter.value
        with modes.no_grad():
            self._packed = pack(shown)
        if counter.value != before:
            raise RuntimeError(
                "A saved tensor pack hook is modifying its input in place. Tensors provided as "
                "input to pack hook cannot be modified by in-place operations as this can lead to "
                "unexpected side-effects. Return a changed copy instead."
            )

    @property
    def array(self) -> Array:
        """The value that the unpack hook gives back."""
        found = self._unpack(self._packed)
        if not isinstance(found, Tensor):
            raise TypeError(
                "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(found).__name__}"
            )
        array, wanted = found._read(), self._aval
        if array.shape != wanted.shape or array.dtype != wanted.dtype:
            raise RuntimeError(
                "the unpack_hook of a saved tensor must give back what was packed: a tensor of "
                f"shape {list(wanted.shape)} and dtype {dtypes.of(wanted.dtype)}, not of shape "
                f"{list(array.shape)} and dtype {found.dtype}"
            )
        return array


def rebuilt(array: Array, origin: Any, dual: Any = None) -> Tensor:
    """A stand-in for a tensor, with its value, its place in the graph, and its tangent."""
    tensor = wrap(array)
    if dual is not None:
        tensor._forward = dual
    if origin is not None and kind(array.dtype) >= FLOAT:  # saved indices have no gradient
        tensor._node, tensor._output_nr = origin
    return tensor
