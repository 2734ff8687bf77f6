"""Every draw equals PyTorch's to the last bit, and leaves the stream where PyTorch leaves it."""

import ml_dtypes
import numpy as np
import pytest

from funcgrad.streams import Generator

SIZES = [0, 1, 2, 15, 16, 17, 31, 32, 33, 100, 1000, 100_003]
FLOATS = ["float32", "float64", "float16", "bfloat16"]
INTEGERS = ["int8", "uint8", "int16", "int32", "int64", "bool"]
# Bounds and moments that a product and a sum round differently if each is rounded.
LOW, HIGH, MEAN, STD = -0.3, 1.31, 0.7, 1.31

CONTINUOUS = {
    "rand": (lambda g, n, d: g.rand(n, dtype=d), lambda x: x.uniform_()),
    "uniform": (lambda g, n, d: g.uniform(LOW, HIGH, n, d), lambda x: x.uniform_(LOW, HIGH)),
    "randn": (lambda g, n, d: g.randn(n, dtype=d), lambda x: x.normal_()),
    "normal": (lambda g, n, d: g.normal(MEAN, STD, n, d), lambda x: x.normal_(MEAN, STD)),
    "scaled": (lambda g, n, d: g.normal(0, STD, n, d), lambda x: x.normal_(0, STD)),
    "constant": (lambda g, n, d: g.normal(MEAN, 0, n, d), lambda x: x.normal_(MEAN, 0)),
    "exponential": (lambda g, n, d: g.exponential(STD, n, d), lambda x: x.exponential_(STD)),
    "log_normal": (lambda g, n, d: g.log_normal(MEAN, STD, n, d),
                   lambda x: x.log_normal_(MEAN, STD)),
    "cauchy": (lambda g, n, d: g.cauchy(MEAN, STD, n, d), lambda x: x.cauchy_(MEAN, STD)),
    "geometric": (lambda g, n, d: g.geometric(0.31, n, d), lambda x: x.geometric_(0.31)),
    "bernoulli": (lambda g, n, d: g.bernoulli(0.31, n, d), lambda x: x.bernoulli_(0.31)),
    "random": (lambda g, n, d: g.random(n, d), lambda x: x.random_()),
    "randint": (lambda g, n, d: g.randint(-5, 100, n, d), lambda x: x.random_(-5, 100)),
}  # fmt: skip
RANGES = [(0, 1), (0, 2), (-5, 100), (3, 2**28 + 2), (3, 2**28 + 3), (-(2**31), 2**31),
          (0, 2**33 + 3), (-(2**62), 2**62), (-(2**63), 2**63 - 1), (5, None), (-3, None),
          (-(2**63), None), (0, 65504), (2**24 + 1, 2**25 + 5), (-(2**53) - 5, 2**60),
          (7, 7), (9, 3)]  # fmt: skip


def numpy_dtype(name):
    return np.dtype(getattr(ml_dtypes, name, name))


def bits(tensor):
    """A PyTorch tensor as a NumPy array; bfloat16, which NumPy lacks, by its bits."""
    if str(tensor.dtype) == "torch.bfloat16":
        import torch

        return tensor.view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return tensor.numpy()


def assert_same(ours, theirs, stream, torch, what):
    theirs = bits(theirs)
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), what
    differ = np.flatnonzero(np.frombuffer(ours.tobytes(), np.uint8)
                            != np.frombuffer(theirs.tobytes(), np.uint8))  # fmt: skip
    assert differ.size == 0, f"{what}: first at value {differ[0] // ours.itemsize}"
    assert np.array_equal(stream.get_state(), torch.get_rng_state().numpy()), f"{what}: stream"


@pytest.fixture(params=CONTINUOUS)
def draw(request):
    """The two ways to a draw."""
    return request.param, *CONTINUOUS[request.param]


def test_draws_of_every_size_and_dtype(draw, oracle):
    name, ours, theirs = draw
    for k, dtype in enumerate(FLOATS):
        for seed in range(5 * k, 5 * k + 5):
            stream = Generator(seed)
            oracle.manual_seed(seed)
            for n in SIZES if seed % 5 == 0 else SIZES[:-2]:
                target = oracle.empty(n, dtype=getattr(oracle, dtype))
                assert_same(ours(stream, n, numpy_dtype(dtype)), theirs(target), stream, oracle,
                            f"{name} {dtype} {n} from seed {seed}")  # fmt: skip


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_draws(dtype, oracle):
    stream = Generator(3)
    oracle.manual_seed(3)
    theirs = getattr(oracle, dtype)
    for n in SIZES:
        what = f"{dtype} {n}"
        assert_same(stream.rand(n, dtype=dtype), oracle.rand(n, dtype=theirs), stream, oracle, what)
        assert_same(
            stream.randn(n, dtype=dtype), oracle.randn(n, dtype=theirs), stream, oracle, what
        )


