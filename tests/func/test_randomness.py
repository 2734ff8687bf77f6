"""Random numbers inside of `torch.func.vmap`, PyTorch's to the last bit."""

import numpy as np
import pytest
import torch as real

import funcgrad.torch as ours

X = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)


def inner(t, function, randomness):
    return t.func.vmap(function, randomness=randomness)


DRAWS = {
    "rand": lambda t: lambda v: v + t.rand(3),
    "randn": lambda t: lambda v: v + t.randn(5, 3)[4],
    "rand_like": lambda t: lambda v: v * t.rand_like(v),
    "two": lambda t: lambda v: v * t.rand(3) + t.randn(3),
    "integers": lambda t: lambda v: v + t.randint(0, 9, (3,)),
    "dropout": lambda t: lambda v: t.nn.functional.dropout(v, 0.5),
    "dropout backward": lambda t: t.func.grad(
        lambda v: (t.nn.functional.dropout(v, 0.5) * v).sum()
    ),
}


@pytest.mark.parametrize("randomness", ["different", "same"])
@pytest.mark.parametrize("name", DRAWS)
def test_the_numbers_are_pytorchs(name, randomness):
    found = []
    for t in (ours, real):
        t.manual_seed(3)
        result = inner(t, DRAWS[name](t), randomness)(t.tensor(X))
        found.append((np.asarray(result), np.asarray(t.rand(2))))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-6)
    assert (found[0][1] == found[1][1]).all()


@pytest.mark.parametrize("outer", ["different", "same"])
@pytest.mark.parametrize("randomness", ["different", "same"])
def test_one_inside_of_another(outer, randomness):
    found = []
    for t in (ours, real):
        t.manual_seed(3)
        mapped = inner(t, inner(t, lambda v, t=t: v + t.rand(2), randomness), outer)
        found.append(np.asarray(mapped(t.tensor(X))))
    np.testing.assert_allclose(*found, rtol=1e-6)


@pytest.mark.parametrize("randomness", ["different", "same"])
def test_in_chunks(randomness):
    found = []
    for t in (ours, real):
        t.manual_seed(3)
        mapped = t.func.vmap(lambda v, t=t: v + t.rand(3), randomness=randomness, chunk_size=3)
        found.append(np.asarray(mapped(t.tensor(X))))
    np.testing.assert_allclose(*found, rtol=1e-6)


def test_a_backward_pass_sees_the_same_numbers():
    x = ours.tensor(X, requires_grad=True)
    ours.manual_seed(0)
    y = inner(ours, lambda v: ours.nn.functional.dropout(v, 0.5), "different")(x)
    ours.rand(5)
    y.sum().backward()
    np.testing.assert_allclose(np.asarray(y.detach()), X * np.asarray(x.grad))
    assert len(np.unique(np.asarray(x.grad))) == 2


def test_a_generator_of_the_users():
    found = []
    for t in (ours, real):
        generator = t.Generator().manual_seed(5)
        mapped = inner(t, lambda v, t=t, g=generator: v + t.rand(3, generator=g), "different")
        found.append((np.asarray(mapped(t.tensor(X))), np.asarray(t.rand(1, generator=generator))))
    for one, two in zip(*found, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-6)


def test_what_cannot_be_drawn_for_each_example_says_so():
    with pytest.raises(NotImplementedError, match="outside of vmap"):
        inner(ours, lambda v: ours.poisson(ours.ones(3)) + v, "different")(ours.tensor(X))


def test_an_outer_map_forbids():
    for t in (ours, real):
        with pytest.raises(RuntimeError, match="randomness error mode"):
            inner(t, inner(t, lambda v, t=t: v + t.rand(1), "same"), "error")(t.tensor(X))


def test_inside_of_a_compiled_function():
    step = ours.compile(inner(ours, lambda v: v + ours.rand(3), "same"))
    with pytest.warns(UserWarning, match="outside of vmap"):
        assert step(ours.tensor(X)).shape == (4, 3)
