"""From a list of samples to a batch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ....ops import OPS
from ....tape import creation, dtypes
from ....tape.bind import function
from ....tape.tensor import Tensor

_stack = function(OPS["stack"])


def default_convert(data: Any) -> Any:
    """NumPy arrays in a sample as tensors; containers are gone through."""
    if isinstance(data, (np.ndarray, np.generic)):
        return data if data.dtype.kind in "SUO" else creation.as_tensor(data)
    return _mapped(data, default_convert)


def _mapped(data: Any, function: Callable[[Any], Any]) -> Any:
    if isinstance(data, Mapping):
        return _like(data, {key: function(value) for key, value in data.items()})
    if isinstance(data, tuple):
        items = [function(item) for item in data]
        return type(data)(*items) if hasattr(data, "_fields") else items
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _like(data, [function(item) for item in data])
    return data


def _like(original: Any, items: Any) -> Any:
    """A container of the original's type, or a plain one if that cannot be made from items."""
    try:
        return type(original)(items)
    except TypeError:
        return items


def default_collate(batch: Sequence[Any]) -> Any:
    """Samples to a batch: tensors and arrays are stacked, numbers become a tensor.

    Dicts, tuples and lists of these are gone through: a batch of tuples is a list of batches.

    Args:
        batch: samples of one structure.

    Raises:
        TypeError: a sample is of another type.
        RuntimeError: samples are of different lengths.
    """
    sample = batch[0]
    if isinstance(sample, Tensor):
        return _stack(list(batch), 0)
    if isinstance(sample, (np.ndarray, np.generic)):
        if sample.dtype.kind in "SUO":
            raise TypeError(_message(sample.dtype))
        return creation.as_tensor(np.stack(batch))
    if isinstance(sample, float):
        return creation.tensor(list(batch), dtype=dtypes.float64)
    if isinstance(sample, int):
        return creation.tensor(list(batch))
    if isinstance(sample, (str, bytes)):
        return batch
    if isinstance(sample, Mapping):
        return _like(
            sample, {key: default_collate([other[key] for other in batch]) for key in sample}
        )
    if isinstance(sample, Sequence):
        if any(len(other) != len(sample) for other in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        if isinstance(sample, tuple):
            return type(sample)(*columns) if hasattr(sample, "_fields") else columns
        return _like(sample, columns)
    raise TypeError(_message(type(sample)))


def _message(found: Any) -> str:
    return (
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
        f"{found}"
    )
