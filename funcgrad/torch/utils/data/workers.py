"""Workers: what `num_workers` processes would make, made in this one, in the same order.

A worker differs from the main program in what is random in it: its streams are its own, seeded
from the loader's. Here they are put in place while an item of its is made, so that a data set that
draws gives what it gives in PyTorch, and the main program's streams stay where they were.
"""

import copy
import random as python_random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....tape import random
from .fetch import fetcher


@dataclass
class WorkerInfo:
    """Which worker makes the present item.

    Attributes:
        id: its number, from 0.
        num_workers: how many there are.
        seed: what its streams started from.
        dataset: its copy of the data set.
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any


_present: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """The worker that is at work, for data sets and `worker_init_fn`; None in the main program."""
    return _present


def _states() -> tuple[Any, Any, Any]:
    # NumPy's global stream is where data sets of ones own draw from.
    numpy_state = np.random.get_state()  # noqa: NPY002
    return random.stream_of(None).get_state(), python_random.getstate(), numpy_state


def _set_states(states: tuple[Any, Any, Any]) -> None:
    random.stream_of(None).set_state(states[0])
    python_random.setstate(states[1])
    np.random.set_state(states[2])  # noqa: NPY002


class Worker:
    """One worker of a loader.

    Args:
        loader: the `DataLoader`.
        number: of the worker.
        base_seed: of all workers of the loader.
    """

    def __init__(self, loader: Any, number: int, base_seed: int) -> None:
        self.loader, self.alive = loader, True
        # A process has a copy of the data set, which `worker_init_fn` may change.
        dataset = copy.copy(loader.dataset)
        self.info = WorkerInfo(number, loader.num_workers, base_seed + number, dataset)
        self._streams = _states()
        with self._at_work():
            random.default_generator.manual_seed(self.info.seed)
            python_random.seed(self.info.seed)
            words = [number, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]
            numpy_seed = np.random.SeedSequence(words).generate_state(4)
            np.random.seed(numpy_seed)  # noqa: NPY002
            if loader.worker_init_fn is not None:
                loader.worker_init_fn(number)
        self.start()

    def start(self) -> None:
        """Begin to go through the data."""
        self.alive = True
        with self._at_work():
            self._fetch: Callable[[Any], Any] = fetcher(self.loader, self.info.dataset)

    def fetch(self, index: Any) -> Any:
        """What the loader makes of one index, or of the indices of a batch."""
        with self._at_work():
            return self._fetch(index)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        global _present
        before, main = _present, _states()
        _set_states(self._streams)
        _present = self.info
        try:
            yield
        finally:
            self._streams, _present = _states(), before
            _set_states(main)
