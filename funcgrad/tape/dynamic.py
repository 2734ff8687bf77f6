"""Operations whose result's shape depends on values: found on the host, gathered on the tape."""

from typing import Any

import numpy as np

from ..ops import OPS, kinds
from ..ops.promotion import scalar_name
from . import record
from .bind import function
from .creation import make
from .indexing import places_of
from .tensor import Tensor


def _host(tensor: Tensor) -> np.ndarray:
    return np.asarray(tensor._read())


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """Where the elements are not zero: one row of indices each, or one tensor an axis."""
    found = np.nonzero(np.atleast_1d(_host(input)))
    if as_tuple:
        return tuple(make(places, None, input.device, False) for places in found)
    rows = np.stack(found, axis=1) if input.ndim else np.zeros((len(found[0]), 0), np.int64)
    return make(rows.astype(np.int64), None, input.device, False)


def argwhere(input: Tensor) -> Tensor:
    """Where the elements are not zero, one row of indices each."""
    return nonzero(input)


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where the mask is true, as one axis."""
    if not isinstance(mask, Tensor):
        raise TypeError(
            "masked_select(): argument 'mask' (position 1) must be Tensor, not "
            f"{type(mask).__name__}"
        )
    if str(mask.dtype) != "torch.bool":
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, got {mask.dtype}")
    # One element counts as an axis of one.
    shape = np.broadcast_shapes(input.shape, mask.shape) or (1,)
    mask = mask if mask.shape == shape else mask.expand(shape)
    places = places_of(mask, shape, 0, input.device)
    spec = ("array",) * len(places)
    return record.call(OPS["index"], [[input.expand(shape), *places]], {"spec": spec})


def _check_order(name: str, input: Tensor) -> None:
    kinds.ordered(name, input._read())


def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False,
           return_counts: bool = False, dim: int | None = None) -> Any:  # fmt: skip
    """The different values, in order; no gradient flows through."""
    _check_order("unique" if dim is None else "unique_dim", input)
    found = np.unique(_host(input), return_inverse=True, return_counts=True, axis=dim)
    values, inverse, counts = (make(np.asarray(f), None, input.device, False) for f in found)
    result = [values]
    if return_inverse:
        result.append(inverse.reshape(input.shape) if dim is None else inverse)
    if return_counts:
        result.append(counts)
    return result[0] if len(result) == 1 else tuple(result)


def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False,
                       dim: int | None = None) -> Any:  # fmt: skip
    """The first of each run of equal values, or of equal slices along `dim`."""
    _check_order("unique" if dim is None else "unique_dim", input)
    values = _host(input)
    lines = values.reshape(-1, 1) if dim is None else np.moveaxis(values, dim, 0)
    flat = lines.reshape(len(lines), -1)
    new = np.ones(len(flat), bool)
    new[1:] = (flat[1:] != flat[:-1]).any(1)
    starts = np.flatnonzero(new)
    kept = lines[starts]
    kept = kept.reshape(-1) if dim is None else np.moveaxis(kept, 0, dim)
    inverse = np.cumsum(new) - 1
    inverse = inverse.reshape(values.shape) if dim is None else inverse
    counts = np.diff(np.append(starts, len(flat)))
    found = [kept, *([inverse] * return_inverse), *([counts] * return_counts)]
    made = [make(np.array(f), None, input.device, False) for f in found]
    return made[0] if len(made) == 1 else tuple(made)


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each integer from 0 occurs, or the sum of the weights where it does.

    Raises:
        RuntimeError: the input is no vector of non-negative integers, or the weights have another
            shape.
    """
    values = _host(input)
    if values.dtype.kind not in "iu":
        raise NotImplementedError(
            f"\"bincount_cpu\" not implemented for '{scalar_name(values.dtype)}'"
        )
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if values.ndim != 1 or (values < 0).any():
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is None:
        found = np.bincount(values.astype(np.int64), None, minlength).astype(np.int64)
    else:
        mass = _host(weights)
        if mass.shape != values.shape:
            raise RuntimeError("weights should be 1-d and have the same length as input")
        found = np.bincount(values.astype(np.int64), mass.astype(np.float64), minlength)
        found = found.astype(np.float32 if mass.dtype == np.float32 else np.float64)
    return make(found, None, input.device, False)


def where(
    condition: Tensor, input: Any = None, other: Any = None, *, out: Tensor | None = None
) -> Any:
    """Elements of `input` where the condition holds, else of `other`; alone, where it holds."""
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    return _where(condition, input, other, out=out)


_where = function(OPS["where"])


def install() -> None:
    """Give the tensor these methods."""
    for made in (nonzero, argwhere, masked_select, unique, unique_consecutive, bincount):
        setattr(Tensor, made.__name__, made)
    Tensor.where = lambda self, condition, other: _where(condition, self, other)


install()
