"""The face's random functions: PyTorch's numbers, autograd, errors and generators."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import funcgrad.torch as ours

SIZES = [0, 1, 3, 15, 16, 17, 40]


def outcome(torch, action):
    """What an action gives, as plain values and the stream's state after it."""
    torch.manual_seed(0)
    tensor = action(torch)
    node = tensor.grad_fn.name() if tensor.grad_fn is not None else None
    return (str(tensor.dtype), tuple(tensor.shape), tensor.requires_grad, node, raw(tensor),
            torch.get_rng_state().numpy().tobytes())  # fmt: skip


def raw(tensor):
    """The bytes of a tensor's values, in C order."""
    tensor = tensor.detach().contiguous()
    if tensor.dtype in (ours.bfloat16, ours.float16):
        return tensor.jax().tobytes()
    if "bfloat16" in str(tensor.dtype):  # which NumPy lacks
        tensor = tensor.view(dtype=tensor.new_empty(0).short().dtype)
    return tensor.numpy().tobytes()


FUNCTIONS = {
    "rand": lambda t: t.rand(2, 3),
    "rand of a tuple": lambda t: t.rand((2, 3), dtype=t.float64),
    "rand of a class": lambda t: t.rand(size=(3,), dtype=float),
    "rand that requires grad": lambda t: t.rand(3, requires_grad=True, pin_memory=False),
    "rand into": lambda t: t.rand(2, 3, out=t.empty(2, 3, dtype=t.float64)),
    "rand into an empty one": lambda t: t.rand(2, 3, out=t.empty(0)),
    "rand into a transposed one": lambda t: t.rand(2, 3, out=t.empty(3, 2).t()),
    "rand of bfloat16": lambda t: t.rand(100, dtype=t.bfloat16),
    "randn": lambda t: t.randn(4, 5),
    "randn of complex": lambda t: t.randn(9, dtype=t.complex64),
    "randn of float16": lambda t: t.randn(5, 7, dtype=t.float16),
    "rand_like": lambda t: t.rand_like(t.zeros(2, 3, dtype=t.float64)),
    "rand_like of a view": lambda t: t.rand_like(t.zeros(5, 7).t()),
    "randn_like of a view": lambda t: t.randn_like(t.zeros(5, 7).t()),
    "randn_like of some columns": lambda t: t.randn_like(t.zeros(5, 7)[:, ::2], dtype=t.float64),
    "randint": lambda t: t.randint(10, (2, 3)),
    "randint from": lambda t: t.randint(-3, 10, (2, 3), dtype=t.int8),
    "randint by name": lambda t: t.randint(low=5, high=10, size=(4,)),
    "randint of many": lambda t: t.randint(0, 2**40, [4]),
    "randint of floats": lambda t: t.randint(3, (4,), dtype=t.float32, requires_grad=True),
    "randint into": lambda t: t.randint(3, (4,), out=t.empty(4, dtype=t.int32)),
    "randint_like": lambda t: t.randint_like(t.zeros(3), 5),
    "randint_like of a view": lambda t: t.randint_like(t.zeros(5, 7).t(), 2, 9, dtype=t.int64),
    "randperm": lambda t: t.randperm(20),
    "randperm of floats": lambda t: t.randperm(20, dtype=t.float16),
    "normal of a size": lambda t: t.normal(1.0, 2.0, (17,), dtype=t.float64),
    "normal of means": lambda t: t.normal(t.arange(20.0), 2.0),
    "normal of deviations": lambda t: t.normal(1, t.arange(20.0)),
    "normal of both": lambda t: t.normal(t.arange(20.0), t.arange(1.0, 21)),
    "normal of two shapes": lambda t: t.normal(t.arange(3.0), t.arange(1.0, 13).reshape(4, 3)),
    "normal of two dtypes": lambda t: t.normal(t.arange(20.0), t.arange(20.0, dtype=t.float64) / 3),
    "normal of halves": lambda t: t.normal(t.arange(20.0).half() / 7, t.arange(20.0) / 3),
    "normal into": lambda t: t.normal(t.arange(3.0), 1.0, out=t.empty(3)),
    "normal with a gradient": lambda t: t.normal(t.ones(3, requires_grad=True), t.ones(3)),
    "normal with one of std": lambda t: t.normal(0.0, t.ones(3, requires_grad=True)),
    "normal with one of the mean": lambda t: t.normal(t.ones(3, requires_grad=True), 1.0),
    "bernoulli": lambda t: t.bernoulli(t.linspace(0, 1, 20)),
    "bernoulli of a view": lambda t: t.bernoulli(t.linspace(0, 1, 20).reshape(4, 5).t()),
    "bernoulli with p": lambda t: t.bernoulli(t.zeros(20, dtype=t.int64), 0.3),
    "bernoulli with a gradient": lambda t: t.full((9,), 0.5, requires_grad=True).bernoulli(),
    "bernoulli with p and one": lambda t: t.bernoulli(t.ones(3, requires_grad=True), p=0.3),
    "bernoulli into": lambda t: t.bernoulli(t.full((9,), 0.5), out=t.empty(9)),
    "multinomial": lambda t: t.multinomial(t.arange(10.0), 4),
    "multinomial again": lambda t: t.arange(10.0).multinomial(4, replacement=True),
    "multinomial of rows": lambda t: t.multinomial(t.ones(3, 5), 2, True),
    "multinomial of a view": lambda t: t.multinomial(t.ones(3, 5).t(), 2),
    "multinomial into": lambda t: t.multinomial(t.ones(5), 2, out=t.empty(0, dtype=t.int64)),
    "poisson": lambda t: t.poisson(t.arange(30.0)),
    "poisson with a gradient": lambda t: t.poisson(t.ones(3, requires_grad=True)),
    "binomial": lambda t: t.binomial(t.arange(30.0), t.linspace(0, 1, 30)),
    "binomial with a gradient": lambda t: t.binomial(t.ones(3), t.ones(3, requires_grad=True)),
}  # fmt: skip

