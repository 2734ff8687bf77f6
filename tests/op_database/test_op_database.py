"""PyTorch's own op database, entry by entry: what has passed once passes always."""

from pathlib import Path

import pytest
import torch

from .exam import Difference, compare, examine
from .samples import ENTRIES, function_of, samples
from .standing import DIFFERS, PASSING

MOST = 2  # samples of an entry; `python -m op_database` takes all
LEAST = 445  # entries that pass


@pytest.mark.parametrize("name", PASSING)
def test_an_entry_is_as_pytorch_has_it(name):
    found, differs = examine(ENTRIES[name], MOST), DIFFERS.get(name, {})
    assert not {paper: words for paper, words in found.items() if paper not in differs}
    assert set(differs) <= set(found), "this is no difference any more"


def test_the_list_only_grows():
    assert len(PASSING) >= LEAST
    assert sorted(set(PASSING)) == PASSING
    assert set(DIFFERS) <= set(PASSING)


def test_the_readme_counts_them():
    readme = Path(__file__).parents[2] / "README.md"
    assert f"{len(PASSING)} of its entries" in readme.read_text(encoding="utf-8")


def sample():
    return next(samples(ENTRIES["mul"], torch.float64))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x, y: x * y * (1 + 1e-9),
        lambda x, y: x.detach() * y,
        lambda x, y: (x * y).float(),
        lambda x, y: (x * y).reshape(1, -1),
        lambda x, y: x * y + (x - x.detach()),
        lambda x, y: [x * y, x],
        lambda x, y: x + None,
    ],
    ids=["value", "gradient", "dtype", "shape", "gradient beside", "results", "error"],
)
def test_a_difference_is_seen(wrong):
    entry = ENTRIES["mul"]
    compare(sample(), entry.op, function_of(entry), 2)
    with pytest.raises(Difference):
        compare(sample(), entry.op, wrong, 2)


def test_a_second_derivative_that_differs_is_seen():
    entry = ENTRIES["exp"]
    given = next(samples(entry, torch.float64))

    def once(x):
        return x.exp().detach() * (x - x.detach() + 1)

    compare(given, entry.op, once, 1)
    with pytest.raises(Difference, match="derivative 2"):
        compare(given, entry.op, once, 2)
