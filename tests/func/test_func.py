"""`torch.func`, beside PyTorch's own."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch as real

import funcgrad.torch as ours
from funcgrad import bridge

from .programs import PROGRAMS, V, X

# PyTorch's own forward mode uses what its own compiler has deprecated.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Attempted to insert:UserWarning"),
]


@pytest.mark.parametrize("name", PROGRAMS)
def test_as_pytorch(name):
    given, program = PROGRAMS[name]
    found, expected = program(ours)(ours.tensor(given)), program(real)(real.tensor(given))
    assert str(found.dtype) == str(expected.dtype)
    assert found.requires_grad == expected.requires_grad
    assert tuple(found.shape) == tuple(expected.shape)
    np.testing.assert_allclose(np.asarray(found), expected.numpy(), rtol=2e-5, atol=1e-5)


@pytest.mark.parametrize("name", PROGRAMS)
def test_backward_outside(name):
    """An argument that requires grad outside: the result is part of that graph."""
    given, program = PROGRAMS[name]
    slopes = []
    for t in (ours, real):
        x = t.tensor(given, requires_grad=True)
        result = program(t)(x)
        if result.requires_grad:
            result.cos().sum().backward()
        slopes.append(None if x.grad is None else np.asarray(x.grad))
    if slopes[1] is None or not slopes[1].any():
        assert slopes[0] is None or not slopes[0].any()
    else:
        np.testing.assert_allclose(*slopes, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("mapped", [lambda t, f: f, lambda t, f: t.func.vmap(f)])
def test_a_captured_parameter_gets_its_gradient(mapped):
    slopes = []
    for t in (ours, real):
        w = t.tensor(V, requires_grad=True)
        h = w * 2
        found = mapped(t, t.func.grad(lambda v: (h * w * v**3).sum()))(t.tensor(X))  # noqa: B023
        found.sum().backward()
        slopes.append(np.asarray(w.grad))
    np.testing.assert_allclose(*slopes, rtol=1e-5)


def item(t):
    return t.func.vmap(lambda v: v * v.sum().item())(t.tensor(X))


ERRORS = {
    "not a scalar": (lambda t: t.func.grad(t.sin)(t.tensor(V)), "scalar"),
    "no tensor": (lambda t: t.func.grad(lambda v: 1.0)(t.tensor(V)), "Expected"),
    "integers": (lambda t: t.func.grad(lambda v: v.sum())(t.tensor([1, 2])), "floating"),
    "argnum": (lambda t: t.func.grad(lambda v: v.sum(), 1)(t.tensor(V)), "argnum"),
    "axis": (lambda t: t.func.vmap(t.sin, in_dims=5)(t.tensor(V)), "dimensionality"),
    "scalar": (lambda t: t.func.vmap(t.sin)(t.tensor(1.0)), "dimensionality"),
    "sizes": (lambda t: t.func.vmap(t.add)(t.tensor(V), t.tensor([1.0])), "same size"),
    "a number": (lambda t: t.func.vmap(lambda a, b: a)(t.tensor(V), 2), "non-Tensor"),
    "all None ": (lambda t: t.func.vmap(t.sin, out_dims=None)(t.tensor(V)), "BatchedTensor"),
    "out_dims": (lambda t: t.func.vmap(t.sin, out_dims=(0, 1))(t.tensor(V)), "out_dims"),
    "chunks": (lambda t: t.func.vmap(t.sin, chunk_size=0), "chunk_size"),
    "jacrev chunks": (lambda t: t.func.jacrev(t.sin, chunk_size=0), "chunk_size"),
    "primals": (lambda t: t.func.jvp(t.sin, t.tensor(V), t.tensor(V)), "tuple"),
    "no primals": (lambda t: t.func.jvp(t.sin, (), ()), "at least one Tensor"),
    "structure": (lambda t: t.func.jvp(t.sin, (t.tensor(V),), (1, 2)), "same python"),
    "tangents": (lambda t: t.func.jvp(t.sin, (t.tensor(V),), (1.0,)), "only contain Tensors"),
    "size": (lambda t: t.func.jvp(t.sin, (t.tensor(V),), (t.ones(2),)), "different size"),
    "jvp of integers": (
        lambda t: t.func.jvp(lambda v: v * 1.0, (t.tensor([1]),), (t.tensor([1]),)),
        "floating",
    ),
    "jvp of a number": (
        lambda t: t.func.jvp(lambda v: 1.0, (t.ones(2),), (t.ones(2),)),
        "only ten",
    ),
    "strict": (
        lambda t: t.func.jvp(lambda v: t.ones(1), (t.ones(2),), (t.ones(2),), strict=True),
        "independent",
    ),
    "jvp aux": (
        lambda t: t.func.jvp(t.sin, (t.ones(2),), (t.ones(2),), has_aux=True),
        "should be a tuple",
    ),
    "linear structure": (lambda t: t.func.linearize(t.sin, t.ones(2))[1](), "argspec"),
    "linear shape": (lambda t: t.func.linearize(t.sin, t.ones(2))[1](t.ones(3)), "shape"),
    "linear dtype": (
        lambda t: t.func.linearize(t.sin, t.ones(2))[1](t.ones(2, dtype=t.float64)),
        "dtype",
    ),
    "functionalize": (lambda t: t.func.functionalize(t.sin, remove="x")(t.ones(1)), "remove"),
    "all None": (lambda t: t.func.vmap(t.sin, in_dims=None)(t.tensor(V)), "in_dims"),
    "output": (lambda t: t.func.vmap(lambda v: 1.0)(t.tensor(V)), "must only return Tensors"),
    "randomness": (lambda t: t.func.vmap(lambda v: v + t.rand(1))(t.tensor(V)), "random"),
    "mode": (lambda t: t.func.vmap(t.sin, randomness="x")(t.tensor(V)), "randomness"),
    "item": (item, "item"),
    "two dicts": (
        lambda t: t.func.functional_call(
            t.nn.Linear(1, 1), ({"bias": t.ones(1)}, {"bias": t.ones(1)}), t.ones(1)
        ),
        "multiple dictionaries",
    ),
    "strict call": (
        lambda t: t.func.functional_call(t.nn.Linear(1, 1), {}, t.ones(1), strict=True),
        "Missing key",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    program, words = ERRORS[name]
    with pytest.raises((RuntimeError, ValueError), match=words) as expected:
        program(real)
    with pytest.raises(expected.type, match=words):
        program(ours)


def test_an_edit_of_what_is_captured_is_refused():
    total = ours.zeros(3)
    with pytest.raises(RuntimeError, match="inplace"):
        ours.func.vmap(total.add_)(ours.tensor(X))
    assert total.tolist() == [0, 0, 0]


def network(t):
    t.manual_seed(0)
    return t.nn.Sequential(t.nn.Linear(3, 4), t.nn.Tanh(), t.nn.Linear(4, 1))


def test_gradients_per_sample():
    found = []
    for t in (ours, real):
        model = network(t)
        params = {name: p.detach() for name, p in model.named_parameters()}

        def loss(params, x, t=t, model=model):
            return (t.func.functional_call(model, params, (x,)) ** 2).sum()

        slopes = t.func.vmap(t.func.grad(loss), in_dims=(None, 0))(params, t.tensor(X))
        found.append({name: np.asarray(slope) for name, slope in slopes.items()})
    assert found[0].keys() == found[1].keys()
    for name, slope in found[0].items():
        assert slope.shape[0] == 2
        np.testing.assert_allclose(slope, found[1][name], rtol=1e-4, atol=1e-6)


def test_an_ensemble():
    found = []
    for t in (ours, real):
        t.manual_seed(3)
        models = [t.nn.Linear(3, 2) for _ in range(4)]
        params, buffers = t.func.stack_module_state(models)

        def call(p, x, t=t, model=models[0]):
            return t.func.functional_call(model, p, (x,))

        t.func.vmap(call, in_dims=(0, None))(params, t.tensor(X)).sin().sum().backward()
        assert not buffers
        found.append(np.asarray(params["weight"].grad))
    np.testing.assert_allclose(*found, rtol=1e-4)


def test_an_inner_loop_as_of_maml():
    found = []
    for t in (ours, real):
        model = network(t)

        def loss(params, t=t, model=model):
            return (t.func.functional_call(model, params, (t.tensor(X),)) ** 2).mean()

        params = dict(model.named_parameters())
        for _ in range(2):
            slopes = t.func.grad(loss)(params)
            params = {name: params[name] - 0.1 * slopes[name] for name in params}
        loss(params).backward()
        found.append(np.asarray(model[0].weight.grad))
    np.testing.assert_allclose(*found, rtol=1e-4, atol=1e-6)


def test_buffers_are_edited_where_they_were_given():
    model = ours.nn.BatchNorm1d(3)
    buffers = {name: b.clone() for name, b in model.named_buffers()}
    ours.func.functional_call(model, buffers, ours.tensor(X))
    assert buffers["num_batches_tracked"].item() == 1
    assert model.num_batches_tracked.item() == 0


def test_a_pure_module_trains_with_optax_and_comes_back():
    model = network(ours)
    apply, params = bridge.pure(model)
    x, optimizer = jnp.array(X), optax.sgd(0.1)
    np.testing.assert_allclose(apply(params, x), np.asarray(model(ours.tensor(X)).detach()), 1e-6)

    @jax.jit
    def step(params, state):
        slopes = jax.grad(lambda p: (apply(p, x) ** 2).mean())(params)
        updates, state = optimizer.update(slopes, state)
        return optax.apply_updates(params, updates), state

    state = optimizer.init(params)
    for _ in range(3):
        params, state = step(params, state)
    bridge.load(model, params)
    twin = network(real)
    descent = real.optim.SGD(twin.parameters(), lr=0.1)
    for _ in range(3):
        descent.zero_grad()
        (twin(real.tensor(X)) ** 2).mean().backward()
        descent.step()
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        np.testing.assert_allclose(np.asarray(p.detach()), q.detach().numpy(), 1e-4, 1e-6)
    with pytest.raises(KeyError, match="parameters"):
        bridge.load(model, {})


def test_a_pure_module_leaves_its_buffers():
    model = ours.nn.Sequential(ours.nn.Conv1d(1, 2, 2), ours.nn.BatchNorm1d(2))
    apply, params = bridge.pure(model)
    slopes = jax.jit(jax.grad(lambda p, x: (apply(p, x) ** 3).sum()))(params, jnp.ones((2, 1, 3)))
    assert slopes["0.weight"].shape == (2, 1, 2)
    assert model[1].num_batches_tracked.item() == 0


def test_from_jax_has_every_order():
    cube = bridge.from_jax(lambda tree, n: {"y": jnp.sum(tree["x"] ** 3) * n})
    x = ours.tensor(V, requires_grad=True)
    y = cube({"x": x}, 2)["y"]
    (slope,) = ours.autograd.grad(y, x, create_graph=True)
    (second,) = ours.autograd.grad(slope.sum(), x, create_graph=True)
    second.sum().backward()
    np.testing.assert_allclose(np.asarray(slope.detach()), 6 * np.square(V), 1e-6)
    np.testing.assert_allclose(np.asarray(second.detach()), 12 * np.array(V), 1e-6)
    assert x.grad.tolist() == [12, 12, 12]
    assert y.grad_fn is not None


def test_from_jax_of_integers_and_complex_numbers():
    taken = bridge.from_jax(lambda a, i: a[i])
    x = ours.tensor(V, requires_grad=True)
    taken(x, ours.tensor([0, 0, 2])).sum().backward()
    assert x.grad.tolist() == [2, 0, 1]
    slopes = []
    for t, square in ((ours, bridge.from_jax(lambda z: z * z)), (real, lambda z: z * z)):
        z = t.tensor([1 + 2j], requires_grad=True)
        square(z).real.sum().backward()
        slopes.append(np.asarray(z.grad.resolve_conj()))
    np.testing.assert_allclose(*slopes)


def test_vmap_refuses_values_in_pythons_control_flow():
    with pytest.raises(RuntimeError, match="control flow"):
        ours.func.vmap(lambda v: v if v > 0 else -v)(ours.ones(3))


def test_vmap_refuses_a_tensor_that_requires_grad_and_cannot_be_found():
    class Holder:
        __slots__ = ("weight",)

    holder = Holder()
    holder.weight = ours.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="in_dims None"):
        ours.func.vmap(lambda v: (v * holder.weight).sum())(ours.ones(3, 2))


def test_dropout_of_a_pure_module_is_the_same_in_each_call():
    apply, params = bridge.pure(ours.nn.Sequential(ours.nn.Linear(4, 50), ours.nn.Dropout(0.5)))
    one, two = (np.asarray(apply(params, np.ones((1, 4), np.float32))) for _ in range(2))
    assert (one == two).all() and (one == 0).any() and (one != 0).any()


def test_all_names_but_two_are_there():
    missing = {name for name in real.func.__all__ if not hasattr(ours.func, name)}
    assert missing <= {"debug_unwrap", "rearrange"}