TARGETS = {
    "whole": lambda t, dtype: t.zeros(4, 6, dtype=dtype),
    "transposed": lambda t, dtype: t.zeros(4, 6, dtype=dtype).t(),
    "some columns": lambda t, dtype: t.zeros(4, 12, dtype=dtype)[:, ::2],
    "a row": lambda t, dtype: t.zeros(2, 24, dtype=dtype)[1],
    "permuted": lambda t, dtype: t.zeros(2, 3, 4, dtype=dtype).permute(1, 2, 0),
    "few": lambda t, dtype: t.zeros(3, 3, dtype=dtype).t(),
}
EDITS = {
    "uniform_": lambda x: x.uniform_(-0.3, 1.31),
    "normal_": lambda x: x.normal_(0.7, 1.31),
    "log_normal_": lambda x: x.log_normal_(),
    "exponential_": lambda x: x.exponential_(lambd=2),
    "cauchy_": lambda x: x.cauchy_(1, 2),
    "geometric_": lambda x: x.geometric_(p=0.3),
    "random_": lambda x: x.random_(),
    "random_ to": lambda x: x.random_(100),
    "random_ from": lambda x: x.random_(3, 100),
    "random_ open": lambda x: x.random_(3, None),
    "bernoulli_": lambda x: x.bernoulli_(),
    "bernoulli_ with p": lambda x: x.bernoulli_(0.3),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name, oracle):
    assert outcome(ours, FUNCTIONS[name]) == outcome(oracle, FUNCTIONS[name])


@pytest.mark.parametrize("target", TARGETS)
def test_edits_walk_the_memory_as_pytorch_does(target, oracle):
    for name, edit in EDITS.items():

        def whole(t, edit=edit):
            x = TARGETS[target](t, t.float32)
            versions = [x._version]
            edit(x)
            versions.append(x._version)
            assert versions == [0, 1]
            return x if x._base is None else x._base

        assert outcome(ours, whole) == outcome(oracle, whole), name


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "complex64", "int32", "bool"])
def test_edits_in_other_dtypes(dtype, oracle):
    for name, edit in EDITS.items():
        action = lambda t, edit=edit: edit(t.zeros(33, dtype=getattr(t, dtype)))  # noqa: E731
        try:
            wanted = outcome(oracle, action)
        except RuntimeError as error:
            with pytest.raises(type(error)):
                action(ours)
        else:
            assert outcome(ours, action) == wanted, name


