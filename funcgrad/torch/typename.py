"""PyTorch's names of types."""

from typing import Any

from ..tape.tensor import Tensor


def typename(obj: Any, /) -> str:
    """The type of a value with its module; of a tensor the older name that says the dtype.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.typename(torch.ones(2)), torch.typename(3)
        ('torch.FloatTensor', 'int')
    """
    if isinstance(obj, Tensor):
        return obj.type()
    found = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(found, "__module__", None)
    return found.__qualname__ if module in (None, "builtins") else f"{module}.{found.__qualname__}"
