"""`Variable`: retired since PyTorch 0.4; making one gives a tensor."""

from typing import Any

from .tensor import Tensor


class _VariableMeta(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_VariableMeta):
    """The same memory as a tensor, with a `requires_grad` of its own."""

    def __new__(cls, data: Any = None, requires_grad: bool = False, volatile: Any = None) -> Any:
        if not isinstance(data, Tensor):
            raise TypeError(
                f"Variable data has to be a tensor, but got {type(data).__name__}; make one with "
                "torch.tensor(...)"
            )
        made = data.detach()
        made.requires_grad = requires_grad
        return made
