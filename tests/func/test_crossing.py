"""Functions and modules that cross from one style to the other."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import funcgrad.torch as torch
from funcgrad import bridge

F = torch.nn.functional


def noisy():
    return torch.nn.Sequential(
        torch.nn.Linear(4, 50), torch.nn.BatchNorm1d(50), torch.nn.Dropout(0.5)
    )


def test_a_key_gives_each_call_its_own_numbers():
    apply, params = bridge.pure(torch.nn.Dropout(0.5), key=True)
    assert params == {}
    call = jax.jit(apply)
    masks = [np.asarray(call(params, jax.random.key(i), jnp.ones(200))) for i in (0, 0, 1)]
    assert (masks[0] == masks[1]).all()
    assert (masks[0] != masks[2]).any()
    assert set(np.unique(masks[0])) == {0.0, 2.0}
    assert 60 < (masks[0] > 0).sum() < 140


def test_old_keys_and_batches_of_keys():
    apply, params = bridge.pure(torch.nn.Dropout(0.5), key=True)
    old = apply(params, jax.random.PRNGKey(3), jnp.ones(20))
    assert (old == apply(params, jax.random.key(3), jnp.ones(20))).all()
    rows = jax.vmap(lambda k: apply(params, k, jnp.ones(50)))(jax.random.split(jax.random.key(0)))
    assert (rows[0] != rows[1]).any()


def test_a_module_with_state_trains_in_one_program():
    model, reference = noisy(), noisy()
    model[2].p = reference[2].p = 0.0
    reference.load_state_dict(model.state_dict())
    apply, params, buffers = bridge.pure(model, buffers=True, key=True)
    x = np.random.default_rng(0).normal(size=(8, 4)).astype(np.float32)
    optimizer = optax.sgd(0.1)

    @jax.jit
    def step(params, buffers, state, key):
        def loss(params):
            result, moved = apply(params, buffers, key, x)
            return (result**2).mean(), moved

        slopes, buffers = jax.grad(loss, has_aux=True)(params)
        updates, state = optimizer.update(slopes, state)
        return optax.apply_updates(params, updates), buffers, state

    state = optimizer.init(params)
    descent = torch.optim.SGD(reference.parameters(), lr=0.1)
    for i in range(3):
        params, buffers, state = step(params, buffers, state, jax.random.key(i))
        descent.zero_grad()
        (reference(torch.tensor(x)) ** 2).mean().backward()
        descent.step()
    assert model[1].num_batches_tracked.item() == 0
    bridge.load(model, params, buffers)
    assert model[1].num_batches_tracked.item() == 3
    for (name, one), two in zip(
        model.state_dict().items(), reference.state_dict().values(), strict=True
    ):
        np.testing.assert_allclose(one.numpy(), two.numpy(), 1e-4, 1e-6, err_msg=name)
    with pytest.raises(KeyError, match="buffers"):
        bridge.load(model, params, {})


def test_the_generators_of_a_module_stay():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    apply, params = bridge.pure(torch.nn.Dropout(), key=True)
    apply(params, jax.random.key(0), jnp.ones(3))
    assert (torch.get_rng_state() == before).all()


DRAWN = {
    "rand": lambda: torch.rand(4000),
    "uniform": lambda: torch.empty(4000).uniform_(2, 3),
    "randn": lambda: torch.randn(4000),
    "double": lambda: torch.randn(4000, dtype=torch.float64),
    "normal": lambda: torch.empty(4000).normal_(2.0, 3.0),
    "log_normal": lambda: torch.empty(4000).log_normal_(0.0, 0.5),
    "exponential": lambda: torch.empty(4000).exponential_(2.0),
    "cauchy": lambda: torch.empty(4000).cauchy_().atan(),
    "randint": lambda: torch.randint(3, 9, (4000,)),
    "random": lambda: torch.empty(4000, dtype=torch.int8).random_(),
    "randperm": lambda: torch.randperm(4000),
    "bernoulli_": lambda: torch.empty(4000).bernoulli_(0.3),
    "geometric": lambda: torch.empty(4000).geometric_(0.4),
    "gumbel": lambda: F.gumbel_softmax(torch.zeros(2000, 2)),
}


# These look at what they are given, which has no value while JAX traces.
LOOKING = {
    "bernoulli": lambda: torch.bernoulli(torch.full((4000,), 0.3)),
    "poisson": lambda: torch.poisson(torch.full((4000,), 3.0)),
    "binomial": lambda: torch.binomial(torch.full((4000,), 9.0), torch.full((4000,), 0.3)),
    "multinomial": lambda: torch.multinomial(torch.tensor([1.0, 2.0, 3.0]), 4000, True),
    "permuted": lambda: torch.multinomial(torch.ones(4, 300), 300),
    "rrelu": lambda: F.rrelu(-torch.ones(4000), training=True),
}


@pytest.mark.parametrize("name", [*DRAWN, *LOOKING])
def test_numbers_from_a_key_are_distributed_as_the_generators(name):
    draw = (DRAWN | LOOKING)[name]

    class Drawing(torch.nn.Module):
        def forward(self, x):
            return draw() + 0 * x

    torch.manual_seed(0)
    expected = np.asarray(draw())
    apply, params = bridge.pure(Drawing(), key=True)
    drawn = (jax.jit(apply) if name in DRAWN else apply)(params, jax.random.key(0), jnp.ones(()))
    assert drawn.shape == expected.shape
    for one, two in ((np.mean, np.mean), (np.std, np.std)):
        width = 6 * expected.std() / np.sqrt(expected.size)
        assert abs(one(np.asarray(drawn, float)) - two(expected.astype(float))) <= width


def cube(x):
    return (x**3).sum()


def test_a_function_of_tensors_in_jax():
    f, x = bridge.to_jax(cube), jnp.array([1.0, 2.0])
    np.testing.assert_allclose(jax.jit(f)(x), 9)
    np.testing.assert_allclose(jax.jit(jax.grad(f))(x), [3, 12])
    np.testing.assert_allclose(jax.jacrev(jax.grad(f))(x), [[6, 0], [0, 12]])
    np.testing.assert_allclose(jax.vmap(jax.grad(f))(jnp.ones((2, 3))), np.full((2, 3), 3))


def test_trees_and_what_is_no_array():
    f = bridge.to_jax(lambda d, n, *, scale: {"y": d["a"] * n + d["b"], "z": (d["a"] * scale,)})
    found = jax.jit(lambda d: f(d, 2, scale=3))({"a": jnp.ones(2), "b": jnp.zeros(2)})
    assert found["y"].tolist() == [2, 2]
    assert found["z"][0].tolist() == [3, 3]


def test_a_training_step_in_jax():
    """A step with its own tape inside: `torch.func.grad`, and `backward` on a leaf of its own."""

    def step(w, x):
        w = w.detach().requires_grad_()
        (w * x).pow(2).sum().backward()
        return w.detach() - 0.1 * w.grad

    stepped = jax.jit(bridge.to_jax(step))(jnp.ones(2), jnp.array([1.0, 2.0]))
    np.testing.assert_allclose(stepped, [0.8, 0.2], rtol=1e-6)
    slope = bridge.to_jax(torch.func.grad(cube))
    np.testing.assert_allclose(jax.jit(slope)(jnp.ones(2)), [3, 3])
    push = bridge.to_jax(lambda x: torch.func.jvp(cube, (x,), (x,))[1])
    np.testing.assert_allclose(jax.grad(push)(jnp.ones(2)), [9, 9])


def test_the_tapes_gradient_is_taken():
    class Odd(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 10

    np.testing.assert_allclose(
        jax.grad(bridge.to_jax(lambda x: Odd.apply(x).sum()))(1.0 * jnp.ones(2)), 10
    )


def test_what_a_function_edits_is_put_back():
    total = torch.zeros(2)
    f = jax.jit(bridge.to_jax(lambda x: total.add_(x) * 1))
    assert f(jnp.ones(2)).tolist() == [1, 1]
    assert total.tolist() == [0, 0]
    assert total._version == 0


def test_what_a_name_came_to_stand_for_is_put_back_too():
    held = {}
    f = jax.jit(bridge.to_jax(lambda x: held["total"].add_(x) * 1))
    held["total"] = torch.zeros(2)
    assert f(jnp.ones(2)).tolist() == [1, 1]
    assert held["total"].tolist() == [0, 0]


def test_vmap_needs_no_rule_of_a_function():
    class Doubled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 2

    slopes = torch.func.vmap(torch.func.grad(lambda v: Doubled.apply(v).sum()))(torch.ones(2, 3))
    assert slopes.tolist() == [[2, 2, 2]] * 2


def test_there_and_back():
    f = bridge.from_jax(jax.jit(bridge.to_jax(cube)))
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    f(x).backward()
    assert x.grad.tolist() == [3, 12]


def test_forward_mode_through_a_jax_function():
    f = bridge.from_jax(lambda a: jnp.sin(a) * a)
    x, t = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.5])
    found = torch.func.jvp(lambda v: torch.func.jvp(f, (v,), (t,))[1], (x,), (t,))
    wanted = torch.func.jvp(
        lambda v: torch.func.jvp(lambda u: u.sin() * u, (v,), (t,))[1], (x,), (t,)
    )
    for one, two in zip(found, wanted, strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(two), rtol=1e-5)
