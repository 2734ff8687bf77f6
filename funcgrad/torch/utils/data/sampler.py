"""In which order the items come."""

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Generic, TypeVar

import numpy as np

from ....tape import random

T = TypeVar("T", covariant=True)
Generator = random.Generator


def draw_seed(generator: Generator | None) -> int:
    """A seed for another stream: 63 bits of this one."""
    draw = (generator or random.default_generator).draw64(1)[0]
    return int(draw) & (2**63 - 1)


class Sampler(Generic[T]):
    """Base class: subclasses define `__iter__` over numbers, or over lists of numbers."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError


class SequentialSampler(Sampler[int]):
    """0, 1, 2 …"""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


def _check_replacement(replacement: Any) -> None:
    if not isinstance(replacement, bool):
        raise TypeError(f"replacement should be a boolean value, but got replacement={replacement}")


def _check_count(n: Any) -> None:
    if not isinstance(n, int) or isinstance(n, bool) or n <= 0:
        raise ValueError(f"num_samples should be a positive integer value, but got num_samples={n}")


class RandomSampler(Sampler[int]):
    """A permutation, or draws with replacement.

    Args:
        data_source: with a length.
        replacement: whether a number may come twice.
        num_samples: how many; the length of the data unless given.
        generator: of the draws; without one, a new stream is seeded from the default one each time.
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        self.data_source, self.replacement = data_source, replacement
        self._num_samples, self.generator = num_samples, generator
        _check_replacement(replacement)
        _check_count(self.num_samples)

    @property
    def num_samples(self) -> int:
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        generator, n, left = self.generator, len(self.data_source), self.num_samples
        if generator is None:
            generator = Generator().manual_seed(draw_seed(None))
        while True:
            if self.replacement:
                drawn = random.randint(0, n, (min(left, 32),), generator=generator).tolist()
            else:
                drawn = random.permutation(n, generator).tolist()[:left]
            left -= len(drawn)
            yield from drawn
            # A last permutation is drawn, as in PyTorch, even if nothing is taken from it.
            if len(drawn) < (32 if self.replacement else n):
                return

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """Given numbers in random order."""

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for i in random.permutation(len(self.indices), self.generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Numbers drawn by weight.

    With one seed the numbers are other than PyTorch's; their distribution is the same.

    Args:
        weights: one for each number; they need not add up to 1.
        num_samples: how many.
        replacement: whether a number may come twice.
        generator: of the draws.
    """

    def __init__(
        self,
        weights: Sequence[float],
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ) -> None:
        _check_count(num_samples)
        _check_replacement(replacement)
        self.weights = np.array([float(weight) for weight in weights])
        if self.weights.ndim != 1:
            raise ValueError(
                f"weights should be a 1d sequence but given weights have shape {self.weights.shape}"
            )
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self) -> Iterator[int]:
        generator = self.generator or random.default_generator
        if self.replacement:
            bounds = self.weights.cumsum()
            draws = generator.uniform(self.num_samples, np.dtype(np.float64)) * bounds[-1]
            return iter(np.searchsorted(bounds, draws, side="right").tolist())
        if self.num_samples > len(self.weights):
            raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without "
                               "replacement")  # fmt: skip
        # The smallest of exponential times over the weights: draws without replacement.
        draws = generator.uniform(len(self.weights), np.dtype(np.float64))
        with np.errstate(divide="ignore"):
            times = -np.log1p(-draws) / self.weights
        return iter(np.argsort(times, kind="stable")[: self.num_samples].tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Lists of batch_size numbers from another sampler.

    Args:
        sampler: where they come from.
        batch_size: how many in a list.
        drop_last: leave out a last list that is shorter.
    """

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError(
                f"batch_size should be a positive integer value, but got batch_size={batch_size}"
            )
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        numbers = iter(self.sampler)
        while batch := list(itertools.islice(numbers, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        n = len(self.sampler)  # type: ignore[arg-type]
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
