"""`fg.derivative` against closed forms, NumPy's polynomials, and JAX's own nesting."""

import math
from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import funcgrad as fg

small = st.floats(-2, 2, allow_subnormal=False)


@pytest.fixture(autouse=True)
def _float64():
    # Orders up to seven lose a digit or two each: the mathematics is under test, not float32.
    with jax.enable_x64(True):
        yield


# Compiled once per order and shape: a property draws many values, and each would compile again.
@cache
def polynomial(order):
    return jax.jit(lambda c, x: fg.derivative(lambda x: jnp.polyval(c, x), order)(x))


@given(st.lists(small, min_size=8, max_size=8), small, st.integers(0, 6))
def test_polynomials_have_numpys_derivatives(coefficients, x, order):
    expected = np.polyval(np.polyder(np.poly1d(coefficients), order), x)
    result = polynomial(order)(np.array(coefficients), x)
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-9)


@cache
def elementary(order):
    return jax.jit(
        lambda x, y: (
            [fg.derivative(f, order)(x) for f in (jnp.exp, jnp.sin)]
            + [fg.derivative(jnp.log, order)(y)]
        )
    )


@pytest.mark.parametrize("order", range(8))
@given(x=small)
def test_closed_forms(order, x):
    y = abs(x) + 0.5
    exp, sin, log = elementary(order)(x, y)
    np.testing.assert_allclose(exp, math.exp(x), rtol=1e-13)
    np.testing.assert_allclose(sin, math.sin(x + order * math.pi / 2), atol=1e-13)
    # log: (−1)ⁿ⁻¹ (n − 1)! / xⁿ, from the first order on
    expected = (-1) ** (order - 1) * math.factorial(order - 1) / y**order if order else math.log(y)
    np.testing.assert_allclose(log, expected, rtol=1e-11, atol=1e-14)


def test_the_numbers_of_the_documents():
    assert float(fg.derivative(lambda x: x**2)(4.0)) == 8
    assert [float(fg.derivative(lambda x: x**3, n)(2.0)) for n in (1, 2, 3)] == [12, 12, 6]
    assert float(fg.derivative(lambda x: (x**3) ** 2)(5.0)) == 18750


def quadratic(x, a, b):
    return jnp.sin(x) @ a @ x + b @ x


@jax.jit
def ours(x, a, b):
    return [fg.derivative(quadratic, order)(x, a, b) for order in (1, 2, 3)]


@jax.jit
def jaxs(x, a, b):
    third = jax.jacrev(jax.jacrev(jax.jacrev(quadratic)))
    return [f(x, a, b) for f in (jax.grad(quadratic), jax.hessian(quadratic), third)]


@given(
    st.sampled_from([1, 3]).flatmap(
        lambda n: st.tuples(*(arrays(float, shape, elements=small) for shape in (n, (n, n), n)))
    )
)
def test_of_a_vector_it_is_the_gradient_the_hessian_and_so_on(case):
    for order, (left, right) in enumerate(zip(ours(*case), jaxs(*case), strict=True), 1):
        assert left.shape == case[0].shape * order
        np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(left, left.swapaxes(0, -1), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("inputs", "outputs"), [(2, 5), (5, 2), (3, 3), (1, 4), (4, 1)])
def test_vector_outputs_in_either_mode(inputs, outputs):
    matrix = np.arange(1.0, 1 + inputs * outputs).reshape(outputs, inputs)
    x = np.linspace(0.1, 1, inputs)

    def f(x):
        return jnp.tanh(matrix @ x)

    for order, nested in [(1, jax.jacrev(f)), (2, jax.jacfwd(jax.jacrev(f)))]:
        result = fg.derivative(f, order)(x)
        assert result.shape == (outputs,) + (inputs,) * order
        np.testing.assert_allclose(result, nested(x), rtol=1e-12, atol=1e-12)


def tree_function(p):
    return {"y": jnp.sum(p["w"] ** 3) * p["b"], "z": p["w"] * p["b"] ** 2}


@pytest.mark.parametrize("order", [1, 2, 3])
def test_pytrees_nest_as_jax_nests_them(order):
    params = {"w": jnp.array([1.0, 2.0]), "b": jnp.array(3.0)}
    nested = tree_function
    for _ in range(order):
        nested = jax.jacfwd(nested)
    assert_same_trees(fg.derivative(tree_function, order)(params), nested(params))


@pytest.mark.parametrize("order", [1, 2])
def test_a_tree_of_one_scalar_nests_like_any_other(order):
    def f(p):
        return [p["x"] ** 3, jnp.stack([p["x"], p["x"] ** 2])]

    nested = jax.jacfwd(f) if order == 1 else jax.jacfwd(jax.jacfwd(f))
    assert_same_trees(fg.derivative(f, order)({"x": 2.0}), nested({"x": 2.0}))


@pytest.mark.parametrize("argnums", [0, 1, -1, (0,), (0, 1), (1, 0), [1]])
@pytest.mark.parametrize("order", [1, 2])
def test_several_arguments(argnums, order):
    def f(x, y, *, scale):
        return scale * x**2 * jnp.sum(y**3)

    args = (jnp.array(2.0), jnp.array([1.0, 3.0]))
    g = partial(f, scale=0.5)
    argnums_of_jax = tuple(argnums) if isinstance(argnums, list) else argnums
    expected = jax.jacrev(g, argnums_of_jax)
    if order == 2:
        expected = jax.jacfwd(expected, argnums_of_jax)
    assert_same_trees(fg.derivative(f, order, argnums)(*args, scale=0.5), expected(*args))


