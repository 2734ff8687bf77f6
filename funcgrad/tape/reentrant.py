"""The older way of a checkpoint: a `Function` whose `backward` runs a pass of its own.

Source: PyTorch, "torch.utils.checkpoint" (2.13).
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import modes
from .autograd import backward as run_backward
from .backward import current
from .function import Function
from .random.generator import default_generator
from .tensor import Tensor


@contextmanager
def drawing_from(state: Any) -> Iterator[None]:
    """Draw as from this state of the generator, and go on afterwards as if nothing was drawn."""
    if state is None:
        yield
        return
    before = default_generator.get_state()
    default_generator.set_state(state)
    try:
        yield
    finally:
        default_generator.set_state(before)


class CheckpointFunction(Function):
    """Nothing is recorded forwards; backwards the function runs again, and a pass through it."""

    @staticmethod
    def forward(ctx: Any, function: Any, preserve: bool, *args: Any) -> Any:
        if not any(isinstance(a, Tensor) and a.requires_grad for a in args):
            warnings.warn(
                "None of the inputs have requires_grad=True. Gradients will be None",
                UserWarning,
                stacklevel=4,
            )
        ctx.function, ctx.state = function, default_generator.get_state() if preserve else None
        ctx.others = [None if isinstance(a, Tensor) else a for a in args]
        ctx.places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        ctx.save_for_backward(*(args[i] for i in ctx.places))
        return function(*args)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        if current().partial:
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or "
                "passing an `inputs` parameter to .backward(). To resolve this error, you can "
                "either set use_reentrant=False, or call .backward() without passing the `inputs` "
                "argument."
            )
        args = list(ctx.others)
        for i, tensor in zip(ctx.places, ctx.saved_tensors, strict=True):
            args[i] = tensor.detach()
            args[i].requires_grad = tensor.requires_grad
        with drawing_from(ctx.state), modes.enable_grad():
            outputs = ctx.function(*args)
        pairs = zip(outputs if isinstance(outputs, tuple) else (outputs,), gradients, strict=True)
        wanted = [(o, g) for o, g in pairs if isinstance(o, Tensor) and o.requires_grad]
        if not wanted:
            raise RuntimeError(
                "none of output has requires_grad=True, this checkpoint() is not necessary"
            )
        run_backward([o for o, _ in wanted], [g for _, g in wanted])
        return (None, None, *(a.grad if isinstance(a, Tensor) else None for a in args))
