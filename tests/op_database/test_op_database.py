"""PyTorch's own op database, entry by entry: what has passed once passes always."""

import types
from pathlib import Path

import jax
import pytest
import torch

from .exam import Difference, compare, examine
from .samples import ENTRIES, function_of, samples
from .standing import DIFFERS, FULL, PASSING

LEAST = 508  # entries that pass, with few samples as here
LEAST_FULL = 375  # entries that pass with all samples, which `python -m op_database` takes


@pytest.fixture(autouse=True)
def _unoptimised(_no_test_changes_jax):
    """What is compiled here runs once: half of the time would be spent on making it faster."""
    before = jax.config.values["jax_disable_most_optimizations"]
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", before)


@pytest.mark.parametrize("name", PASSING)
def test_an_entry_is_as_pytorch_has_it(name):
    found, differs = examine(ENTRIES[name], brief=True), DIFFERS.get(name, {})
    assert not {paper: words for paper, words in found.items() if paper not in differs}


@pytest.mark.parametrize(("list_", "least"), [(PASSING, LEAST), (FULL, LEAST_FULL)])
def test_the_lists_only_grow(list_, least):
    assert len(list_) >= least
    assert sorted(set(list_)) == list_


def test_what_passes_in_full_passes_in_brief():
    assert set(FULL) <= set(PASSING)
    assert set(DIFFERS) <= set(PASSING)


def test_the_readme_counts_them():
    readme = Path(__file__).parents[2] / "README.md"
    text = readme.read_text(encoding="utf-8")
    assert f"{len(PASSING)} of its entries" in text
    assert f"{len(FULL)} are known to pass with all their samples" in text


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


def planted(op, made):
    """An entry like PyTorch's, with samples of its own."""
    return types.SimpleNamespace(
        name="neg",
        op=op,
        dtypes={torch.float64},
        supports_autograd=True,
        supports_gradgrad=True,
        supported_backward_dtypes=lambda device: {torch.float64},
        get_method=lambda: None,
        get_inplace=lambda: None,
        sample_inputs=lambda *args, **kwargs: iter(made),
    )


def a_call():
    return types.SimpleNamespace(
        input=torch.ones(2, dtype=torch.float64, requires_grad=True),
        args=(),
        kwargs={},
        output_process_fn_grad=None,
    )


def refuse(x):
    raise NotImplementedError('"neg" not implemented for this')


@pytest.mark.parametrize("brief", [True, False])
@pytest.mark.parametrize(
    ("op", "made"),
    [(torch.neg, []), (refuse, [a_call()]), (lambda x: None, [a_call()])],
    ids=["no sample", "no kernel", "no result"],
)
def test_an_entry_without_a_comparison_does_not_pass(op, made, brief):
    assert "function" in examine(planted(op, made), brief=brief)
    assert not examine(planted(torch.neg, [a_call()]), brief=brief)


def test_without_a_second_derivative_the_first_is_compared():
    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return -x

        @staticmethod
        def backward(ctx, g):
            if torch.is_grad_enabled():
                raise NotImplementedError
            return g  # not -g

    assert "derivative 1" in examine(planted(Twice.apply, [a_call()]))["function"]


def test_our_second_derivative_is_seen_where_pytorch_has_none():
    entry = planted(lambda x: 2 * x, [])
    given = next(samples(ENTRIES["neg"], torch.float64))
    with pytest.raises(Difference, match="derivative 2"):
        compare(given, entry.op, lambda x: 2 * x + (x - x.detach()) ** 2, 2)
