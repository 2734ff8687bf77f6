"""Reductions that are told the dtype of their result: what is rounded when, and what is refused."""

import numpy as np
import pytest
import torch as oracle

import funcgrad.torch as ours

from .outcome import outcome

VALUES = [[1.0000001, 2.0003, -3.00007], [100.3, 0.12345, 7.77]]
CALLS = {
    "sum": lambda t, x, d: x.sum(dtype=d),
    "sum of a dim": lambda t, x, d: x.sum(0, dtype=d),
    "mean": lambda t, x, d: x.mean(dtype=d),
    "mean of a dim": lambda t, x, d: x.mean(1, dtype=d),
    "softmax": lambda t, x, d: x.softmax(1, dtype=d),
    "prod": lambda t, x, d: x.prod(0, dtype=d),
    "cumsum": lambda t, x, d: x.cumsum(0, dtype=d),
    "cumprod": lambda t, x, d: x.cumprod(0, dtype=d),
    "nansum": lambda t, x, d: x.nansum(dtype=d),
    "nanmean": lambda t, x, d: x.nanmean(dtype=d),
    "log_softmax": lambda t, x, d: x.log_softmax(1, dtype=d),
    "norm": lambda t, x, d: x.norm(dtype=d),
    "vector_norm": lambda t, x, d: t.linalg.vector_norm(x, dtype=d),
    "linalg.norm": lambda t, x, d: t.linalg.norm(x, dtype=d),
}
GIVEN = ("float16", "bfloat16", "float32", "float64", "int8", "bool", "complex64")
# An ulp or two; XLA takes numbers below the normal ones for 0.
CLOSE = {"float16": 2**-9, "bfloat16": 2**-6, "float32": 1e-6, "float64": 1e-14, "complex64": 1e-6}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "int32", "uint8", "bool"])
def test_given_dtypes(dtype, name):
    for given in GIVEN:

        def call(torch, given=given):
            x = torch.tensor(VALUES, dtype=torch.float64).to(getattr(torch, dtype))
            x = x * 300007 if dtype == "int32" else x  # beyond what float16 holds
            return CALLS[name](torch, x, getattr(torch, given))

        mine, theirs = (outcome(call, torch) for torch in (ours, oracle))
        if not isinstance(mine, dict) or not isinstance(theirs, dict):
            assert [*mine[:2], mine[2].split("; ")[0]] == [*theirs[:2], theirs[2].rstrip(".")]
            continue
        values, expected = mine.pop("values"), theirs.pop("values")
        assert mine == theirs
        np.testing.assert_allclose(values, expected, rtol=CLOSE.get(given, 0), atol=1e-38)


def test_halves_of_integers():
    """What float16 does not hold is infinite before it is added, as in PyTorch."""
    for torch in (ours, oracle):
        x = torch.tensor([2**30, -(2**30)])
        assert np.isnan(x.sum(dtype=torch.float16).item())
        assert x.sum(dtype=torch.float32).item() == 0


def test_softmax_in_a_half_type():
    """The operand is rounded, and then no more before the end: it was computed in halves."""
    found = [
        torch.tensor(VALUES).softmax(1, dtype=torch.float16).tolist() for torch in (ours, oracle)
    ]
    assert found[0] == found[1]
