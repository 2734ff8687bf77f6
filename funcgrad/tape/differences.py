"""`gradient`: the slope of a sampled function at every sample, one tensor a dimension."""

from collections.abc import Sequence
from typing import Any

from ..ops import OPS
from ..ops.dims import dim as normalise
from . import record
from .tensor import Tensor


def gradient(
    input: Tensor,
    *,
    spacing: Any = None,
    dim: int | Sequence[int] | None = None,
    edge_order: int = 1,
) -> list[Tensor]:
    """The slope along each dimension, from the differences of neighbours, to the second order.

    Args:
        input: the samples.
        spacing: how far they are apart, by default 1; one number or one for each dimension; or
            for each dimension a tensor of their coordinates.
        dim: the dimensions; all by default.
        edge_order: 1 or 2, to which order at the ends.

    Returns:
        A list of tensors like the input.

    Raises:
        RuntimeError: a dimension has not more samples than `edge_order`, or there is not one
            spacing for each dimension.
    """
    if dim is None:
        dims = list(range(input.ndim))
    else:
        given = [dim] if isinstance(dim, int) else list(dim)
        dims = [normalise(d, input.ndim) for d in given]
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    if len(set(dims)) != len(dims):
        raise RuntimeError("dim appears multiple times in the list of dims")
    spacing = 1 if spacing is None else spacing
    spacings = list(spacing) if isinstance(spacing, (list, tuple)) else [spacing] * len(dims)
    if isinstance(spacing, Tensor) and len(dims) != 1:
        raise RuntimeError("torch.gradient expected spacing to be a list of tensors, one a dim")
    if len(spacings) != len(dims):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar, or a list of length "
            f"equal to the number of dims ({len(dims)}), but got a list of length {len(spacings)}"
        )
    for d, step in zip(dims, spacings, strict=True):
        if input.shape[d] < edge_order + 1:
            raise RuntimeError(
                "torch.gradient expected each dimension size to be at least edge_order+1"
            )
        if isinstance(step, Tensor) and step.shape != (input.shape[d],):
            raise RuntimeError(
                "torch.gradient expected each element of spacing to have 1 dimension and the "
                f"input's size there ({input.shape[d]}), but got {list(step.shape)}"
            )
    row = OPS["gradient.along"]
    return [
        record.call(row, [input, step], {"dim": d, "edge_order": edge_order})
        for d, step in zip(dims, spacings, strict=True)
    ]