def test_probabilities_are_read_in_the_order_of_the_target(oracle):
    def action(t):
        return t.zeros(5, 4).t().bernoulli_(t.linspace(0, 1, 20).reshape(4, 5))

    assert outcome(ours, action) == outcome(oracle, action)


@pytest.mark.parametrize("name", EDITS)
def test_a_draw_has_a_node_and_no_gradient(name, oracle):
    def gradients(torch):
        torch.manual_seed(0)
        leaf = torch.ones(6, requires_grad=True)
        whole, part = leaf * 2, leaf * 3
        EDITS[name](whole)
        EDITS[name](part[:2])
        (whole.sum() + part.sum()).backward()
        nodes = [x.grad_fn.name().rpartition("::")[2] for x in (whole, part)]
        with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
            EDITS[name](leaf)
        with torch.no_grad():
            EDITS[name](leaf)
        return nodes, leaf.grad.tolist(), leaf.tolist(), leaf.requires_grad

    assert gradients(ours) == gradients(oracle)


def test_gradients_of_functions_are_zero_or_refused(oracle):
    for torch in (ours, oracle):
        p = torch.full((3,), 0.5, requires_grad=True)
        for drawn in (torch.bernoulli(p), torch.normal(p, p), torch.poisson(p),
                      torch.zeros(3).bernoulli_(p)):  # fmt: skip
            p.grad = None
            (drawn * p.detach()).sum().backward()
            assert p.grad.tolist() == [0, 0, 0]
        for drawn in (torch.bernoulli(p, 0.5), torch.binomial(torch.ones(3), p)):
            with pytest.raises(RuntimeError, match="is not implemented"):
                drawn.sum().backward()


def test_an_edit_spoils_what_was_saved(oracle):
    for torch in (ours, oracle):
        x = torch.ones(3, requires_grad=True) * 1
        y = x * x
        x.normal_()
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.sum().backward()


