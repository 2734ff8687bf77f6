"""Reading elements by index arrays."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .along import PROMISE, crop, in_range, pick
from .dims import dim as axis
from .extents import extent
from .promotion import INT, INT64, kind, scalar_name
from .row import row

Array = jax.Array
# What selects along one axis of the result or the input: "array" takes the next index array,
# ("slice", start, stop, step) and ("int", i) an axis of the input, "newaxis" none. Axes that are
# not named at the end are taken whole; an ellipsis has been expanded.
Spec = tuple[Any, ...]
_BOUNDS = "index {{index}} is out of bounds for dimension {dim} with size {{size}}"


def split(spec: Spec) -> tuple[tuple, list[int], list[int]]:
    """A basic key, the axes of the input with an index array, and those same axes after the key.

    PyTorch applies integers and slices first, as views; only then do the arrays index. So
    `x[0, :, i]` keeps its order of axes, where NumPy would move those of `i` to the front.
    """
    key: list[Any] = []
    before: list[int] = []
    after: list[int] = []
    source = target = 0
    for slot in spec:
        if slot == "newaxis":
            key.append(None)
        elif slot == "array":
            key.append(slice(None))
            before.append(source)
            after.append(target)
        else:
            key.append(slot[1] if slot[0] == "int" else slice(*slot[1:]))
        source += slot != "newaxis"
        target += slot[0] != "int"
    return tuple(key), before, after


def arrays_key(indices: Sequence[Array], after: Sequence[int]) -> tuple:
    """The index arrays at their places among whole axes; PyTorch's error if they do not match."""
    for index in indices:
        if kind(index.dtype) != INT or index.dtype.itemsize not in (4, 8):
            raise IndexError(
                "tensors used as indices must be long, int, byte or bool tensors; got "
                f"{scalar_name(index.dtype)}"
            )
    try:
        np.broadcast_shapes(*(index.shape for index in indices))
    except ValueError:
        shapes = ", ".join(str(list(index.shape)) for index in indices)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None
    key: list[Any] = [slice(None)] * (after[-1] + 1) if after else []
    for place, index in zip(after, indices, strict=True):
        key[place] = index
    return tuple(key)


def is_whole(key: Sequence[Any]) -> bool:
    """Whether a basic key takes everything as it is."""
    return all(k == slice(None) for k in key)


def basic(input: Array, key: tuple) -> Array:
    """The basic part of an index; slices are checked by Python's rules, integers by `check`."""
    taken = sum(k is not None for k in key)
    if taken > input.ndim:
        raise IndexError(f"too many indices for tensor of dimension {input.ndim}")
    return input if is_whole(key) else input[key]


def check_index(input: Any, *indices: Any, spec: Spec, **_: Any) -> None:
    """Every index lies in its dimension; negative ones count from the end."""
    queue = iter(indices)
    dim = 0
    for slot in spec:
        if slot == "newaxis":
            continue
        if dim < input.ndim and (slot == "array" or slot[0] == "int"):
            index = next(queue) if slot == "array" else slot[1]
            in_range(index, input.shape[dim], _BOUNDS.format(dim=dim), negative=True)
        dim += 1


@row("index", "*tensors", bind="", check=check_index)
def index(tensors, spec):
    """`input[…]` with index arrays: `tensors` is the input and the arrays, in order."""
    input, *indices = tensors
    key, _, after = split(spec)
    input = basic(input, key)
    return input.at[arrays_key(indices, after)].get(mode=PROMISE)


def _check_put(*tensors: Any, spec: Spec, **_: Any) -> None:
    check_index(*tensors[:-1], spec=spec)


@row("index_put", "*tensors", bind="", check=_check_put)
def index_put(tensors, spec, accumulate=False):
    """`input[…] = value` as a function: `tensors` is the input, the index arrays, the value."""
    input, *indices, value = tensors
    if value.dtype != input.dtype:
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{scalar_name(input.dtype)} for the destination and {scalar_name(value.dtype)} for "
            "the source."
        )
    key, _, after = split(spec)
    shown = basic(input, key)
    at = shown.at[arrays_key(indices, after)]
    shape = jax.eval_shape(at.get).shape
    try:
        value = jnp.broadcast_to(value, shape)
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(value.shape)} cannot be broadcast to "
            f"indexing result of shape {list(shape)}"
        ) from None
    # PyTorch's gradient takes the places for unique, and so does JAX's if told so.
    if not accumulate:
        edited = at.set(value, mode=PROMISE, unique_indices=True)
    else:  # the sum of bools is whether one is true
        edited = (at.max if value.dtype == bool else at.add)(value, mode=PROMISE)
    return edited if is_whole(key) else input.at[key].set(edited, unique_indices=True)


def _check_select(input: Any, index: Any, dim: int) -> None:
    message = "index out of range in self: {index} where the dimension has size {size}"
    in_range(index, extent(input.shape, axis(dim, input.ndim)), message)


