"""Data sets, samplers, batches: as PyTorch's, in the same random order under the same seed."""

import json
import random
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

import funcgrad.torch as ours

from .programs import agree, each, programs, raised, values
from .worker_results import results

PROGRAMS, program = programs()
Pair = namedtuple("Pair", ["a", "b"])


class Squares:
    """A data set of ones own, without any base class."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if not 0 <= i < self.n:
            raise IndexError(i)
        return i * i


def rows(torch, n=7):
    return torch.utils.data.TensorDataset(torch.arange(n), values(torch, n, 2))


@program
def tensor_data(torch):
    data = torch.utils.data
    whole = rows(torch)
    part = data.Subset(whole, [5, 1, 3])
    joined = whole + part
    return (
        len(whole), whole[2], whole[1:3], len(part), part[0], part[[0, 2]], len(joined), joined[8],
        joined[-1], joined.cumulative_sizes,
        [kind for kind, _ in raised(
            torch, lambda: data.TensorDataset(torch.ones(2), torch.ones(3)),
            lambda: data.ConcatDataset([]), lambda: joined[-99], lambda: data.Dataset()[0],
            lambda: whole[9],
        )],
    )  # fmt: skip


@program
def loaders(torch):
    Loader, results = torch.utils.data.DataLoader, []
    for options in (
        {}, {"batch_size": 3}, {"batch_size": 3, "drop_last": True}, {"batch_size": None},
        {"batch_size": 10}, {"batch_sampler": [[0, 1], [6]]},
        {"sampler": [2, 4, 1], "batch_size": 2}, {"batch_size": 4, "collate_fn": len},
        {"batch_size": 4, "num_workers": 0},
    ):  # fmt: skip
        loader = Loader(rows(torch), **options)
        results += [list(loader), len(loader), next(iter(loader))]
    own = Loader(Squares(5), batch_size=2)
    return results, list(own), [type(batch).__name__ for batch in Loader(rows(torch), 2)]


@program
def shuffled(torch):
    data = torch.utils.data
    torch.manual_seed(3)
    loader = data.DataLoader(rows(torch, 20), batch_size=6, shuffle=True)
    results = [list(loader), list(loader)]
    own = torch.Generator().manual_seed(5)
    loader = data.DataLoader(Squares(10), 4, shuffle=True, generator=own)
    results += [list(loader), list(loader), torch.rand(2)]
    results.append([s.indices for s in data.random_split(Squares(10), [3, 7])])
    results.append([s.indices for s in data.random_split(Squares(11), [0.3, 0.3, 0.4], own)])
    results.append(list(data.SubsetRandomSampler([3, 5, 7, 9])))
    results.append(list(data.RandomSampler(Squares(5), num_samples=12)))
    for n in (12, 32, 40, 64):
        results.append(list(data.RandomSampler(Squares(50), True, n)))
        results.append(list(data.RandomSampler(Squares(4), num_samples=n)))
    results.append(list(data.RandomSampler(Squares(50), generator=own)))
    results.append(list(data.SubsetRandomSampler(list(range(20)), own)))
    for replacement in (True, False):
        for weights in ([0.1, 0.0, 0.9, 0.4], torch.rand(30), np.arange(1.0, 5.0)):
            many = 50 if replacement else 3
            for generator in (None, own):
                sampler = data.WeightedRandomSampler(weights, many, replacement, generator)
                results += [list(sampler), len(sampler)]
    batches = data.BatchSampler(data.RandomSampler(Squares(9)), 2, drop_last=True)
    results.append(list(data.DataLoader(Squares(9), batch_sampler=batches)))
    results.append(list(data.DataLoader(Squares(9), None, shuffle=True)))
    return results, torch.rand(2), torch.rand(2, generator=own)


@program
def eager_samplers(torch):
    """A sampler that draws as soon as it is iterated comes before the seed of the workers."""
    data = torch.utils.data

    class Eager(data.Sampler):
        def __iter__(self):
            return iter(torch.randperm(6).tolist())

        def __len__(self):
            return 6

    torch.manual_seed(1)
    single = list(data.DataLoader(Squares(6), None, sampler=Eager()))
    return single, list(data.DataLoader(Squares(6), 4, sampler=Eager())), torch.rand(2)


@program
def side_by_side(torch):
    data = torch.utils.data
    pair = data.StackDataset(Squares(4), rows(torch, 4))
    named = data.StackDataset(a=Squares(4), b=rows(torch, 4))
    return (
        len(pair), pair[2], named[3], list(data.DataLoader(named, 3)),
        raised(torch, data.StackDataset, lambda: data.StackDataset(Squares(1), Squares(2))),
        raised(torch, lambda: data.StackDataset(Squares(1), a=Squares(1)))[0][0],
    )  # fmt: skip


@program
def samplers(torch):
    data = torch.utils.data
    order = data.SequentialSampler(Squares(5))
    batches = data.BatchSampler(order, 2, False)
    return (
        list(order), len(order), list(batches), len(batches),
        list(data.BatchSampler(order, 2, True)), len(data.BatchSampler(order, 2, True)),
        len(data.RandomSampler(Squares(5))), len(data.SubsetRandomSampler([1, 2])),
    )  # fmt: skip


@program
def collated(torch):
    collate = torch.utils.data.default_collate
    return [
        collate([torch.ones(2), torch.zeros(2)]),
        collate([np.ones(2), np.zeros(2)]),
        collate([np.float32(1), np.float32(2)]),
        collate([1, 2]), collate([True, False]), collate([1.5, 2.5]), collate(["a", "b"]),
        collate([{"x": 1, "y": [1, 2.0]}, {"x": 3, "y": [4, 5.0]}]),
        collate([(1, torch.ones(1)), (2, torch.zeros(1))]),
        collate([Pair(1, 2.0), Pair(3, 4.0)]), type(collate([Pair(1, 2.0)])).__name__,
        torch.utils.data.default_convert({"a": np.ones(2), "b": "text", "c": (1, np.zeros(1))}),
        raised(torch, lambda: collate([[1], [1, 2]])),
        [kind for kind, _ in raised(torch, lambda: collate([None, None]),
                                    lambda: collate([np.array("a"), np.array("b")]),
                                    lambda: collate([torch.ones(1), torch.ones(2)]))],
    ]  # fmt: skip


@program
def streams(torch):
    data = torch.utils.data

    class Count(data.IterableDataset):
        def __init__(self, n):
            self.n = n

        def __iter__(self):
            return iter(range(self.n))

    Loader = data.DataLoader
    return (
        list(Loader(Count(5), 2)), list(Loader(Count(5), 2, drop_last=True)),
        list(Loader(Count(3), None)), list(Loader(Count(2) + Count(3), 3)),
        [kind for kind, _ in raised(torch, lambda: Loader(Count(3), shuffle=True),
                                    lambda: Loader(Count(3), sampler=[1]),
                                    lambda: data.ConcatDataset([Count(3)]))],
    )  # fmt: skip


@program
def errors(torch):
    data = torch.utils.data
    Loader = data.DataLoader
    return raised(
        torch,
        lambda: Loader(Squares(3), num_workers=-1),
        lambda: Loader(Squares(3), timeout=-1),
        lambda: Loader(Squares(3), shuffle=True, sampler=[0]),
        lambda: Loader(Squares(3), batch_sampler=[[0]], shuffle=True),
        lambda: Loader(Squares(3), batch_size=None, drop_last=True),
        lambda: Loader(Squares(3), batch_size=0),
        lambda: data.BatchSampler([1], 2, "yes"),
        lambda: data.RandomSampler(Squares(3), replacement="yes"),
        lambda: data.RandomSampler(Squares(3), num_samples=0),
        lambda: data.random_split(Squares(3), [1, 1]),
        lambda: data.random_split(Squares(3), [1.5, -0.5]),
        lambda: data.WeightedRandomSampler([1.0], 0),
        lambda: data.WeightedRandomSampler([1.0], 1, "yes"),
        lambda: data.WeightedRandomSampler([[1.0]], 1),
        lambda: list(data.WeightedRandomSampler([1.0, 2.0], 3, False)),
        lambda: list(data.WeightedRandomSampler([0.0, 0.0], 3)),
        lambda: Loader(Squares(3), prefetch_factor=2),
        lambda: Loader(Squares(3), num_workers=1, prefetch_factor=-1),
        lambda: Loader(Squares(3), persistent_workers=True),
        lambda: setattr(Loader(Squares(3)), "batch_size", 2),
    )


@program
def gradients_reach_the_data(torch):
    x = values(torch, 6, 2).requires_grad_()
    data = torch.utils.data.TensorDataset(x)
    (batch,) = next(iter(torch.utils.data.DataLoader(data, 4)))
    (batch * batch).sum().backward()
    return x.grad


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_a_batch_of_rows_is_one_operation(monkeypatch):
    """`TensorDataset` is gathered by its numbers; a subclass decides for itself."""
    seen = []

    class Doubled(ours.utils.data.TensorDataset):
        def __getitem__(self, i):
            seen.append(i)
            return super().__getitem__(i)

    x = ours.arange(6)
    part = ours.utils.data.Subset(ours.utils.data.TensorDataset(x), [5, 3, 1])
    monkeypatch.setattr(
        ours.utils.data.TensorDataset, "__getitem__", lambda *_: pytest.fail("row by row")
    )
    assert [b[0].tolist() for b in ours.utils.data.DataLoader(part, 2)] == [[5, 3], [1]]
    monkeypatch.undo()
    assert [b[0].tolist() for b in ours.utils.data.DataLoader(Doubled(x), 4)] == [
        [0, 1, 2, 3], [4, 5]
    ]  # fmt: skip
    assert seen == [0, 1, 2, 3, 4, 5]


def test_a_bad_number_is_an_error_on_the_fast_path(oracle):
    for torch in (ours, oracle):
        loader = torch.utils.data.DataLoader(rows(torch), batch_sampler=[[0, 7]])
        with pytest.raises(IndexError):
            list(loader)


def test_an_empty_part_warns(oracle):
    for torch in (ours, oracle):
        with pytest.warns(UserWarning, match="Length of split at index 1 is 0"):
            torch.utils.data.random_split(Squares(1), [0.9, 0.1])


def test_workers_give_what_processes_give(oracle):
    """The order, what data sets draw in their workers, and the stream of the main program."""
    program = Path(__file__).with_name("worker_results.py")
    # It warns where the machine has fewer cores than the loader has workers.
    run = [sys.executable, "-W", "ignore", program]
    theirs = json.loads(subprocess.run(run, check=True, stdout=subprocess.PIPE).stdout)
    state = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    mine = results(ours)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == state  # noqa: NPY002
    assert ours.utils.data.get_worker_info() is None
    for name, expected in theirs.items():
        assert mine[name] == expected, name
