"""Copies of tensors: plain ones, deep ones, pickles; and whether a copy would change the order."""

from typing import Any

import numpy as np

from ..ops import OPS
from . import devices, strides
from .bind import function
from .formats import AXES, check_format, contiguous_format, strided
from .storage import Cell
from .tensor import Tensor, wrap

_clone = function(OPS["clone"])


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, in C order; gradients go through it.

    Args:
        input: the tensor.
        memory_format: accepted, without effect.
    """
    if memory_format is not None:
        check_format("clone", memory_format, input.ndim)
    return _clone(input)


def contiguous(input: Tensor, memory_format: Any = contiguous_format) -> Tensor:
    """The tensor itself where its elements lie in C order, else a copy.

    Args:
        input: the tensor.
        memory_format: accepted, without effect.
    """
    if memory_format is not contiguous_format:
        check_format("contiguous", memory_format, input.ndim)
    return input if strides.is_contiguous(input) else _clone(input)


def is_contiguous(input: Tensor, memory_format: Any = contiguous_format) -> bool:
    """Whether the elements lie without gaps, in C order or in that of another memory format."""
    check_format("is_contiguous", memory_format)
    axes = AXES.get(memory_format)
    if axes is None:
        return strides.is_contiguous(input)
    return input.ndim == len(axes) and strides.is_contiguous(input.detach().permute(axes))


def _deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """A leaf is copied with its gradient, a parameter without; a recorded result is not.

    A parameter that an edit has made a result is copied as a leaf. What shares memory shares it as
    copies too; a copy of a view lies as the view does, but is none.
    """
    if type(self) is Tensor and not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
            "protocol at the moment. Use .detach().clone()."
        )
    if id(self) in memo:
        return memo[id(self)]
    copied = _revive(type(self), self._read(), self.requires_grad)
    if type(self) is Tensor:
        cell = memo.setdefault(id(self._cell), Cell(self._cell.array))
        if self._steps:
            copied._steps, copied._value, copied._value_writes = self._steps, self._read(), 0
        copied._cell, copied._counter.value = cell, 1  # PyTorch sets its storage in place
    memo[id(self)] = copied
    if self._grad is not None and type(self) is Tensor:
        copied._grad = _deepcopy(self._grad, memo)
    copied.__dict__.update({k: v for k, v in self.__dict__.items() if not k.startswith("_")})
    return copied


def pin_memory(self: Tensor, device: Any = None) -> Tensor:
    """The tensor itself: JAX copies to a GPU from ordinary memory as fast as it can.

    Raises:
        RuntimeError: there is no GPU to pin memory for.
    """
    if not devices.gpus():
        raise RuntimeError(
            "Cannot access accelerator device when none is available; pin memory only where "
            "torch.cuda.is_available()"
        )
    return self


def is_pinned(self: Tensor, device: Any = None) -> bool:
    """Whether the memory is pinned; here it never is."""
    return False


def _revive(cls: type, array: Any, requires_grad: bool) -> Tensor:
    made = wrap(array)
    tensor: Tensor = object.__new__(cls)
    tensor._cell, tensor._counter, tensor._inference = made._cell, made._counter, made._inference
    tensor._leaf_requires = requires_grad
    return tensor


def _reduce(self: Tensor, protocol: int) -> Any:
    return _revive, (type(self), np.asarray(self._read()), self._leaf_requires)


for _name, _method in {"__deepcopy__": _deepcopy, "__reduce_ex__": _reduce}.items():
    setattr(Tensor, _name, _method)
Tensor.clone, Tensor.contiguous, Tensor.is_contiguous = clone, contiguous, is_contiguous
Tensor.layout = property(lambda self: strided, doc="Always `torch.strided`.")
Tensor.pin_memory, Tensor.is_pinned = pin_memory, is_pinned
