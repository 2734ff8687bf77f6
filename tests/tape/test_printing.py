"""Tensors print as PyTorch's do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import funcgrad.torch as ours

FLOATS = st.one_of(
    st.floats(-(2.0**40), 2.0**40, width=32, allow_subnormal=False),
    st.integers(-10_000, 10_000).map(float),
    st.sampled_from([0.0, -0.0, 1.0, float("inf"), float("-inf"), float("nan"), 1e-5, 123456.0]),
)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=8)


@given(hnp.arrays(np.float32, SHAPES, elements=FLOATS))
def test_floats(oracle, values):
    assert repr(ours.tensor(values)) == repr(oracle.tensor(values))


@given(hnp.arrays(np.int64, SHAPES, elements=st.integers(-1000, 1000)))
def test_integers(oracle, values):
    assert repr(ours.tensor(values)) == repr(oracle.tensor(values))


@given(hnp.arrays(np.bool_, SHAPES))
def test_bools(oracle, values):
    assert repr(ours.tensor(values)) == repr(oracle.tensor(values))


def test_large_tensors_are_summarised(oracle):
    for shape in ((2000,), (40, 50), (3, 20, 30), (1001, 1)):
        values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        assert repr(ours.tensor(values)) == repr(oracle.tensor(values))


def test_suffixes(oracle):
    def shown(torch):
        x = torch.ones(2, 2, requires_grad=True)
        return [
            repr(t)
            for t in (x, x * 2, x.double().detach(), x.int(), torch.zeros(2, 0), torch.zeros(0),
                      torch.tensor([], dtype=torch.int64), torch.tensor(1.5, dtype=torch.float16),
                      torch.nn.Parameter(torch.ones(2)), torch.randn(20).abs().detach() * 0 + 1.25,
                      x.max(dim=0), (x * 1.123456).sum(), torch.ones(12, requires_grad=True).exp())
        ] + [str(x.shape), str(x.dtype), str(x.device), repr(x.device), f"{x.sum().item():.2f}",
             f"{torch.tensor(1.2345):.2f}"]  # fmt: skip

    assert shown(ours) == shown(oracle)


def test_print_options(oracle):
    values = np.array([[1.23456789, 100.0], [3e-5, 2.0]], np.float32)
    for options in ({"precision": 2}, {"sci_mode": True}, {"sci_mode": False}, {"linewidth": 20},
                    {"threshold": 2, "edgeitems": 1}):  # fmt: skip
        texts = []
        for torch in (ours, oracle):
            torch.set_printoptions(profile="default", **options)
            texts.append(repr(torch.tensor(values)))
            torch.set_printoptions(profile="default", sci_mode=None)
        assert texts[0] == texts[1], options
