"""An operation that has run, and what there is to know before it is recorded."""

from collections.abc import Sequence
from typing import NamedTuple

import jax

from ..ops import Kernel, Pullback
from .tensor import Tensor

Array = jax.Array


class Call(NamedTuple):
    """An operation that has run: what is needed to record it."""

    kernel: Kernel
    arrays: list[Array]
    tensors: Sequence[Tensor | None]  # aligned with the arrays; None for a number
    mask: tuple[int, ...]
    pullback: Pullback | None
    results: tuple[Array, ...]
    residuals: tuple[Array, ...]
    single: bool


# PyTorch makes a tensor of a number beside these, which is none of inference mode.
WRAPPED = frozenset({
    "add", "sub", "mul", "div", "true_divide", "floor_divide", "fmod", "remainder", "xlogy",
})  # fmt: skip


def wanting(tensors: Sequence[Tensor | None], wraps: bool = False) -> tuple[int, ...]:
    """Numbers of the operands that require grad.

    Args:
        tensors: the operands; None for a number.
        wraps: whether PyTorch makes a tensor of one of the numbers.
    """
    found: list[int] | None = None
    inference = not wraps
    for i, tensor in enumerate(tensors):
        if tensor is None:
            continue
        if not tensor._inference:
            inference = False
        if (
            tensor._leaf_requires
            or tensor._node is not None
            or (tensor._base_tensor is not None and tensor.requires_grad)
        ):
            if found is None:
                found = [i]
            else:
                found.append(i)
    # No operation on inference tensors alone is recorded.
    return () if found is None or inference else tuple(found)


def translated(error: ValueError) -> Exception:
    """JAX's complaint about devices in PyTorch's words; other errors as they are."""
    if "incompatible devices" not in str(error):
        return error
    return RuntimeError(
        "Expected all tensors to be on the same device, but found at least two devices; move them "
        f"with .to(device). {error}"
    )


def refuse_inference(tensor: Tensor) -> None:
    """Raise PyTorch's error where an inference tensor would be saved."""
    if tensor._inference:
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created "
            "in inference mode in computation tracked by autograd. To work around this, you "
            "can make a clone to get a normal tensor and use it in autograd, or use "
            "`torch.no_grad()` instead of `torch.inference_mode()`."
        )
