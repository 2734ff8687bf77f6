"""Shape methods that choose between a view and a copy, and questions about shapes."""

from typing import Any

from ..ops import OPS
from ..ops.dims import dim as normalise
from ..ops.extents import infer
from . import dtypes, modes, record, strides, views
from .bind import parse
from .graph import note_detached
from .indexing import select
from .size import ints
from .tensor import Size, Tensor


def reshape(input: Tensor, *shape: Any) -> Tensor:
    """The same elements in another shape: a view where the memory allows, else a copy."""
    size = tuple(shape[0]) if shape and isinstance(shape[0], (tuple, list)) else shape
    size = ints("shape", size)
    if strides.can_view(input, infer(size, input.numel())):
        made = views.call(OPS["view"], [input], {"size": size})
        if made._node is not None and not strides.is_contiguous(input):
            made._node._label = "ReshapeAliasBackward0"
        return made
    return record.call(OPS["reshape_copy"], [input], {"size": size})


def view(input: Tensor, *shape: Any) -> Any:
    """The same memory in another shape (or, given a dtype, read as another dtype)."""
    if len(shape) == 1 and isinstance(shape[0], dtypes.DType):
        _check_bytes(input, shape[0])
    if len(shape) == 1 and isinstance(shape[0], dtypes.DType):
        raise NotImplementedError(
            "funcgrad has no view(dtype): an array cannot be read as other bytes; use .to(dtype) "
            "to convert values"
        )
    size = tuple(shape[0]) if shape and isinstance(shape[0], (tuple, list)) else shape
    size = ints("size", size)
    if not strides.can_view(input, infer(size, input.numel())):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one "
            "dimension spans across two contiguous subspaces). Use .reshape(...) instead."
        )
    return views.call(OPS["view"], [input], {"size": size})


def _check_bytes(input: Tensor, dtype: dtypes.DType) -> None:
    """Raise PyTorch's error where the last axis does not hold whole elements of a wider dtype."""
    times, over = divmod(dtype.itemsize, input.dtype.itemsize)
    length = input.shape[-1] if input.ndim else 1
    if over == 0 and times > 1 and length % times:
        names = [dtypes.legacy_name(d.numpy)[6:-6] for d in (input.dtype, dtype)]
        raise RuntimeError(
            f"self.size(-1) must be divisible by {times} to view {names[0]} as {names[1]} "
            f"(different element sizes), but got {length}"
        )


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Merge the axes from start_dim to end_dim into one."""
    if input.ndim == 0:
        return reshape(input, 1)
    start, end = (d + input.ndim if d < 0 else d for d in (start_dim, end_dim))
    for d, given in ((start, start_dim), (end, end_dim)):
        if not 0 <= d < input.ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-input.ndim}, "
                f"{input.ndim - 1}], but got {given})"
            )
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if start == end:
        return input
    shape = input.shape
    merged = Size(shape[start : end + 1]).numel()
    return reshape(input, (*shape[:start], merged, *shape[end + 1 :]))


def ravel(input: Tensor) -> Tensor:
    """All elements along one axis."""
    return reshape(input, -1)


def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """The sum over the axes along which `size` broadcasts to the shape; itself, if it has it.

    Raises:
        RuntimeError: `size` does not broadcast to the shape.
    """
    shape = ints("size", size[0] if size and isinstance(size[0], (tuple, list)) else size)
    extra = input.ndim - len(shape)
    kept = input.shape[max(extra, 0) :]
    if extra < 0 or any(n not in (1, given) for given, n in zip(kept, shape, strict=True)):
        raise RuntimeError(
            f"size {{{list(shape)}}} is not expandable to size {{{list(input.shape)}}}."
        )
    if not shape:
        return input.sum()
    axes = [*range(extra), *(extra + i for i, n in enumerate(shape) if n != kept[i])]
    summed = input.sum(axes, keepdim=True) if axes else input
    return reshape(summed, shape) if extra else summed


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """Expanded to the shape of another tensor."""
    return input.expand(other.shape)


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """A view in the shape of another tensor."""
    return view(input, other.shape)


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """In the shape of another tensor."""
    return reshape(input, other.shape)


def select_dim(input: Tensor, dim: int, index: int) -> Tensor:
    """One element of an axis, which goes; a view."""
    if input.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim, size = normalise(dim, input.ndim), input.shape[normalise(dim, input.ndim)]
    if not -size <= int(index) < size:
        raise IndexError(
            f"select(): index {int(index)} out of range for tensor of size {list(input.shape)} at "
            f"dimension {dim}"
        )
    return select(input, dim, int(index))


def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`length` elements of an axis from `start`; a view."""
    if input.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    dim = normalise(dim, input.ndim)
    size, begin = input.shape[dim], int(start)
    if not -size <= begin <= size:
        raise IndexError(
            f"start out of range (expected to be in range of [{-size}, {size}], but got {begin})"
        )
    begin = begin + size if begin < 0 else begin
    if begin + length > size:
        raise RuntimeError(f"start ({begin}) + length ({length}) exceeds dimension size ({size}).")
    statics = {"dim": dim, "length": length, "step": 1}
    return views.call(OPS["slice.at"], [input, begin], statics)


