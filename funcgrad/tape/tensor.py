"""The tensor: a name for a value, with a place in the graph.

Only the state lives here, and what reads it. Operations are bound by `funcgrad.tape.bind`,
in-place edits by `funcgrad.tape.inplace`, views by `funcgrad.tape.views`.
"""

import warnings
import weakref
from functools import lru_cache
from typing import Any

import jax
import numpy as np

from ..ops import FLOAT, kind
from . import devices, dtypes, modes
from .graph import AccumulateGrad, HookDict, Node
from .size import Size as Size
from .storage import Cell, Counter, Steps, read

Array = jax.Array


class Tensor:
    """A multi-dimensional array that autograd can follow.

    Made by `tensor`, `zeros`, `randn` … and by operations.
    """

    # Where the value is: a cell, how to read it (none for the whole), whose version counts.
    _cell: Cell
    _counter: Counter
    _steps: Steps = ()
    _back: Steps = ()  # from its value to the whole cell, after a view in place
    # For a view that autograd knows: the tensor it is a view of. What `detach` and `.data` give of
    # a view reads through steps too, but has no base.
    _base_tensor: "Tensor | None" = None
    _base_steps: Steps = ()  # those of the base when the view was made
    # How it came to be a view: "", "no_grad", "multi" (one of several), "inference".
    _creation = ""
    # A view caches its value, with the cell's write count then, and its node, with the version
    # then. The two differ: an edit through `.data` is a write, and raises no version.
    _value: Array | None = None
    _value_writes = -1
    _node_version = 0
    # Its place in the graph. A leaf has no node; a stand-in for a saved leaf has that leaf's end.
    _node: Node | None = None
    _output_nr = 0
    _leaf_requires = False
    _inference = False
    _grad: "Tensor | None" = None
    _accumulator: Any = None
    _hooked: Any = None  # the end of a leaf that has hooks, which outlives the graphs it is used in
    _post_hooks: HookDict | None = None
    _forward: Any = None  # a tuple of `forward.Dual`: where its tangents are

    # --- value -----------------------------------------------------------------------------

    def _read(self) -> Array:
        """The array behind the name."""
        cell = self._cell
        if not self._steps:
            return cell.array
        if self._value_writes != cell.writes:
            with jax.enable_x64(True):
                self._value = read(self._steps, cell.array)
            self._value_writes = cell.writes
        assert self._value is not None
        return self._value

    def _share(self, counter: Counter | None = None) -> "Tensor":
        """Another name for the same memory, outside the graph."""
        other = _blank(self._cell, counter or self._counter)
        other._steps, other._value = self._steps, self._value
        other._value_writes, other._inference = self._value_writes, self._inference
        return other

    def _fresh(self) -> "Tensor":
        """The same value in memory of its own, outside the graph."""
        return wrap(self._read())

    @property
    def data(self) -> "Tensor":
        """The same memory, outside the graph and with a version of its own."""
        return self._share(Counter())

    @data.setter
    def data(self, value: "Tensor") -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        array = value._read()
        if self.requires_grad and kind(array.dtype) < FLOAT:
            raise RuntimeError("data set to a tensor that requires gradients must be floating "
                               "point or complex dtype")  # fmt: skip
        if (array.dtype, value.device) != (self._read().dtype, self.device):
            self._accumulator = None
        self._cell, self._steps, self._back = value._cell, value._steps, ()
        self._value, self._value_writes = value._value, value._value_writes

    def detach(self) -> "Tensor":
        """The same memory and version, outside the graph."""
        return self._share()

    # --- facts -----------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        return Size(self._read().shape)

    @property
    def dtype(self) -> dtypes.DType:
        return dtypes.DType._all[self._read().dtype]

    @property
    def ndim(self) -> int:
        return self._read().ndim

    @property
    def device(self) -> devices.Device:
        return devices.of_array(self._read())

    itemsize = property(lambda self: self._read().dtype.itemsize, doc="Bytes of an element.")
    nbytes = property(lambda self: self._read().nbytes, doc="Bytes of all elements.")
    is_cuda = property(lambda self: self.device.type == "cuda", doc="Whether a GPU has it.")
    is_sparse = is_quantized = False

    @property
    def _version(self) -> int:
        if self._inference:
            raise RuntimeError("Inference tensors do not track version counter.")
        return self._counter.value

    # --- place in the graph ----------------------------------------------------------------

    def _refresh(self) -> None:
        """Let a view follow its base into the graph after an edit in place of either."""
        base = self._base_tensor
        if base is not None and self._node_version != self._counter.value:
            self._rebase()

    def _rebase(self) -> None:
        raise NotImplementedError  # bound by funcgrad.tape.views, which is built on tensors

    @property
    def requires_grad(self) -> bool:
        if self._leaf_requires or self._node is not None:
            return True  # and a view with its base, also where it has no place in the graph itself
        return self._base_tensor is not None and self._base_tensor.requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise RuntimeError(f"requires_grad must be a bool, not {type(value).__name__}")
        if value and not self._is_end():  # the method takes it, for it changes nothing
            raise RuntimeError("you can only change requires_grad flags of leaf variables.")
        self._require(value, "only Tensors of floating point and complex")

    def _require(
        self, value: bool, who: str = "Only Tensors of floating point and complex"
    ) -> None:
        if value and self._node is not None:
            return
        if not self._is_end():
            raise RuntimeError("you can only change requires_grad flags of leaf variables. If you "
                               "want to use a computed variable in a subgraph that doesn't require "
                               "differentiation use var_no_grad = var.detach().")  # fmt: skip
        if value and kind(self._read().dtype) < FLOAT:
            raise RuntimeError(f"{who} dtype can require gradients")
        if value and self._inference and not modes.state.inference:
            raise RuntimeError("Setting requires_grad=True on inference tensor outside "
                               "InferenceMode is not allowed.")  # fmt: skip
        self._leaf_requires = bool(value)

    @property
    def is_leaf(self) -> bool:
        if self._base_tensor is not None:
            self._refresh()
        return self._is_end()

    def _is_end(self) -> bool:
        """Whether it is a leaf by what is known without a look at its base, as flags are."""
        return self._node is None or isinstance(self._node, AccumulateGrad)

    @property
    def grad_fn(self) -> Node | None:
        if self._base_tensor is not None:
            self._refresh()
        node = self._node
        return None if node is None or isinstance(node, AccumulateGrad) else node._shown()

    output_nr = property(lambda self: self._output_nr, doc="Which result of `grad_fn` it is.")

    _base = property(lambda self: self._base_tensor)

    def _is_view(self) -> bool:
        return self._base_tensor is not None

    def is_inference(self) -> bool:
        """Whether the tensor was made in inference mode."""
        return self._inference

    def _edge(self) -> tuple[Node, int] | None:
        """Where a gradient for this tensor goes, or None."""
        if self._base_tensor is not None:
            self._refresh()
        if self._node is not None:
            return self._node, self._output_nr
        if not self._leaf_requires:
            return None
        node = self._accumulator and self._accumulator()
        if node is None:
            node = AccumulateGrad(self)
            self._accumulator = weakref.ref(node)
            if self._hooked is not None:  # on memory of another dtype it has another end
                node.share_output_hooks(self._hooked)
                self._hooked = node
        return node, 0

    # --- gradient --------------------------------------------------------------------------

    def _retains(self) -> bool:
        node = self._node
        return node is not None and self._output_nr in node.retained

    @property
    def grad(self) -> "Tensor | None":
        if self._grad is None and not self.is_leaf and not self._retains():
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its "
                ".grad attribute won't be populated during autograd.backward(). If you indeed want "
                "the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the "
                "non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you "
                "access the leaf Tensor instead.",
                UserWarning,
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: "Tensor | None") -> None:
        if value is not None:
            _check_grad(self, value)
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    def __hash__(self) -> int:
        return id(self)