def test_a_million_normals(oracle):
    oracle.manual_seed(1)
    stream = Generator(1)
    assert_same(stream.randn(1000, 1000), oracle.randn(1000, 1000), stream, oracle, "randn")


def test_serial_normals_are_those_of_a_strided_tensor(oracle):
    stream = Generator(4)
    oracle.manual_seed(4)
    for n in (2, 16, 17, 33):
        for dtype in FLOATS:
            target = oracle.empty(2 * n, dtype=getattr(oracle, dtype))[::2].normal_(MEAN, STD)
            ours = stream.normal(MEAN, STD, n, numpy_dtype(dtype), serial=True)
            assert_same(ours, target.contiguous(), stream, oracle, f"{dtype} {n}")


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
def test_integers_of_every_range(dtype, oracle):
    stream, theirs = Generator(7), getattr(oracle, dtype)
    oracle.manual_seed(7)
    drawn = stream.random(100, numpy_dtype(dtype))
    assert_same(drawn, oracle.empty(100, dtype=theirs).random_(), stream, oracle, "random")
    for low, high in RANGES:
        state = stream.get_state()
        try:
            wanted = oracle.empty(50, dtype=theirs).random_(low, high)
        except RuntimeError as error:  # NotImplementedError is one
            with pytest.raises(type(error)):
                stream.randint(low, high, 50, numpy_dtype(dtype))
            stream.set_state(state)
            continue
        except UserWarning:  # PyTorch's own, of a range too wide for the dtype
            with pytest.raises(UserWarning, match="out of bounds"):
                stream.randint(low, high, 50, numpy_dtype(dtype))
            oracle.set_rng_state(oracle.from_numpy(state))
            continue
        drawn = stream.randint(low, high, 50, numpy_dtype(dtype))
        assert_same(drawn, wanted, stream, oracle, f"[{low}, {high})")


def test_permutations(oracle):
    stream = Generator(5)
    oracle.manual_seed(5)
    for n in [*range(20), 1000, 100_003]:
        assert_same(stream.randperm(n), oracle.randperm(n), stream, oracle, f"randperm {n}")
    with pytest.raises(ValueError, match="too long"):
        stream.randperm(2**28)


@pytest.mark.parametrize("dtype", FLOATS)
def test_bernoulli_with_a_probability_for_each(dtype, oracle):
    stream = Generator(6)
    oracle.manual_seed(6)
    p = np.linspace(0, 1, 1001).astype(numpy_dtype(dtype))
    theirs = oracle.from_numpy(p.astype(np.float64)).to(getattr(oracle, dtype))
    drawn = stream.bernoulli(p, dtype=p.dtype)
    assert_same(drawn, oracle.bernoulli(theirs), stream, oracle, dtype)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("replacement", [False, True])
def test_multinomial(dtype, replacement, oracle):
    weights = np.random.RandomState(0).rand(7, 50).astype(numpy_dtype(dtype))
    theirs = oracle.from_numpy(weights.astype(np.float64)).to(getattr(oracle, dtype))
    stream = Generator(8)
    oracle.manual_seed(8)
    for ours, wanted in [(weights, theirs), (weights[0], theirs[0]), (weights.T, theirs.T)]:
        for samples in (1, 5):
            drawn = stream.multinomial(ours, samples, replacement)
            assert_same(drawn, oracle.multinomial(wanted, samples, replacement), stream, oracle,
                        f"{dtype} {ours.shape} {samples}")  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_counts(dtype, oracle):
    random = np.random.RandomState(0)
    rate = np.concatenate([random.rand(200) * 10, random.rand(500) * 1000, [0, 10, 9.999, 1e6]])
    count = np.concatenate([random.randint(0, 50, 300), random.randint(0, 5000, 500)])
    p = np.concatenate([[0, 1, 0.5], random.rand(797)])
    rate, count, p = (values.astype(dtype) for values in (rate, count, p))
    stream = Generator(9)
    oracle.manual_seed(9)
    drawn = stream.poisson(rate)
    assert_same(drawn, oracle.poisson(oracle.from_numpy(rate)), stream, oracle, "poisson")
    wanted = oracle.binomial(oracle.from_numpy(count), oracle.from_numpy(p))
    assert_same(stream.binomial(count, p), wanted, stream, oracle, "binomial")
