"""From indices to a batch."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import numpy as np

from ....tape.tensor import Tensor, wrap
from .collate import default_collate
from .dataset import IterableDataset, Subset, TensorDataset


def fetcher(loader: Any, dataset: Any) -> Callable[[Any], Any]:
    """A function from what the loader's sampler gives to what the loader gives."""
    if isinstance(dataset, IterableDataset):
        return _Stream(loader, dataset)

    def one(index: Any) -> Any:
        return loader.collate_fn(dataset[index])

    def batch(indices: Any) -> Any:
        if loader.collate_fn is default_collate:
            gathered = gather(dataset, indices)
            if gathered is not None:
                return gathered
        if getattr(dataset, "__getitems__", None):
            return loader.collate_fn(dataset.__getitems__(indices))
        return loader.collate_fn([dataset[i] for i in indices])

    return one if loader.batch_sampler is None else batch


class _Stream:
    """The next samples of a data set without numbers; `StopIteration` when there are none."""

    def __init__(self, loader: Any, dataset: Any) -> None:
        self.loader, self.samples, self.ended = loader, iter(dataset), False

    def __call__(self, index: Any) -> Any:
        if self.loader.batch_sampler is None:
            return self.loader.collate_fn(next(self.samples))
        batch = [] if self.ended else list(islice(self.samples, len(index)))
        self.ended = len(batch) < len(index)
        if not batch or (self.ended and self.loader.drop_last):
            raise StopIteration
        return self.loader.collate_fn(batch)


def gather(dataset: Any, indices: Iterable[int]) -> list[Tensor] | None:
    """A batch of tensors' rows by one indexing operation a tensor; None where items decide.

    The values are those of single rows stacked. It is for `TensorDataset`, and parts of one, whose
    `__getitem__` is their own.
    """
    while type(dataset) is Subset:
        numbers = dataset.indices
        indices, dataset = [numbers[i] for i in indices], dataset.dataset
    if type(dataset) is not TensorDataset or not dataset.tensors:
        return None
    rows = wrap(np.asarray(list(indices), np.int64))
    return [tensor[rows] for tensor in dataset.tensors]
