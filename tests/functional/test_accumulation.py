"""`fg.accumulate` and `fg.zero_gradients`: sums over pytrees that a loop can carry."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import funcgrad as fg
from funcgrad.errors import TreeMismatchError

values = st.floats(-100, 100, width=32, allow_subnormal=False)
leaves = arrays(np.float32, array_shapes(min_dims=0, max_dims=2, max_side=3), elements=values)
trees = st.recursive(
    st.none() | leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=5,
)


def cube(x):
    return x**3


def assert_equal_trees(left, right):
    assert jax.tree.structure(left) == jax.tree.structure(right)
    for ours, theirs in zip(jax.tree.leaves(left), jax.tree.leaves(right), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


@given(trees)
def test_none_is_the_neutral_element(tree):
    assert_equal_trees(fg.accumulate(None, tree), tree)
    nones = jax.tree.map(lambda _: None, tree)
    assert_equal_trees(fg.accumulate(nones, tree), tree)
    assert_equal_trees(fg.accumulate(tree, nones), tree)


@given(trees)
def test_zeros_are_neutral_and_sums_are_leaf_by_leaf(tree):
    assert_equal_trees(fg.accumulate(fg.zero_gradients(tree), tree), tree)
    doubled = jax.tree.map(lambda x: x + x, tree)
    assert_equal_trees(fg.accumulate(tree, tree), doubled)


def test_pytorchs_three_backward_calls():
    acc, seen = None, []
    for _ in range(3):
        acc = fg.accumulate(acc, jax.grad(cube)(5.0))
        seen.append(float(acc))
    assert seen == [75, 150, 225]
    cleared = [float(fg.accumulate(fg.zero_gradients(5.0), jax.grad(cube)(5.0))) for _ in range(3)]
    assert cleared == [75, 75, 75]


def test_the_arguments_stay_as_they_were():
    acc, grad = np.array([1.0, 2.0], np.float32), np.array([3.0, 4.0], np.float32)
    first = fg.accumulate(None, grad)
    fg.accumulate(acc, grad)
    np.testing.assert_array_equal(acc, [1, 2])
    grad[:] = 0  # the owner of a NumPy array may write into it
    np.testing.assert_array_equal(first, [3, 4])


@pytest.mark.parametrize("weak_sum", [True, False])
@pytest.mark.parametrize("weak_gradient", [True, False])
def test_the_type_of_a_carry_settles(weak_sum, weak_gradient):
    acc = 0.0 if weak_sum else jnp.float32(0)
    grad = 2.0 if weak_gradient else jnp.float32(2)

    def step(acc):
        return fg.accumulate(acc, grad)

    scanned, _ = jax.lax.scan(lambda acc, _: (step(acc), None), acc, length=3)
    looped = jax.lax.fori_loop(0, 3, lambda _, acc: step(acc), acc)
    chosen = jax.lax.cond(True, step, lambda acc: acc, acc)
    assert (float(scanned), float(looped), float(chosen)) == (6, 6, 2)
    # It settles after one step: a second changes neither dtype nor weak type.
    once = jax.eval_shape(step, acc)
    twice = jax.eval_shape(step, once)
    assert (once.dtype, once.weak_type) == (twice.dtype, twice.weak_type)
    assert once.weak_type == (weak_sum and weak_gradient)


def test_a_scan_over_microbatches_is_the_gradient_of_the_whole():
    params = {"w": jnp.ones((3, 2)), "b": jnp.zeros(2), "step": 0, "frozen": None}
    xs = jax.random.normal(jax.random.key(0), (4, 8, 3))

    def loss(params, x):
        return jnp.mean(jnp.tanh(x @ params["w"] + params["b"]) ** 2)

    grad = jax.grad(loss, allow_int=True)

    @jax.jit
    def accumulated(params, xs):
        def add(acc, x):
            return fg.accumulate(acc, grad(params, x)), None

        return jax.lax.scan(add, fg.zero_gradients(params), xs)[0]

    total = accumulated(params, xs)
    whole = grad(params, xs.reshape(-1, 3))
    assert total["frozen"] is None
    assert total["step"].dtype == jax.dtypes.float0
    for name in ("w", "b"):
        np.testing.assert_allclose(total[name] / 4, whole[name], rtol=1e-5, atol=1e-7)


def test_under_vmap_and_grad():
    sums = jax.vmap(fg.accumulate)(jnp.arange(3.0), jnp.ones(3))
    np.testing.assert_array_equal(sums, [1, 2, 3])
    assert float(jax.grad(lambda a, g: fg.accumulate(a, g) ** 2, 1)(1.0, 2.0)) == 6


def test_a_donated_sum_is_added_in_place():
    acc = jnp.zeros(1000)
    address = acc.unsafe_buffer_pointer()
    total = jax.jit(fg.accumulate, donate_argnums=0)(acc, jnp.ones(1000))
    assert acc.is_deleted()
    assert total.unsafe_buffer_pointer() == address


def test_zeros_are_like_the_parameters():
    mesh = jax.make_mesh((4,), ("data",))
    spread = jax.NamedSharding(mesh, jax.P("data"))
    params = {
        "half": jnp.ones((2, 3), jnp.bfloat16),
        "complex": np.ones(2, np.complex64),
        "weak": 1.5,
        "there": fg.place(np.ones(2), "cpu:2"),
        "spread": fg.place(np.ones(4), spread),
        "described": jax.ShapeDtypeStruct((5,), jnp.float32),
        "none": None,
    }
    zeros = fg.zero_gradients(params)
    assert jax.tree.structure(zeros) == jax.tree.structure(params)
    assert all(not jnp.any(leaf) for leaf in jax.tree.leaves(zeros))
    assert zeros["half"].dtype == jnp.bfloat16
    assert zeros["half"].shape == (2, 3)
    assert zeros["complex"].dtype == jnp.complex64
    assert zeros["weak"].weak_type
    assert zeros["there"].devices() == {fg.device("cpu:2")}
    assert zeros["spread"].sharding.is_equivalent_to(spread, 1)
    assert zeros["described"].shape == (5,)


@pytest.mark.parametrize("leaf", [3, True, np.int8([1, 2]), jax.random.key(0)], ids=str)
def test_what_has_no_gradient_is_float0_as_jax_says(leaf):
    zero = fg.zero_gradients(leaf)
    grad = jax.grad(lambda p: p[0] ** 2, allow_int=True)((1.0, leaf))[1]
    assert zero.dtype == grad.dtype == jax.dtypes.float0
    assert zero.shape == grad.shape
    total, _ = jax.lax.scan(lambda acc, _: (fg.accumulate(acc, grad), None), zero, length=2)
    assert total.dtype == jax.dtypes.float0
    assert fg.accumulate(None, grad).dtype == jax.dtypes.float0


def test_narrower_gradients_add_into_a_wider_sum():
    total = fg.accumulate(jnp.float32(1), jnp.bfloat16(2))
    assert total.dtype == jnp.float32
    assert fg.accumulate(jnp.float16(1), 2.0).dtype == jnp.float16  # a number takes any dtype


@pytest.mark.parametrize(
    ("acc", "grads", "words"),
    [
        ({"w": np.ones(2)}, {"w": np.ones(3)}, r"at \['w'\].*shape \(2,\).*\(3,\)"),
        (np.ones((2, 1)), np.ones(2), r"cannot add: .*shape \(2, 1\)"),
        ([jnp.float16(1)], [jnp.float32(1)], r"at \[0\].*dtype float16.*float32"),
        (jnp.int32(1), jnp.float32(1), "dtype int32"),
        (jnp.float32(1), fg.zero_gradients(1), "float0"),
        ({"w": 1.0}, {"v": 1.0}, "(?s)structure.*'w'.*'v'"),
        ({"w": 1.0}, {"w": [1.0]}, r"(?s)structure.*'w': \*.*'w': \[\*\]"),
        ({"w": [1.0]}, {"w": 1.0}, "structure"),
        ([1.0, 2.0], [1.0], "structure"),
        ({"w": 1.0}, None, "structure"),
    ],
)
def test_what_does_not_fit(acc, grads, words):
    with pytest.raises(TreeMismatchError, match=words):
        fg.accumulate(acc, grads)
    with pytest.raises(ValueError, match="accumulate"):
        jax.jit(fg.accumulate)(acc, grads)
