"""Writing elements by index arrays, out of place."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from . import kinds
from .along import PROMISE, in_range, pick, put
from .dims import dim as axis
from .extents import extent
from .indexing import along_arguments, check_along, check_take
from .names import scalar_name
from .promotion import BOOL, COMPLEX, kind
from .row import row

_BOUNDS = "index {{index}} is out of bounds for dimension {dim} with size {{size}}"


_DTYPES = {
    "scatter": "scatter(): Expected self.dtype to be equal to src.dtype; they are {} and {}",
    "masked_scatter": "masked_scatter: expected self and source to have same dtypes but got {} and "
                      "{}",
    "index_copy": "index_copy_(): self and source expected to have the same dtype, but got (self) "
                  "{} and (source) {}",
    "index_add": "index_add_(): self ({}) and source ({}) must have the same scalar type",
    "index_reduce": "index_reduce_(): self ({}) and source ({}) must have the same scalar type",
}  # fmt: skip


def one_dtype(name, input, source):
    """Refuse to write what has another dtype."""
    if source.dtype != input.dtype:
        names = (scalar_name(array.dtype) for array in (input, source))
        raise RuntimeError(_DTYPES[name].format(*names))


def _check_scatter(input, index, source, **statics):
    check_along(input, index, **statics)
    if source.ndim:
        one_dtype("scatter", input, source)


def _scatter(input, dim, index, source, write):
    numeric = source.ndim == 0 and (input.ndim or index.ndim)
    if not numeric:
        one_dtype("scatter", input, source)
    dim = along_arguments("scatter", input, dim, index, None if numeric else source)
    if numeric:
        source = jnp.broadcast_to(source.astype(input.dtype), index.shape)
    if input.ndim:
        return put(input, index, source, dim, write)
    line = put(input.reshape(1), index.reshape(-1), source.reshape(-1), 0, write)
    return line.reshape(())


@row("scatter", "input index src value", bind="torch method inplace", check=_check_scatter,
     scalar={"src": "ScatterBackward1", "value": "ScatterBackward1"})  # fmt: skip
def scatter(input, dim, index, src=None, value=None):
    """Write a tensor, or a number, where the index points along a dimension."""
    source = value if src is None else src
    if source is None:
        raise TypeError('scatter() missing 1 required argument: "src" or "value"')
    return _scatter(input, dim, index, source, lax.scatter)


@row("scatter_add", "input index src", bind="torch method inplace", check=_check_scatter)
def scatter_add(input, dim, index, src):
    if input.dtype == bool and src.dtype == bool:  # a sum of truths is whether there is one
        return scatter_add(input.astype(np.int32), dim, index, src.astype(np.int32)) > 0
    return _scatter(input, dim, index, src, lax.scatter_add)


def lines(name, input, dim, index, source=None):
    """The dimension, and what the rows that write whole lines agree on."""
    dim = axis(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError(f"{name}_(): Index should have dimension 1 or 0 (got {index.ndim})")
    if index.dtype.name not in ("int32", "int64"):
        raise IndexError(f"{name}_(): Expected dtype int32/int64 for index")
    if source is None:
        return dim
    one_dtype(name, input, source)
    n = extent(source.shape, dim)
    if index.size != n:
        words = f"{name}_(): Number of indices ({index.size}) should be equal to source.size(dim)"
        if name in ("index_add", "index_reduce"):
            raise RuntimeError(f"{words}: ({n}), for dim: {dim}")
        raise IndexError(f"{words} ({n})")
    rest = [[n for i, n in enumerate(a.shape) if i != dim] for a in (input, source)]
    if rest[0] != rest[1]:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. "
            f"Got self.shape = {list(input.shape)} source.shape = {list(source.shape)}"
        )
    return dim


def _at(input, index, dim):
    """The lines of the input, and the key that shows some of them."""
    return (input if input.ndim else input.reshape(1)).at[
        (*(slice(None),) * dim, index.reshape(-1))
    ]


def _check_add(input: Any, index: Any, source: Any, *_: Any, dim: int) -> None:
    one_dtype("index_add", input, source)
    dim = axis(dim, input.ndim)
    in_range(index, extent(input.shape, dim), _BOUNDS.format(dim=dim), RuntimeError)


@row("index_add", "input index source ~alpha", bind="torch method inplace", check=_check_add,
     saves="index@source source@source")  # fmt: skip
def index_add(input, dim, index, source, alpha=None):
    dim = lines("index_add", input, dim, index, source)
    if input.dtype == bool:  # a sum of truths is whether there is one
        source = (source if alpha is None else source & alpha).astype(np.int32)
        return index_add(input.astype(np.int32), dim, index, source) > 0
    source = source if alpha is None else source * alpha.astype(source.dtype)
    added = _at(input, index, dim).add(source if source.ndim else source.reshape(1), mode=PROMISE)
    return added.reshape(input.shape)


def _check_copy(input: Any, index: Any, source: Any, dim: int) -> None:
    one_dtype("index_copy", input, source)
    dim = axis(dim, input.ndim)
    in_range(index, extent(input.shape, dim), "index_copy_(): " + _BOUNDS.format(dim=dim))


@row("index_copy", "input index source", bind="torch method inplace", check=_check_copy,
     saves="index source@source")  # fmt: skip
def index_copy(input, dim, index, source):
    dim = lines("index_copy", input, dim, index, source)
    source = source if source.ndim else source.reshape(1)
    copied = _at(input, index, dim).set(source, mode=PROMISE, unique_indices=True)
    return copied.reshape(input.shape)


def _check_fill(input: Any, index: Any, value: Any, dim: int) -> None:
    dim = axis(dim, input.ndim)
    in_range(index, extent(input.shape, dim), _BOUNDS.format(dim=dim), negative=True)


@row("index_fill", "input index value", bind="torch method inplace", check=_check_fill,
     overload=lambda **_: 1, scalar={"value": "IndexFillBackward0"})  # fmt: skip
def index_fill(input, dim, index, value):
    dim = lines("index_fill", input, dim, index)
    if value.ndim:
        raise RuntimeError(
            "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    # A mask, not a scatter: an index may be there twice, and the value's gradient counts once.
    n = extent(input.shape, dim)
    index = jnp.where(index < 0, index + n, index).reshape(-1)
    hit = (index[:, None] == jnp.arange(n)).any(0)
    hit = hit.reshape([n if i == dim else 1 for i in range(max(input.ndim, 1))])
    return jnp.where(hit, value.astype(input.dtype), input).reshape(input.shape)


def _check_masked(input: Any, mask: Any, source: Any) -> None:
    one_dtype("masked_scatter", input, source)
    shape = np.broadcast_shapes(input.shape, mask.shape)
    if np.broadcast_to(np.asarray(mask), shape).sum() > source.size:
        raise RuntimeError(
            f"Number of elements of source < number of ones in mask: the source has {source.size}"
        )


@row("masked_scatter", "input mask source", bind="torch method inplace", check=_check_masked)
def masked_scatter(input, mask, source):
    if kind(mask.dtype) != BOOL:
        raise RuntimeError(
            "masked_scatter_ only supports boolean masks, but got mask with dtype "
            f"{scalar_name(mask.dtype)}"
        )
    one_dtype("masked_scatter", input, source)
    shape = np.broadcast_shapes(input.shape, mask.shape)
    mask, input = jnp.broadcast_to(mask, shape), jnp.broadcast_to(input, shape)
    if not source.size:
        return input
    places = jnp.maximum(jnp.cumsum(mask.reshape(-1)) - 1, 0)
    found = source.reshape(-1).at[places].get(mode="clip")
    return jnp.where(mask, found.reshape(shape), input)


def _searched(boundaries: Any, input: Any) -> None:
    if kind(boundaries.dtype) == kind(input.dtype) == BOOL:
        kinds.numeric("searchsorted_out_cpu", boundaries)
    kinds.ordered("searchsorted_out_cpu", boundaries)
    kinds.ordered("searchsorted_out_cpu", input)


@row("searchsorted", "sorted_sequence input ~sorter", bind="torch")
def searchsorted(sorted_sequence, input, out_int32=False, right=False, side=None, sorter=None):
    """Where the values would go to keep the order, along the last dimension."""
    if side not in (None, "left", "right"):
        raise RuntimeError(
            f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}"
        )
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left "
            "while right was True"
        )
    if sorter is not None:
        sorted_sequence = pick(sorted_sequence, sorter, sorted_sequence.ndim - 1)
    _searched(sorted_sequence, input)
    where = "right" if right or side == "right" else "left"
    dtype = np.int32 if out_int32 else np.int64
    n = sorted_sequence.shape[-1]
    if sorted_sequence.ndim <= 1:
        return jnp.searchsorted(sorted_sequence, input, where).astype(dtype)
    if sorted_sequence.shape[:-1] != input.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 "
            "dimensions of boundaries tensor and input value tensor must match, but we got "
            f"boundaries tensor {list(sorted_sequence.shape)} and input value tensor "
            f"{list(input.shape)}"
        )
    search = jnp.vectorize(lambda a, v: jnp.searchsorted(a, v, where), signature="(n),(m)->(m)")
    found = search(sorted_sequence.reshape(-1, n), input.reshape(-1, input.shape[-1]))
    return found.reshape(input.shape).astype(dtype)


@row("bucketize", "input boundaries", bind="torch")
def bucketize(input, boundaries, out_int32=False, right=False):
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32, right)


@row("isin", "elements test_elements", bind="torch")
def isin(elements, test_elements, assume_unique=False, invert=False):
    for operand in (elements, test_elements):
        if kind(operand.dtype) in (BOOL, COMPLEX):
            raise RuntimeError(
                f"Unsupported input type encountered for isin(): {scalar_name(operand.dtype)}"
            )
    return jnp.isin(elements, test_elements, invert=invert)


def _check_put(input: Any, index: Any, source: Any, **_: Any) -> None:
    if index.size and not input.size:
        raise IndexError("put_(): cannot put elements into an empty tensor")
    check_take(input, index)


@row("put", "input index source", bind="torch method inplace", check=_check_put,
     saves="index source@source")  # fmt: skip
def put_elements(input, index, source, accumulate=False):
    """Write elements where the index points in the flattened input."""
    if index.dtype.name != "int64":
        raise RuntimeError(
            f"put_(): Expected a long tensor for index, but got {scalar_name(index.dtype)}"
        )
    if source.dtype != input.dtype:
        raise RuntimeError(
            "put_(): self and source expected to have the same dtype, but got self.dtype = "
            f"{scalar_name(input.dtype)} and source.dtype = {scalar_name(source.dtype)}"
        )
    if source.size != index.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got "
            f"source.numel() = {source.size}, index.numel() = {index.size}"
        )
    if not index.size:
        return input
    at, source = input.reshape(-1).at[index.reshape(-1)], source.reshape(-1)
    if not accumulate:
        return at.set(source, mode=PROMISE, unique_indices=True).reshape(input.shape)
    added = (at.max if source.dtype == bool else at.add)(source, mode=PROMISE)
    return added.reshape(input.shape)