def _blank(cell: Cell, counter: Counter) -> Tensor:
    tensor = object.__new__(Tensor)
    tensor._cell, tensor._counter = cell, counter
    tensor._steps, tensor._base_tensor, tensor._node = (), None, None  # sooner found here
    tensor._leaf_requires, tensor._inference = False, modes.state.inference
    return tensor


def wrap(array: Any) -> Tensor:
    """A new tensor, in memory of its own, for an array."""
    if not isinstance(array, jax.Array):
        with jax.enable_x64(True):
            array = jax.device_put(np.asarray(array), devices.current())
    return made(array)


def made(array: Array) -> Tensor:
    """A new tensor for an array of JAX's, in memory of its own."""
    return _blank(Cell(array), Counter())


@lru_cache(maxsize=1024)
def filled(shape: tuple[int, ...], dtype: np.dtype, value: int) -> Array:
    """Zeros or ones, the same array for the same shape; the host makes it, nothing compiles."""
    with jax.ensure_compile_time_eval(), jax.enable_x64(True):
        return jax.device_put(np.full(shape, value, dtype))


def _check_grad(tensor: Tensor, value: Any) -> None:
    if value is tensor:
        raise RuntimeError("can't assign Variable as its own grad")
    if not isinstance(value, Tensor):
        raise TypeError(
            f"assigned grad expected to be a Tensor or None but got grad of type "
            f"{type(value).__name__}"
        )
    if value.shape != tensor.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of size "
            f"'{list(tensor.shape)}'. Please ensure that the gradient and the tensor are the same "
            "size"
        )
    if value.dtype is not tensor.dtype:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{value.dtype}' to a tensor with "
            f"grad_dtype '{tensor.dtype}'. The gradient must match the tensor's dtype; convert it "
            "with .to(...)"
        )
