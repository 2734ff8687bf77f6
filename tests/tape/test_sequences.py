"""`arange`, `range`, `linspace`, `logspace`: PyTorch's values to the bit, and its errors."""

import itertools
import math
import re

import numpy as np
import pytest
import torch as oracle

import funcgrad.torch as ours

from .outcome import outcome

pytestmark = pytest.mark.filterwarnings("ignore:torch.range is deprecated")
DTYPES = (None, "bool", "uint8", "int8", "int64", "float16", "bfloat16", "float32", "float64",
          "complex64")  # fmt: skip
STARTS, ENDS, STEPS = (0, 3, -2, 2.5, -0.5, True, 300), (5, -4, 7.25, 0), (1, 2, -1, 0.5, -0.75, 0)
ODD = (math.inf, -math.inf, math.nan, 2**62, 2**63, 2**70, "a", None, [1])

# PyTorch's kernels compute by the registers of the processor; ours are those of this one.
EXACT = oracle.backends.cpu.get_cpu_capability() == "AVX2"


def same(call, close=False):
    """Compare values, dtypes and flags, or the type of an error with its first words."""
    mine, theirs = (outcome(call, torch) for torch in (ours, oracle))
    assert isinstance(mine, dict) == isinstance(theirs, dict), (mine, theirs)
    if not isinstance(mine, dict):
        assert [*mine[:2], words(mine[2])] == [*theirs[:2], words(theirs[2])]
        return
    values, expected = mine.pop("values"), theirs.pop("values")
    assert mine == theirs
    if EXACT and not close:
        np.testing.assert_array_equal(values, expected)
    else:
        epsilon = {"torch.bfloat16": 2**-8, "torch.float16": 2**-10, "torch.float64": 2**-52}
        np.testing.assert_allclose(values, expected, rtol=8 * epsilon.get(mine["dtype"], 2**-23))


def words(text):
    """An error's words before its way out."""
    return re.split("; |: |received an inv| list| without", text.split("\n")[0])[0].rstrip(": ")


def dtype_of(torch, name):
    return None if name is None else getattr(torch, name)


@pytest.mark.parametrize("dtype", DTYPES)
def test_ranges(dtype):
    whole = dtype is not None and "int" in dtype
    for start, end, step in itertools.product(STARTS, ENDS, STEPS):
        same(lambda t, a=(start, end, step): t.arange(*a, dtype=dtype_of(t, dtype)))
        if whole and abs(step) < 1:
            continue  # it is cut to 0, by which PyTorch's process ends
        same(lambda t, a=(start, end, step): t.range(*a, dtype=dtype_of(t, dtype)))


@pytest.mark.parametrize("dtype", DTYPES)
def test_spaces(dtype):
    for start, end in itertools.product((*STARTS, 1j), ENDS):
        for steps in (0, 1, 2, 7, 18):
            same(lambda t, a=(start, end, steps): t.linspace(*a, dtype=dtype_of(t, dtype)))
        for steps, base in itertools.product((0, 1, 4), (10, 2)):
            same(
                lambda t, a=(start, end, steps, base): t.logspace(*a, dtype=dtype_of(t, dtype)),
                close=dtype == "complex64" or start == 1j,  # powers of complex numbers
            )


@pytest.mark.parametrize("number", ODD, ids=str)
def test_odd_numbers(number):
    for dtype in ("int8", "int64", "float16", "float32"):
        if number not in (2**62, 2**63):  # of more elements than there is memory
            same(lambda t, d=dtype: t.arange(number, 5, dtype=dtype_of(t, d)))
        same(lambda t, d=dtype: t.linspace(0, number, 4, dtype=dtype_of(t, d)))
        same(lambda t, d=dtype: t.logspace(0, number, 4, dtype=dtype_of(t, d)))


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16"])
def test_bits(dtype):
    """Of 400 sequences each; 18 % of `linspace` differed where products were rounded."""
    rng = np.random.default_rng(0)
    for _ in range(400):
        start, end = (float(x) for x in rng.normal(size=2) * 10)
        steps, share = int(rng.integers(2, 90)), float(rng.uniform(0.01, 0.5))
        step = share * (end - start)
        same(lambda t, a=(start, end, steps): t.linspace(*a, dtype=dtype_of(t, dtype)))
        same(lambda t, a=(start, end, step): t.arange(*a, dtype=dtype_of(t, dtype)))
        same(lambda t, a=(start / 9, end / 9, steps): t.logspace(*a, dtype=dtype_of(t, dtype)))


def test_bounds_in_tensors():
    same(lambda t: t.arange(t.tensor(1), t.tensor(4.5)))
    same(lambda t: t.linspace(t.tensor(1), t.tensor(4.5), t.tensor(3)))
    same(lambda t: t.linspace(t.tensor([1.0]), 2, 3))
    same(lambda t: t.linspace(0, 1, -1))
    same(lambda t: t.logspace(0, 1, -1))


def test_arguments():
    for call in (
        lambda t: t.arange(np.int64(3)),
        lambda t: t.arange(np.float32(2.5)),
        lambda t: t.arange(1j),
        lambda t: t.arange(end=3),
        lambda t: t.arange(start=1, end=3),
        lambda t: t.arange(True),
        lambda t: t.linspace(start=0, end=1, steps=2),
        lambda t: t.linspace(np.float64(0), 1, np.int64(3)),
    ):
        same(call)
    for call in (
        lambda t: t.arange(),
        lambda t: t.arange(t.tensor([3, 4])),
        lambda t: t.linspace(0, 1),
        lambda t: t.zeros(),
    ):
        for torch in (ours, oracle):
            with pytest.raises(TypeError):
                call(torch)
