"""`torch.autograd.function`."""

from ...tape.function import Function as Function
from ...tape.function_node import Context as FunctionCtx
from ...tape.once import once_differentiable as once_differentiable

__all__ = ["Function", "FunctionCtx", "once_differentiable"]
