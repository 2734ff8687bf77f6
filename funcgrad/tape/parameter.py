"""The parameter: a tensor that a module learns."""

from typing import Any

import numpy as np

from . import dtypes
from .tensor import Tensor, wrap


class Parameter(Tensor):
    """A leaf that belongs to a module: it requires grad unless told otherwise."""

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> "Parameter":
        source = wrap(np.zeros(0, dtypes.default.dtype.numpy)) if data is None else data
        parameter = object.__new__(cls)
        for slot in ("_cell", "_counter", "_steps", "_value", "_value_writes", "_inference"):
            setattr(parameter, slot, getattr(source, slot))
        parameter._base_tensor = parameter._node = None  # as `tensor` has it
        parameter._require(requires_grad)
        return parameter