@row("index_select", "input index", check=_check_select)
def index_select(input, dim, index):
    dim = axis(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if index.dtype.name not in ("int32", "int64"):
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    if not input.ndim:
        return input
    return jnp.take(input, index.reshape(-1), dim, mode="clip")


def check_along(input: Any, index: Any, *_: Any, dim: int | None, **__: Any) -> None:
    """The check of `gather` and its kin: no negative index."""
    if dim is None:
        input, dim = input.reshape(-1), 0
    dim = axis(dim, input.ndim)
    if index.ndim == input.ndim:
        in_range(index, extent(input.shape, dim), _BOUNDS.format(dim=dim), RuntimeError)


def along_arguments(name: str, input: Array, dim: int, index: Array, source: Any = None) -> int:
    """The dimension, after the checks of shape that `gather` and its kin share."""
    dim = axis(dim, input.ndim)
    if index.size and index.dtype.name not in ("int32", "int64"):
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if max(index.ndim, 1) != max(input.ndim, 1):
        what = "input" if name == "gather" else "self"
        raise RuntimeError(f"Index tensor must have the same number of dimensions as {what} tensor")
    for i, (n, m) in enumerate(zip(index.shape, input.shape, strict=False)):
        small = source is None or (source.ndim == index.ndim and n <= source.shape[i])
        if (i != dim and n > m) or not small:
            words = (
                f"xpected index {list(index.shape)} to be no larger than self "
                f"{list(input.shape)} apart from dimension {dim}"
            )
            if name == "gather":
                raise RuntimeError(f"Size does not match at dimension {i} e{words}")
            also = (
                f" and to be no larger size than src {list(source.shape)}"
                if source is not None
                else ""
            )
            raise RuntimeError(f"E{words}{also}")
    return dim


@row("gather", "input index", check=check_along, saves="input index")
def gather(input, dim, index):
    dim = along_arguments("gather", input, dim, index)
    if not input.ndim:
        return jnp.broadcast_to(input, index.shape)
    return pick(crop(input, index, dim), index.reshape(index.shape or (1,)), dim).reshape(
        index.shape
    )


def _check_take_along(input: Any, index: Any, dim: int | None) -> None:
    check_along(input, index, dim=dim)


@row("take_along_dim", "input indices", node="Gather", check=_check_take_along, saves="input")
def take_along_dim(input, indices, dim=None):
    if indices.dtype != INT64:
        raise RuntimeError(
            "torch.take_along_dim(): dtype of indices should be Long but got "
            f"{scalar_name(indices.dtype)}"
        )
    if dim is None:
        return pick(input.reshape(-1), indices.reshape(-1), 0)
    dim = axis(dim, input.ndim)
    if indices.ndim != input.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, "
            f"but got {input.ndim} dimensions for input, and {indices.ndim} dimensions for indices"
        )
    shape = list(np.broadcast_shapes(*(
        [n for i, n in enumerate(a.shape) if i != dim] for a in (input, indices)
    )))  # fmt: skip
    full = [[*shape[:dim], a.shape[dim], *shape[dim:]] for a in (input, indices)]
    return pick(jnp.broadcast_to(input, full[0]), jnp.broadcast_to(indices, full[1]), dim)


def check_take(input: Any, index: Any) -> None:
    """Raise PyTorch's error for an index that points out of the flattened input."""
    message = "out of range: tried to access index {index} on a tensor of {size} elements."
    in_range(index, input.size, message, negative=True)


@row("take", "input index", check=check_take, saves="input index")
def take(input, index):
    if index.dtype != INT64:
        raise RuntimeError("take(): Expected a long tensor for index, but got "
                           f"{scalar_name(index.dtype)}")  # fmt: skip
    return input.reshape(-1).at[index].get(mode=PROMISE)


def _check_embedding(input: Any, weight: Any, **_: Any) -> None:
    message = "index out of range in self: {index} where num_embeddings is {size}"
    in_range(input, weight.shape[0], message)


@row("embedding", "input weight", bind="functional", check=_check_embedding)
def embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0,
              scale_grad_by_freq=False, sparse=False):  # fmt: skip
    if input.dtype.name not in ("int32", "int64"):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
            f"Long, Int; but got torch.{scalar_name(input.dtype)}Tensor instead (while checking "
            "arguments for embedding)"
        )
    if max_norm is not None or scale_grad_by_freq:
        raise NotImplementedError(
            "embedding: max_norm and scale_grad_by_freq are not supported; renormalise the weight "
            "under no_grad before the call"
        )
    found = jnp.take(weight, input, 0, mode="clip")
    if padding_idx is None:
        return found
    n = weight.shape[0]
    if not -n <= padding_idx < n:
        raise AssertionError("Padding_idx must be within num_embeddings")
    # The padding row takes part in the value, and not in the gradient.
    return jnp.where((input == padding_idx % n)[..., None], lax.stop_gradient(found), found)


def _check_one_hot(input: Any, num_classes: int) -> None:
    values = np.asarray(input)
    if input.dtype != INT64:
        return
    if values.size and values.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if values.size and values.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")


@row("one_hot", bind="", check=_check_one_hot)
def one_hot(input, num_classes):
    """`num_classes` is at least 1: what -1 asks for depends on the values."""
    if input.dtype != INT64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    return (input[..., None] == jnp.arange(num_classes)).astype(INT64)