ERRORS = {
    "no size": (lambda t: t.rand(), "invalid combination of arguments"),
    "a size that is no integer": (lambda t: t.rand(2.5), "must be tuple of ints, not float"),
    "a negative size": (lambda t: t.rand(-1), "negative dimension -1"),
    "an unknown word": (lambda t: t.rand_like(t.ones(1), size=3), "size"),
    "no generator": (lambda t: t.rand(2, generator=3), "generator"),
    "rand of integers": (lambda t: t.rand(2, dtype=t.int64), "not implemented for 'Long'"),
    "randn of integers": (lambda t: t.randn(2, dtype=t.int32), "not implemented for 'Int'"),
    "out of another dtype": (lambda t: t.rand(2, dtype=t.float32, out=t.empty(2).double()),
                             "does not match dtype of out parameter"),
    "out with a gradient": (lambda t: t.rand(2, out=t.ones(2, requires_grad=True)),
                            "don't support automatic differentiation"),
    "no tensor": (lambda t: t.randn_like(3), "must be Tensor, not int"),
    "randint without a size": (lambda t: t.randint(3), "invalid combination of arguments"),
    "randint with a loose size": (lambda t: t.randint(3, 2), "must be tuple of ints, not int"),
    "randint of nothing": (lambda t: t.randint(3, 3, (2,)), "got from=3 >= to=3"),
    "randint to a float": (lambda t: t.randint(1.5, (2,)), "must be int, not float"),
    "randint of too many": (lambda t: t.randint(300, (2,), dtype=t.uint8), "out of bounds"),
    "randint beyond": (lambda t: t.randint(2**63, (2,)), "Overflow when unpacking long"),
    "randint of complex": (lambda t: t.randint(5, (2,), dtype=t.complex64), "handles only"),
    "integers with a gradient": (lambda t: t.randint(3, (2,), requires_grad=True),
                                 "can require gradients"),
    "randint_like without a bound": (lambda t: t.randint_like(t.ones(1)), "invalid combination"),
    "a negative length": (lambda t: t.randperm(-1), "negative dimension -1"),
    "a length that is no integer": (lambda t: t.randperm(2.0), "must be int, not float"),
    "randperm of bool": (lambda t: t.randperm(2, dtype=t.bool), "not implemented for 'Bool'"),
    "randperm of bytes": (lambda t: t.randperm(300, dtype=t.uint8), "without overflow"),
    "randperm of halves": (lambda t: t.randperm(3000, dtype=t.float16), "cannot be greater than"),
    "normal of two numbers": (lambda t: t.normal(0.0, 1.0), "invalid combination of arguments"),
    "normal of means and a size": (lambda t: t.normal(t.ones(1), 1.0, (1,)), "invalid combination"),
    "a negative deviation": (lambda t: t.normal(0.0, -1.0, (2,)), "std >= 0.0, but found std -1"),
    "one of all negative": (lambda t: t.normal(0.0, -t.ones(2)), "all elements of std >= 0.0"),
    "normal of integers": (lambda t: t.normal(t.arange(3), 1.0), "not implemented for 'Long'"),
    "bernoulli of integers": (lambda t: t.bernoulli(t.arange(2)), "not implemented for 'Long'"),
    "bernoulli beyond one": (lambda t: t.bernoulli(t.ones(2) * 2), "p_in >= 0 && p_in <= 1"),
    "bernoulli_ beyond one": (lambda t: t.ones(2).bernoulli_(1.5), r"in \[0, 1\], but got p=1.5"),
    "bernoulli_ that does not fit": (lambda t: t.ones(3).bernoulli_(t.ones(2)), "must match"),
    "bernoulli_ of text": (lambda t: t.ones(3).bernoulli_("a"), "str"),
    "poisson below 0": (lambda t: t.poisson(-t.ones(1)), "expected rate to be non-negative"),
    "poisson of integers": (lambda t: t.poisson(t.arange(2)), "not implemented for 'Long'"),
    "binomial of two dtypes": (lambda t: t.binomial(t.ones(1), t.ones(1).double()), "expected"),
    "multinomial of none": (lambda t: t.multinomial(t.ones(3), 0), "n_sample <= 0"),
    "multinomial of too many": (lambda t: t.multinomial(t.ones(3), 4), "without replacement"),
    "multinomial of zeros": (lambda t: t.multinomial(t.zeros(3), 1), "sum of probabilities <= 0"),
    "multinomial below 0": (lambda t: t.multinomial(-t.ones(3), 1, True), "element < 0"),
    "multinomial of inf": (lambda t: t.multinomial(t.ones(3) / 0, 1), "contains either `inf`"),
    "multinomial of blocks": (lambda t: t.multinomial(t.ones(2, 2, 2), 1), "1 or 2 dim"),
    "multinomial of integers": (lambda t: t.multinomial(t.arange(3), 1), "floating-point dtypes"),
    "multinomial of a fraction": (lambda t: t.multinomial(t.ones(3), 2.0), "must be int"),
    "multinomial into floats": (lambda t: t.multinomial(t.ones(3), 1, out=t.empty(1)),
                                "expects Long tensor out"),
    "uniform_ the wrong way": (lambda t: t.ones(2).uniform_(1, 0), "found from=1 > to=0"),
    "uniform_ to infinity": (lambda t: t.ones(2).uniform_(0, float("inf")), "to is out of bounds"),
    "uniform_ too wide": (lambda t: t.ones(2).uniform_(-3e38, 3e38), "exceed the limit"),
    "uniform_ by another name": (lambda t: t.ones(2).uniform_(a=1), "unexpected keyword argument"),
    "uniform_ of too many": (lambda t: t.ones(2).uniform_(0, 1, 2), "positional arguments"),
    "uniform_ of text": (lambda t: t.ones(2).uniform_("a"), "must be float, not str"),
    "normal_ of a tensor": (lambda t: t.ones(2).normal_(t.ones(2)), "must be float, not Tensor"),
    "normal_ below 0": (lambda t: t.ones(2).normal_(0, -1), "found std -1"),
    "exponential_ of 0": (lambda t: t.ones(2).exponential_(0), "found lambda=0"),
    "log_normal_ of 0": (lambda t: t.ones(2).log_normal_(0, 0), "found std=0"),
    "cauchy_ of 0": (lambda t: t.ones(2).cauchy_(0, 0), "found sigma=0"),
    "geometric_ of 1": (lambda t: t.ones(2).geometric_(1), r"in \(0, 1\), but got p=1"),
    "random_ of nothing": (lambda t: t.ones(2).random_(0), "got from=0 >= to=0"),
    "random_ of a float": (lambda t: t.ones(2).random_(3.5), "invalid combination"),
    "random_ of a bool": (lambda t: t.ones(2).random_(True), "invalid combination"),
    "an expanded target": (lambda t: t.ones(1).expand(3).normal_(), "more than one element"),
    "a seed of 65 bits": (lambda t: t.manual_seed(2**64), "Overflow when unpacking long"),
    "a seed that is no number": (lambda t: t.manual_seed("a"), "invalid literal"),
    "a generator's seed": (lambda t: t.Generator().manual_seed(1.5), "expected a long"),
    "a state that is short": (lambda t: t.set_rng_state(t.zeros(3, dtype=t.uint8)), "size 5056"),
    "a state of floats": (lambda t: t.set_rng_state(t.zeros(5056)), "must be a torch.ByteTensor"),
    "a state that is a list": (lambda t: t.Generator().set_state([1]), "torch.ByteTensor"),
    "a device that is none": (lambda t: t.Generator("bad"), "device type"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_pytorchs(name, oracle):
    action, words = ERRORS[name]
    with pytest.raises(Exception, match=words) as theirs:
        action(oracle)
    with pytest.raises(theirs.type, match=words) as found:
        action(ours)
    assert found.type is theirs.type


@pytest.mark.parametrize("seed", [0, 1, 42, 2**31, 2**40 + 7, -1, "3", 1.7, True])
def test_seeds(seed, oracle):
    def values(torch):
        generator = torch.manual_seed(seed)
        assert generator is torch.default_generator is torch.random.default_generator
        return [torch.initial_seed(), torch.random.initial_seed(), *torch.rand(3).tolist()]

    assert values(ours) == values(oracle)


def test_entropy():
    assert ours.seed() == ours.initial_seed() != ours.seed()


def test_a_generator_is_a_stream_of_its_own(oracle):
    def draws(torch):
        torch.manual_seed(0)
        generator = torch.Generator(device="cpu").manual_seed(7)
        first = [torch.randn(3, generator=generator), torch.empty(3).normal_(generator=generator)]
        for other in (copy.deepcopy(generator), generator.clone_state(),
                      pickle.loads(pickle.dumps(generator))):  # fmt: skip
            assert other is not generator
            first.append(torch.randn(3, generator=other))
        first += [torch.rand(2), torch.randperm(5, generator=generator)]
        assert generator.set_state(generator.get_state()) is generator
        assert repr(generator).startswith("<torch._C.Generator object at 0x")
        return [x.tolist() for x in first], generator.initial_seed(), str(generator.device)

    assert draws(ours) == draws(oracle)


def test_states_go_over_to_pytorch_and_back(oracle):
    ours.manual_seed(5)
    ours.randn(3)
    oracle.set_rng_state(oracle.from_numpy(ours.get_rng_state().numpy().copy()))
    assert oracle.randn(4).tolist() == ours.randn(4).tolist()
    state = ours.tensor(oracle.get_rng_state().numpy())
    ours.rand(7)
    ours.random.set_rng_state(state)
    assert oracle.rand(4).tolist() == ours.rand(4).tolist()


@pytest.mark.parametrize("options", [{}, {"devices": []}, {"enabled": False}])
def test_a_fork_leaves_the_stream_as_it_was(options, oracle):
    def draws(torch):
        torch.manual_seed(3)
        with torch.random.fork_rng(**options):
            first = torch.rand(3).tolist()
        try:
            with torch.random.fork_rng(**options):
                torch.manual_seed(9)
                raise KeyError
        except KeyError:
            return first, torch.rand(3).tolist()

    assert draws(ours) == draws(oracle)


def test_seeds_of_gpus_without_one(oracle):
    for torch in (ours, oracle):
        torch.manual_seed(0)
        torch.cuda.manual_seed(3)
        torch.cuda.manual_seed_all(3)
        torch.cuda.seed()
        torch.cuda.seed_all()
        torch.cuda.set_rng_state_all(torch.cuda.get_rng_state_all())
        assert torch.initial_seed() == 0
        with pytest.raises(AssertionError, match="not compiled with CUDA"):
            torch.cuda.get_rng_state()


@pytest.fixture
def two_gpus(monkeypatch):
    """Two devices that are not there: enough to seed generators, which live on the host."""
    monkeypatch.setattr("funcgrad.tape.devices.Device.jax", lambda self: None)
    monkeypatch.setattr("funcgrad.tape.random.gpus.gpus", lambda: [0, 1])
    monkeypatch.setattr("funcgrad.torch.random.gpus", lambda: [0, 1])
    monkeypatch.setattr("funcgrad.tape.random.generator._others", {})


@pytest.mark.usefixtures("two_gpus")
def test_each_gpu_has_a_generator_of_its_own():
    def seeded(seed):
        return ours.Generator().manual_seed(seed).get_state().tolist()

    def states():
        return [state.tolist() for state in ours.cuda.get_rng_state_all()]

    ours.manual_seed(1)
    assert states() == [seeded(1), seeded(1)]
    ours.cuda.manual_seed(2)
    assert states() == [seeded(2), seeded(1)]
    ours.cuda.manual_seed_all(3)
    assert (states(), ours.cuda.initial_seed()) == ([seeded(3), seeded(3)], 3)
    with ours.random.fork_rng():
        ours.manual_seed(4)
        ours.cuda.seed()
    assert states() == [seeded(3), seeded(3)]
    ours.cuda.set_rng_state(ours.Generator().manual_seed(5).get_state(), "cuda:1")
    assert states() == [seeded(3), seeded(5)]
    ours.cuda.seed_all()
    assert states()[0] == states()[1] != seeded(3)
    assert ours.initial_seed() == 1
    ours.manual_seed(6)
    assert states() == [seeded(6), seeded(6)]
    ours.cuda.set_rng_state_all([ours.Generator().manual_seed(7).get_state()] * 2)
    assert states() == [seeded(7), seeded(7)]
    with pytest.raises(RuntimeError, match="Expected a 'cpu' device type for generator"):
        ours.rand(2, generator=ours.Generator("cuda"))


sizes = st.sampled_from(SIZES)
floating = st.sampled_from(["float32", "float64", "float16", "bfloat16"])
# One draw: its name, a size and a dtype.
DRAWS = {
    "rand": lambda t, n, d: t.rand(n, dtype=d),
    "randn": lambda t, n, d: t.randn(n, dtype=d),
    "randint": lambda t, n, d: t.randint(-100, 200, (n,), dtype=d),
    "randint of many": lambda t, n, d: t.randint(2**40, (n,)),
    "randperm": lambda t, n, d: t.randperm(n),
    "normal": lambda t, n, d: t.normal(0.3, 1.7, (n,), dtype=d),
    "uniform_": lambda t, n, d: t.empty(n, dtype=d).uniform_(-0.3, 1.7),
    "log_normal_": lambda t, n, d: t.empty(n, dtype=d).log_normal_(0, 1),
    "exponential_": lambda t, n, d: t.empty(n, dtype=d).exponential_(),
    "geometric_": lambda t, n, d: t.empty(n, dtype=d).geometric_(0.3),
    "random_": lambda t, n, d: t.empty(n, dtype=d).random_(),
    "poisson": lambda t, n, d: t.poisson(t.full((n,), 3.0, dtype=d)),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(DRAWS)), sizes, floating), max_size=12),
       st.integers(0, 2**32))  # fmt: skip
def test_any_sequence_of_draws_is_pytorchs(oracle, draws, seed):
    found = []
    for torch in (ours, oracle):
        torch.manual_seed(seed)
        made = [DRAWS[name](torch, n, getattr(torch, dtype)) for name, n, dtype in draws]
        found.append(([raw(x) for x in made], torch.get_rng_state().numpy().tobytes()))
    assert found[0] == found[1]