def _transposed(self: Tensor) -> Tensor:
    """The axes in reverse."""
    return views.call(OPS["permute"], [self], {"dims": tuple(reversed(range(self.ndim)))})


def _matrices(self: Tensor, name: str) -> None:
    if self.ndim == 1:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got 1-D tensor."
        )


def _swapped(self: Tensor) -> Tensor:
    """The last two axes swapped; a number is as it is."""
    return views.call(OPS["transpose"], [self], {"dim0": -2, "dim1": -1}) if self.ndim else self


def _matrix_transposed(self: Tensor) -> Tensor:
    """The last two axes swapped."""
    _matrices(self, "mT")
    return _swapped(self)


def _matrix_adjoint(self: Tensor) -> Tensor:
    """The last two axes swapped, and conjugated."""
    _matrices(self, "mH")
    return _conjugated(_swapped(self))


def adjoint(input: Tensor) -> Tensor:
    """The last two axes swapped, and conjugated."""
    _matrices(input, "adjoint()")
    return _conjugated(_swapped(input))


def _hermitian(self: Tensor) -> Tensor:
    """The matrix transposed and conjugated."""
    if self.ndim not in (0, 2):
        way_out = " For batches of matrices, consider using tensor.mH" if self.ndim > 2 else ""
        raise RuntimeError(
            "tensor.H is only supported on matrices (2-D tensors). Got "
            f"{self.ndim}-D tensor.{way_out}"
        )
    return _conjugated(_swapped(self))


def _conjugated(tensor: Tensor) -> Tensor:
    return tensor.conj() if tensor.is_complex() else tensor


def size(self: Tensor, dim: int | None = None) -> Any:
    """The shape, or its length along one axis."""
    return self.shape if dim is None else self.shape[normalise(dim, self.ndim)]


def stride(self: Tensor, dim: int | None = None) -> Any:
    """Steps in elements between neighbours along each axis, as in PyTorch's memory."""
    found = strides.strides_of(self)
    return found if dim is None else found[normalise(dim, self.ndim)]


def detach_(self: Tensor) -> Tensor:
    """Leave the graph, in place; in inference mode nothing happens."""
    if modes.state.inference:
        return self
    if self._base_tensor is not None:
        raise RuntimeError("Can't detach views in-place. Use detach() instead.")
    if self._node is not None:
        note_detached(self._node, self._output_nr)
    self._node, self._output_nr, self._leaf_requires = None, 0, False
    return self


def _iter(self: Tensor) -> Any:
    if self.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(self.unbind(0))


def _len(self: Tensor) -> int:
    if self.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return self.shape[0]


def _contains(self: Tensor, value: Any) -> bool:
    if isinstance(value, (Tensor, int, float, complex, bool)):
        return bool((self == value).any().item())
    raise RuntimeError(
        f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(value)}."
    )


def _check_other(name: str, other: Any) -> None:
    if not isinstance(other, Tensor):
        raise TypeError(
            f"{name}(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}"
        )


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether shape and all elements are equal."""
    _check_other("equal", other)
    if input.shape != other.shape:
        return False
    with modes.no_grad():
        return bool((input == other).all().item())


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08,
             equal_nan: bool = False) -> bool:  # fmt: skip
    """Whether all elements are equal within `atol + rtol * abs(other)`."""
    _check_other("allclose", other)
    if input.dtype is not other.dtype:
        raise RuntimeError(f"{input.dtype} did not match {other.dtype}")
    statics = {"rtol": rtol, "atol": atol, "equal_nan": equal_nan}
    with modes.no_grad():
        close = record.call(
            OPS["isclose"], *parse(OPS["isclose"], "allclose", (input, other), statics)
        )
        return bool(close.all().item())


def install() -> None:
    """Give the tensor these methods."""
    for function in (reshape, view, flatten, ravel, expand_as, view_as, reshape_as, sum_to_size,
                     adjoint,
                     narrow, size, stride, detach_, equal,
                     allclose):  # fmt: skip
        setattr(Tensor, function.__name__, function)
    Tensor.select = select_dim
    Tensor.T = property(_transposed, doc=_transposed.__doc__)
    Tensor.mT = property(_matrix_transposed, doc=_matrix_transposed.__doc__)
    Tensor.H = property(_hermitian, doc=_hermitian.__doc__)
    Tensor.mH = property(_matrix_adjoint, doc=_matrix_adjoint.__doc__)
    Tensor.numel = Tensor.nelement = lambda self: self.shape.numel()
    Tensor.dim = Tensor.ndimension = lambda self: self.ndim
    Tensor.element_size = lambda self: self.itemsize
    Tensor.storage_offset = lambda self: strides.layout(self)[1]
    Tensor.is_floating_point = lambda self: self.dtype.is_floating_point
    Tensor.is_complex = lambda self: self.dtype.is_complex
    Tensor.is_signed = lambda self: self.dtype.is_signed
    Tensor.get_device = lambda self: self.device.index if self.is_cuda else -1
    Tensor.data_ptr = lambda self: id(self._cell)
    Tensor.is_set_to = lambda self, other: self._cell is other._cell
    Tensor.__iter__, Tensor.__len__, Tensor.__contains__ = _iter, _len, _contains


install()
