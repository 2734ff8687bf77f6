"""Questions about tensors and shapes, and tensors of at least so many axes."""

from collections.abc import Sequence
from typing import Any

from ..ops.promotion import broadcast_shapes as broadcast
from .size import Size
from .tensor import Tensor


def _tensor(name: str, value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(value).__name__}"
        )
    return value


def numel(input: Tensor) -> int:
    """How many elements the tensor has."""
    return _tensor("numel", input).numel()


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element of the tensor is not zero."""
    return bool(_tensor("is_nonzero", input))


def is_signed(input: Tensor) -> bool:
    """Whether the dtype has a sign."""
    return _tensor("is_signed", input).is_signed()


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have one shape."""
    return _tensor("is_same_size", input).shape == _tensor("is_same_size", other).shape


def get_device(input: Tensor) -> int:
    """The number of the tensor's GPU; −1 on the CPU."""
    return _tensor("get_device", input).get_device()


def broadcast_shapes(*shapes: int | Sequence[int]) -> Size:
    """The shape that shapes broadcast to."""
    sizes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    if any(n < 0 for size in sizes for n in size):
        raise ValueError("Attempting to broadcast a dimension with negative length!")
    return Size(broadcast(sizes))


def _at_least(ndim: int, tensors: tuple[Any, ...]) -> Any:
    name = f"atleast_{ndim}d"
    if len(tensors) != 1:
        return tuple(_at_least(ndim, (tensor,)) for tensor in tensors)
    if isinstance(tensors[0], (tuple, list)):
        return tuple(_at_least(ndim, (tensor,)) for tensor in tensors[0])
    tensor = _tensor(name, tensors[0])
    while tensor.ndim < ndim:
        # A row of numbers becomes 1×n and then 1×n×1, a matrix m×n×1.
        tensor = tensor.unsqueeze(-1 if tensor.ndim == 2 else 0)
    return tensor


def atleast_1d(*tensors: Any) -> Any:
    """Views with one axis of what has none; of several tensors, or a sequence, a tuple."""
    return _at_least(1, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """Views with two axes of what has fewer, new ones in front."""
    return _at_least(2, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """Views with three axes of what has fewer: (n) as (1, n, 1), (m, n) as (m, n, 1)."""
    return _at_least(3, tensors)


Tensor.is_nonzero, Tensor.is_same_size = is_nonzero, is_same_size
Tensor.is_cpu = property(lambda self: self.device.type == "cpu", doc="Whether it is on the CPU.")
