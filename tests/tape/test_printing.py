"""Tensors print as PyTorch's do."""

import math
from contextlib import contextmanager

import ml_dtypes
import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

import funcgrad.torch as ours

FLOATS = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16,
          "float32": np.float32, "float64": np.float64}  # fmt: skip
COMPLEX = {"complex64": np.float32, "complex128": np.float64}
INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
DTYPES = [*FLOATS, *COMPLEX, *INTEGERS, "bool"]

SPECIAL = [0.0, -0.0, math.inf, -math.inf, math.nan]
# Where the notation changes (how small, how large, how far apart), and what rounds up a digit.
BORDERS = [1e-4, 9.99999e-5, 1.00001e-4, 1e8, 100000008.0, 99999992.0, 1.0, 1000.0, 1001.0,
           999.99, 0.99999, 9.99995, 99999.99995, 5e-324, 1e-45, 1.5e-310, 65504.0]  # fmt: skip
NUMBERS = st.one_of(
    st.sampled_from(SPECIAL),
    st.tuples(st.sampled_from(BORDERS), st.sampled_from([1, -1])).map(math.prod),
    st.integers(-12_000, 12_000).map(float),
    st.tuples(st.floats(-10, 10), st.integers(-12, 12)).map(lambda p: p[0] * 10.0 ** p[1]),
    st.floats(),
)
# Short pools: values that repeat leave more to chance than a few of many kinds.
POOLS = st.lists(NUMBERS, min_size=1, max_size=5)
SHAPES = st.one_of(
    st.lists(st.integers(0, 5), max_size=4),
    st.lists(st.integers(1, 60), max_size=1),
    st.sampled_from(
        [[1001], [1000], [40, 26], [3, 20, 30], [1001, 1], [2, 7, 1, 80], [7, 7, 7, 7]]
    ),
).map(tuple)


@st.composite
def arrays(draw):
    """A dtype's name, and an array of it (NumPy has no bfloat16, complex parts are apart)."""
    name, shape = draw(st.sampled_from(DTYPES)), draw(SHAPES)
    rng = np.random.default_rng(draw(st.integers(0, 9)))

    def filled(pool, dtype):
        with np.errstate(over="ignore"):
            return np.array(pool).astype(dtype)[rng.integers(len(pool), size=shape), ...]

    if name == "bool":
        return name, filled(draw(st.lists(st.booleans(), min_size=1, max_size=2)), bool)
    if name in INTEGERS:
        limits = np.iinfo(name)
        small = st.integers(max(limits.min, -99), 99)
        number = small | st.integers(int(limits.min), int(limits.max))
        pool = np.array(draw(st.lists(number, min_size=1, max_size=4)), name)
        return name, filled(pool, name)
    if name in FLOATS:
        return name, filled(draw(POOLS), FLOATS[name])
    values = np.empty(shape, name)
    values.real, values.imag = (filled(draw(POOLS), COMPLEX[name]) for _ in range(2))
    return name, values


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "precision": st.integers(0, 9),
        "threshold": st.sampled_from([0, 1, 7, 50, 1000, math.inf]),
        "edgeitems": st.integers(0, 4),
        "linewidth": st.integers(0, 120),
        "profile": st.sampled_from(["default", "short", "full", "unknown"]),
        "sci_mode": st.sampled_from([None, True, False]),
    },
)


@contextmanager
def printing(torch, options):
    torch.set_printoptions(**options)
    try:
        yield
    finally:
        torch.set_printoptions(profile="default")


def made(torch, name, values):
    """A tensor of the values, bit for bit."""
    if torch is ours:
        return torch.tensor(values)
    if name == "bfloat16":
        return torch.from_numpy(values.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(values)


def plain(*values, **options):
    """The arguments of an example: float64 values, nothing else of note."""
    return ("float64", np.array(values)), options, False, "float64"


def single(*values):
    """The arguments of an example of float32 values."""
    return ("float32", np.array(values, np.float32)), {}, False, "float32"


# Each just on a border of plain decimals; the summary that shows nothing; lines just too short.
@example(*plain(1.0, 1000.0))
@example(*plain(1e8))
@example(*plain(1e-4, 1e-3))
@example(*plain(5e-324, 1e308))
@example(*single(1e-4))
@example(*plain(1.0, edgeitems=0, threshold=0))
@example(*plain(*[1.0] * 9, linewidth=30))
@given(arrays(), OPTIONS, st.booleans(), st.sampled_from(["float32", "float64", "float16"]))
@settings(max_examples=20 * settings().max_examples)
def test_every_tensor_prints_as_in_pytorch(oracle, array, options, followed, default):
    name, values = array
    shown = []
    for torch in (ours, oracle):
        tensor = made(torch, name, values.copy())
        tensor.requires_grad = followed and name in (*FLOATS, *COMPLEX)
        torch.set_default_dtype(getattr(torch, default))
        try:
            with printing(torch, options):
                shown.append(str(tensor))
        finally:
            torch.set_default_dtype(torch.float32)
    assert shown[0] == shown[1]
