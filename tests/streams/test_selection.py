"""Of equal values the same ones are taken as by PyTorch's `topk`, and in its order."""

import numpy as np
import pytest

from funcgrad.streams import Generator
from funcgrad.streams.selection import largest


# How many values, and how many of them: by a heap where they are few, by partitions otherwise.
@pytest.mark.parametrize(
    ("n", "k"), [(5, 3), (40, 17), (300, 4), (300, 5), (2000, 31), (2000, 900)]
)
@pytest.mark.parametrize("different", [1, 2, 30, 10**6])
def test_equal_values(n, k, different, oracle):
    random = np.random.RandomState(n + different)
    for trial in range(10):
        row = random.randint(0, different, n).astype(np.float64)
        row = np.sort(row) if trial % 3 == 0 else row
        wanted = oracle.topk(oracle.from_numpy(row), k).indices.tolist()
        assert largest(row, k) == wanted


@pytest.mark.parametrize("weights", [[0, 1, 0, 0], [0] * 20 + [1], [1] * 30 + [0] * 50])
def test_indices_without_weight_come_last(weights, oracle):
    row = np.array(weights, np.float32)
    stream = Generator(2)
    oracle.manual_seed(2)
    for samples in (1, 2, len(row)):
        wanted = oracle.multinomial(oracle.from_numpy(row), samples)
        assert stream.multinomial(row, samples).tolist() == wanted.tolist()
