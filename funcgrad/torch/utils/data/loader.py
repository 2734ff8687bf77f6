"""Batches from a data set."""

from collections.abc import Callable, Iterator
from typing import Any

from ....tape.random import Generator
from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .iteration import Pass, PassOfWorkers
from .sampler import BatchSampler, RandomSampler, SequentialSampler

# What decides the order is given once.
_FIXED = (
    "batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers",
)  # fmt: skip


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
        num_workers: how many workers PyTorch would start. Here their batches are made in this
            process, in the same order, each with its worker's random streams.
        collate_fn: from a list of samples to a batch; `default_collate` unless given.
        pin_memory: accepted, without effect.
        drop_last: leave out a last batch that is shorter.
        worker_init_fn: called with the number of each worker, once its streams are seeded.
        generator: of the order.
        prefetch_factor: how many batches' indices are drawn ahead for each worker.
        persistent_workers: whether workers, with their streams, go on in the next pass.

    `timeout`, `multiprocessing_context`, `pin_memory_device` and `in_order` are accepted, without
    effect: they are about processes and pinned memory.

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
        if multiprocessing_context is not None and num_workers == 0:
            raise ValueError(
                "multiprocessing_context can only be used with multi-process loading (num_workers "
                f"> 0), but got num_workers={num_workers}"
            )
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        prefetch_factor = _ahead(num_workers, prefetch_factor)
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
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
        self._workers: PassOfWorkers | None = None

    @property
    def order(self) -> Any:
        """What gives the indices: lists of them, or single ones where there are no batches."""
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _FIXED and name in self.__dict__:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized"
            )
        super().__setattr__(name, value)

    def __iter__(self) -> Pass:
        if not self.num_workers:
            return Pass(self)
        if self._workers is not None:
            return self._workers.again()
        made = PassOfWorkers(self)
        if self.persistent_workers:
            self._workers = made
        return made

    def __len__(self) -> int:
        if self._streams:
            n = len(self.dataset)
            if self.batch_size is None:
                return n
            return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
        return len(self.order)


def _ahead(num_workers: int, prefetch_factor: int | None) -> int | None:
    """How many batches a worker is ahead."""
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 "
            "to enable multiprocessing, otherwise set prefetch_factor to None."
        )
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError("prefetch_factor option should be non-negative")
    return 2 if num_workers and prefetch_factor is None else prefetch_factor


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
