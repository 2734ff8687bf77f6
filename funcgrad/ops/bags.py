"""Bags of rows of a table: their sum, mean or maximum."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .promotion import INT, kind, scalar_name
from .row import row

Array = jax.Array


def _check(input: Any, weight: Any, offsets: Any = None, *_: Any, **statics: Any) -> None:
    """Raise for values that XLA would clamp."""
    numbers, rows = np.asarray(input), weight.shape[0]
    padding = statics.get("padding_idx")
    if padding is not None and not -rows <= padding < rows:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, -{rows} through {rows - 1}, but "
            f"got {padding}"
        )
    if numbers.dtype.kind not in "iu" or weight.ndim != 2:
        return  # refused by its dtype or shape
    wrong = (numbers < 0) | (numbers >= rows)
    if wrong.any():
        at = int(wrong.ravel().argmax())
        raise RuntimeError(
            f"Index {at} of input takes value {numbers.flat[at]} which is not in the valid range "
            f"[0, {rows})"
        )
    if numbers.ndim != 1 or offsets is None or not offsets.size:
        return
    starts = np.asarray(offsets)
    if starts.ndim == 1 and starts[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from "
            f"position 0. However, got {starts[0]}"
        )
    if starts.ndim == 1 and starts[-1] > numbers.size:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {numbers.size} but got "
            f"offsets[-1] of {starts[-1]}"
        )


def _bags(input: Array, offsets: Array | None, include_last: bool) -> tuple[Array, int]:
    """For each number in (a flattened) input the bag that it is in, and how many bags there are."""
    if input.ndim == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch "
                f"of fixed length sequences. However, found offsets of shape {offsets.shape}"
            )
        return jnp.repeat(jnp.arange(input.shape[0]), input.shape[1]), input.shape[0]
    if input.ndim != 1:
        raise ValueError(
            f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}"
        )
    if offsets is None or offsets.ndim != 1:
        got = " but got None" if offsets is None else ""
        raise ValueError(f"offsets has to be a 1D Tensor{got}")
    bags = jnp.searchsorted(offsets, jnp.arange(input.size), side="right") - 1
    return bags, offsets.size - include_last


def _check_arguments(input: Array, weight: Array, per_sample: Array | None, mode: str,
                     scaled: bool, sparse: bool) -> None:  # fmt: skip
    if per_sample is not None and per_sample.shape != input.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample.shape}) is not None, then it must "
            f"have the same shape as the input ({input.shape})"
        )
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and (scaled or sparse):
        what = "scaling the gradient by the frequency" if scaled else "sparse weights"
        raise ValueError(f"max mode does not support {what}")
    if per_sample is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported "
            f"for mode='sum' (got mode='{mode}')."
        )
    if kind(input.dtype) != INT:
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
            f"Long, Int; but got {scalar_name(input.dtype)} instead (while checking arguments for "
            "embedding_bag)"
        )


def _largest(found: Array, bags: Array, count: int, counted: Array) -> Array:
    """The maximum in each bag and column: of several the first, which gets the gradient."""
    low = jnp.where(counted, found, -jnp.inf)
    top = jax.ops.segment_max(low, bags, count)
    n = len(found)
    places = jnp.where(counted & (found == top[bags]), jnp.arange(n)[:, None], n)
    first = jax.ops.segment_min(places, bags, count)
    picked = jnp.take_along_axis(found, jnp.minimum(first, n - 1), 0)
    return jnp.where(first < n, picked, 0)


@row("embedding_bag", "input weight ~offsets per_sample_weights", bind="functional", check=_check,
     saves="input offsets per_sample_weights")  # fmt: skip
def embedding_bag(input, weight, offsets=None, max_norm=None, norm_type=2.0,
                  scale_grad_by_freq=False, mode="mean", sparse=False, per_sample_weights=None,
                  include_last_offset=False, padding_idx=None):  # fmt: skip
    """Rows of the weight (R, E) with the numbers in each bag, as their sum, mean or maximum (B, E).

    The input is (B, L), or (n,) with the places `offsets` (B,) at which the bags start; an empty
    bag gives zeros. `per_sample_weights` are factors of the rows.
    """
    scaled = (scale_grad_by_freq, sparse)
    _check_arguments(input, weight, per_sample_weights, mode, *scaled)
    if max_norm is not None or scale_grad_by_freq:
        raise NotImplementedError(
            "embedding_bag: max_norm and scale_grad_by_freq are not supported; renormalise the "
            "weight under no_grad before the call"
        )
    bags, count = _bags(input, offsets, include_last_offset)
    numbers = input.reshape(-1)
    found = jnp.take(weight, numbers, 0, mode="clip")
    counted = jnp.ones((numbers.size, 1), bool)
    if padding_idx is not None:
        counted = (numbers != padding_idx % weight.shape[0])[:, None]
    if not numbers.size:
        return jnp.zeros((count, weight.shape[1]), weight.dtype)
    if mode == "max":
        return _largest(found, bags, count, counted)
    if per_sample_weights is not None:
        found = found * per_sample_weights.reshape(-1, 1)
    total = jax.ops.segment_sum(jnp.where(counted, found, 0), bags, count)
    if mode == "sum":
        return total
    size = jax.ops.segment_sum(counted.astype(total.dtype), bags, count)
    return total / jnp.maximum(size, 1)
