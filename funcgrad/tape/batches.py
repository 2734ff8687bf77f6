"""Several gradients for one output, one for each entry along a first axis (`is_grads_batched`)."""

from collections.abc import Sequence
from typing import Any

from ..ops import OPS
from . import record
from .tensor import Tensor


def batch(outputs: Sequence[Tensor], gradients: Sequence[Any]) -> list[tuple[Tensor, ...]]:
    """The gradients of each pass.

    Args:
        outputs: what is differentiated.
        gradients: for each of them a tensor with its shape after a first axis.

    Raises:
        RuntimeError: for another shape, and for an output that is given none.
        ValueError: if they are not as many for each output.
    """
    for i, (output, gradient) in enumerate(zip(outputs, gradients, strict=True)):
        if gradient is None:
            if output.numel() != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            raise ValueError(
                "vmap: Got in_dim=0 for some input, but that input is a Tensor of dimensionality "
                "0: with is_grads_batched every output needs a gradient with a first axis"
            )
        if not isinstance(gradient, Tensor):
            raise TypeError(
                f"gradients can be either Tensors or None, but got {type(gradient).__name__}"
            )
        if gradient[0].shape != output.shape:
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output "
                "as the batch dimension. The sizes of the remaining dimensions are expected to "
                "match the shape of corresponding output, but a mismatch was detected: "
                f"grad_output[{i}] has a shape of {gradient[0].shape} and output[{i}] has a shape "
                f"of {output.shape}. If you only want some tensors in `grad_output` to be "
                "considered batched, consider using vmap."
            )
    sizes = [len(gradient) for gradient in gradients]
    if len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return list(zip(*(gradient.unbind(0) for gradient in gradients), strict=True))


def stacked(gradients: Sequence[Tensor | None]) -> Tensor | None:
    """The gradients of all passes for one input; None where it was not used."""
    given = [gradient for gradient in gradients if gradient is not None]
    return record.call(OPS["stack"], [given], {"dim": 0}) if given else None
