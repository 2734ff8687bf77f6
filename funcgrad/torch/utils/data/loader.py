"""Batches from a data set."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ....tape.random import Generator
from ....tape.tensor import Tensor, wrap
from .collate import default_collate, default_convert
from .dataset import IterableDataset, Subset, TensorDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler, draw_seed


class _Endless:
    """The sampler of a stream: it has no numbers."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


class DataLoader:
    """Goes through a data set in batches, each time it is iterated.

    Args:
        dataset: with `__getitem__` and `__len__`, or an `IterableDataset`.
        batch_size: how many samples in a batch; None for single samples.
        shuffle: a new order each time.
        sampler: which samples, in which order, instead of `shuffle`.
        batch_sampler: lists of numbers, instead of all of the above.
        num_workers: accepted; samples are made in this process, in the same order as by workers.
        collate_fn: from a list of samples to a batch; `default_collate` unless given.
        pin_memory: accepted, without effect.
        drop_last: leave out a last batch that is shorter.
        generator: of the order.

    `timeout`, `worker_init_fn`, `multiprocessing_context`, `prefetch_factor`, `persistent_workers`,
    `pin_memory_device` and `in_order` are accepted too: they are about workers and pinned memory.

    Example:
        >>> import funcgrad.torch as torch
        >>> data = torch.utils.data.TensorDataset(torch.arange(5))
        >>> [batch[0].tolist() for batch in torch.utils.data.DataLoader(data, batch_size=2)]
        [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Callable[..., Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Any = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers < 0:
            raise ValueError(
                "num_workers option should be non-negative; use num_workers=0 to disable "
                "multiprocessing."
            )
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        self._streams = isinstance(dataset, IterableDataset)
        if self._streams:
            _check_stream(shuffle, sampler, batch_sampler)
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, "
                    "and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with "
                "drop_last"
            )
        if sampler is None:
            if self._streams:
                sampler = _Endless()
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.dataset, self.batch_size, self.drop_last = dataset, batch_size, drop_last
        self.sampler, self.batch_sampler, self.generator = sampler, batch_sampler, generator
        self.num_workers, self.pin_memory, self.timeout = num_workers, pin_memory, timeout
        self.worker_init_fn, self.prefetch_factor = worker_init_fn, prefetch_factor
        self.multiprocessing_context = multiprocessing_context
        self.persistent_workers, self.in_order = persistent_workers, in_order
        self.pin_memory_device = pin_memory_device
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate
        self.collate_fn = collate_fn

    def __iter__(self) -> Iterator[Any]:
        # PyTorch draws a seed for its workers here, whether there are any or not.
        draw_seed(self.generator)
        if self._streams:
            return self._stream()
        if self.batch_sampler is None:
            return (self.collate_fn(self.dataset[i]) for i in self.sampler)
        return map(self._batch, self.batch_sampler)

    def _stream(self) -> Iterator[Any]:
        samples = iter(self.dataset)
        if self.batch_sampler is None:
            yield from map(self.collate_fn, samples)
            return
        size = self.batch_size or 1
        batch: list[Any] = []
        for sample in samples:
            batch.append(sample)
            if len(batch) == size:
                yield self.collate_fn(batch)
                batch = []
        if batch and not self.drop_last:
            yield self.collate_fn(batch)

    def _batch(self, indices: Sequence[int]) -> Any:
        if self.collate_fn is default_collate:
            gathered = gather(self.dataset, indices)
            if gathered is not None:
                return gathered
        if hasattr(self.dataset, "__getitems__"):
            return self.collate_fn(self.dataset.__getitems__(indices))
        return self.collate_fn([self.dataset[i] for i in indices])

    def __len__(self) -> int:
        if self._streams:
            n = len(self.dataset)
            if self.batch_size is None:
                return n
            return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)


def _check_stream(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    for name, value, wrong in (
        ("shuffle", shuffle, shuffle not in (None, False)),
        ("sampler", sampler, sampler is not None),
        ("batch_sampler", batch_sampler, batch_sampler is not None),
    ):
        if wrong:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got "
                f"{name}={value}"
            )


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