def test_mixed_derivatives_by_nesting():
    mixed = fg.derivative(fg.derivative(lambda x, y: x**2 * y**3, argnums=0), 2, argnums=1)
    assert float(mixed(5.0, 7.0)) == 2 * 5 * 6 * 7


def test_complex_outputs_of_real_inputs():
    wave = fg.derivative(lambda t: jnp.exp(1j * t), 3)
    np.testing.assert_allclose(wave(0.3), -1j * np.exp(0.3j), rtol=1e-13)
    several = fg.derivative(lambda t: jnp.exp(1j * jnp.sum(t)))
    np.testing.assert_allclose(several(np.full(3, 0.1)), np.full(3, 1j * np.exp(0.3j)), rtol=1e-13)


def test_under_jit_vmap_and_further_derivatives():
    f = fg.derivative(lambda x: x**5, 3)
    xs = jnp.linspace(-1, 1, 7)
    np.testing.assert_allclose(jax.jit(jax.vmap(f))(xs), 60 * xs**2, atol=1e-13)
    np.testing.assert_allclose(jax.vmap(jax.grad(f))(xs), 120 * xs, atol=1e-13)
    per_sample = jax.vmap(fg.derivative(lambda w, x: (w @ x) ** 2), in_axes=(None, 0))
    np.testing.assert_allclose(per_sample(jnp.ones(2), jnp.eye(2)), 2 * np.eye(2))


def test_inside_a_scan():
    def descend(x, _):
        newton = fg.derivative(jnp.cosh)(x) / fg.derivative(jnp.cosh, 2)(x)
        return x - newton, x

    assert abs(float(jax.lax.scan(descend, 1.0, length=8)[0])) < 1e-15


def test_loops_and_custom_rules():
    @jax.custom_vjp
    def cube(x):
        return x**3

    cube.defvjp(lambda x: (x**3, x), lambda x, ct: (3 * x * x * ct,))
    assert [float(fg.derivative(cube, n)(2.0)) for n in range(4)] == [8, 12, 12, 6]

    def doubled(x):  # forward, as reverse mode does not go through a while loop
        return jax.lax.while_loop(lambda y: jnp.linalg.norm(y) < 100, lambda y: 2 * y, x)

    np.testing.assert_array_equal(fg.derivative(doubled)(jnp.array([3.0, 4.0])), 32 * np.eye(2))


def test_order_zero_is_the_function_itself():
    assert fg.derivative(jnp.sin, 0) is jnp.sin
    assert fg.derivative(jnp.sin, np.int64(0)) is jnp.sin


def test_it_keeps_the_name_and_the_signature():
    def loss(w, /, x, *, scale=1.0):
        """A loss."""

    assert fg.derivative(loss).__name__ == "loss"
    assert fg.derivative(loss).__doc__ == "A loss."


def test_float32_stays_float32_and_weak_stays_weak():
    with jax.enable_x64(False):
        derivative = fg.derivative(jnp.tanh, 2)
        assert derivative(jnp.float32(0.5)).dtype == jnp.float32
        assert not derivative(jnp.float32(0.5)).weak_type
        assert derivative(0.5).weak_type
        assert derivative(jnp.bfloat16(0.5)).dtype == jnp.bfloat16


@pytest.mark.parametrize("order", [-1, 1.0, True, "2", None])
def test_an_order_that_is_none(order):
    # Where the signature is checked, a wrong type never reaches our own error.
    with pytest.raises(Exception, match="order"):
        fg.derivative(jnp.sin, order)


@pytest.mark.parametrize(
    ("f", "x", "words"),
    [
        (jnp.square, 3, r"argument 0 is int64\. Convert it, for example 3\.0"),
        (jnp.square, True, "argument 0 is bool"),
        (jnp.square, 1j, "argument 0 is complex128.*holomorphic=True"),
        (lambda p: p["w"], {"w": [1.0, 2]}, r"argument 0\['w'\]\[1\] is int64"),
        (lambda x: x > 0, 1.0, "output is bool"),
        (lambda x: {"n": jnp.int32(1), "x": x}, 1.0, r"output\['n'\] is int32"),
    ],
)
@pytest.mark.parametrize("order", [1, 2])
def test_what_has_no_derivative(f, x, words, order):
    with pytest.raises(fg.errors.DerivativeError, match=words):
        fg.derivative(f, order)(x)
    with pytest.raises(TypeError):  # as jax.grad's
        fg.derivative(f, order)(x)


@pytest.mark.parametrize("argnums", [1, -2, (0, 1)])
def test_an_argument_that_is_not_there(argnums):
    with pytest.raises(fg.errors.DerivativeError, match="1 positional argument"):
        fg.derivative(jnp.sin, argnums=argnums)(1.0)


def assert_same_trees(left, right):
    assert jax.tree.structure(left) == jax.tree.structure(right)
    for ours, theirs in zip(jax.tree.leaves(left), jax.tree.leaves(right), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
