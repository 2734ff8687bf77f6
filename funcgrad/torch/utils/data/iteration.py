"""One pass through the batches of a loader."""

import itertools
from collections import deque
from collections.abc import Iterator
from typing import Any

from ....tape.random import draw_seed
from .fetch import fetcher
from .workers import Worker


class Pass:
    """The batches, made as they are asked for."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        # The sampler first, then the seed of the workers, which is drawn even if there are none.
        self.indices = iter(loader.order)
        self.seed = draw_seed(loader.generator)
        self.start()

    def start(self) -> None:
        self._fetch = fetcher(self.loader, self.loader.dataset)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return self._fetch(next(self.indices))

    def __len__(self) -> int:
        return len(self.loader.order)


class PassOfWorkers(Pass):
    """The same by workers in turn; indices are drawn ahead of the batches, as PyTorch does."""

    def start(self) -> None:
        count = self.loader.num_workers
        self.workers = [Worker(self.loader, number, self.seed) for number in range(count)]
        self._begin()

    def _begin(self) -> None:
        self.turns = itertools.cycle(self.workers)
        self.sent: deque[tuple[Worker, Any]] = deque()
        self.indices = iter(self.loader.order)
        for _ in range(self.loader.prefetch_factor * len(self.workers)):
            self._send()

    def again(self) -> "PassOfWorkers":
        """The next pass of workers that persist."""
        for worker in self.workers:
            worker.start()
        self._begin()
        return self

    def _send(self) -> None:
        """Give the next index to the next worker that has something left."""
        nobody = object()
        index = next(self.indices, nobody)
        if index is not nobody:
            turns = itertools.islice(self.turns, len(self.workers))
            worker = next((worker for worker in turns if worker.alive), None)
            if worker is not None:
                self.sent.append((worker, index))

    def __next__(self) -> Any:
        while self.sent:
            worker, index = self.sent.popleft()
            if not worker.alive:
                continue
            try:
                made = worker.fetch(index)
            except StopIteration:
                worker.alive = False
                self._send()
                continue
            self._send()
            return made
        raise StopIteration
