"""Deep copies and pickles of tensors."""

from typing import Any

import numpy as np

from .tensor import Tensor, wrap


def _deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """A leaf is copied with its gradient; a result of a recorded operation is not."""
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
            "protocol at the moment. Use .detach().clone()."
        )
    if id(self) in memo:
        return memo[id(self)]
    copied = _revive(type(self), self._read(), self._leaf_requires)
    memo[id(self)] = copied
    if self._grad is not None:
        copied._grad = _deepcopy(self._grad, memo)
    copied.__dict__.update({k: v for k, v in self.__dict__.items() if not k.startswith("_")})
    return copied


def _revive(cls: type, array: Any, requires_grad: bool) -> Tensor:
    made = wrap(array)
    tensor: Tensor = object.__new__(cls)
    tensor._cell, tensor._counter = made._cell, made._counter
    tensor._leaf_requires = requires_grad
    return tensor


def _reduce(self: Tensor, protocol: int) -> Any:
    return _revive, (type(self), np.asarray(self._read()), self._leaf_requires)


for _name, _method in {"__deepcopy__": _deepcopy, "__reduce_ex__": _reduce}.items():
    setattr(Tensor, _name, _method)
