"""A traced function run in float64 is the function that float64 arguments would have given."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from funcgrad.testing.coordinates import wide
from funcgrad.testing.watching import observed
from funcgrad.testing.widening import Watch, equations, has_islands, widen

X = np.array([0.5, -1.25, 2.0], np.float32)
M = np.array([[2.0, 0.25], [0.5, 1.5]], np.float32)
Z = np.array([1 + 2j, 0.5 - 0.25j], np.complex64)
HALF = X.astype(jnp.bfloat16)
TABLE = np.array([1.0, -0.5, 4.0], np.float32)


@jax.custom_vjp
def doubled_back(x):
    return jnp.sin(x)


doubled_back.defvjp(lambda x: (jnp.sin(x), x), lambda x, ct: (2 * ct * jnp.cos(x),))


@jax.custom_jvp
def tripled_ahead(x):
    return jnp.sin(x)


tripled_ahead.defjvp(lambda x, t: (jnp.sin(x[0]), 3 * t[0] * jnp.cos(x[0])))


def newton(x):
    def step(state):
        count, y = state
        return count + 1, y - (y**3 + y - x) / (3 * y**2 + 1)

    return lax.while_loop(lambda state: state[0] < 5, step, (0, x))[1]


def halving(x):
    return lax.while_loop(lambda y: jnp.abs(y) > 0.375, lambda y: y / 2, x)


# No decimal fractions: 0.1 is another number in float32, and the traced function keeps it.
FUNCTIONS = {
    "sin": (jnp.sin, X),
    "pow": (lambda x: jnp.abs(x) ** 2.5, X),
    "matmul": (lambda a: a @ a.T, M),
    "dot preset": (lambda a: jnp.dot(a, a, precision="highest"), M),
    "einsum": (lambda a: jnp.einsum("ij,kj->ik", a, a), M),
    "softmax": (jax.nn.softmax, X),
    "logsumexp": (jax.nn.logsumexp, X),
    "gather": (lambda x: x[np.array([2, 0, 0])], X),
    "scatter add": (lambda x: jnp.zeros(4, x.dtype).at[np.array([0, 2, 2])].add(x), X),
    "scatter multiply": (lambda x: jnp.ones(4, x.dtype).at[np.array([0, 3, 3])].multiply(x), X),
    "scatter max": (lambda x: jnp.zeros(4, x.dtype).at[np.array([0, 1, 1])].max(x), X),
    "dynamic slice": (lambda x: lax.dynamic_slice(x, (1,), (2,)), X),
    "sort": (jnp.sort, X),
    "argsort": (lambda x: x[jnp.argsort(x)], X),
    "top k": (lambda x: lax.top_k(x, 2)[0], X),
    "cumprod": (jnp.cumprod, X),
    "cummax": (lax.cummax, X),
    "clip": (lambda x: jnp.clip(x, -1, 1), X),
    "where": (lambda x: jnp.where(x > 0, x * x, -x), X),
    "closed-over array": (lambda x: x * TABLE, X),
    "reduce window": (
        lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (2,), (1,), "SAME"), X),
    "convolution": (lambda x: jnp.convolve(x, x), X),
    "fft": (jnp.fft.fft, X),
    "rfft": (lambda x: jnp.abs(jnp.fft.rfft(x)) ** 2, X),
    "complex": (lambda z: jnp.exp(z) * jnp.conj(z), Z),
    "to complex": (lambda x: lax.complex(x, x * x), X),
    "cholesky": (lambda a: jnp.linalg.cholesky(a @ a.T), M),
    "solve": (lambda a: jnp.linalg.solve(a, a[0]), M),
    "eigvalsh": (lambda a: jnp.linalg.eigvalsh(a + a.T), M),
    "qr": (lambda a: jnp.linalg.qr(a)[1], M),
    "svd": (lambda a: jnp.linalg.svd(a, compute_uv=False), M),
    "gammaln": (lambda x: jax.scipy.special.gammaln(jnp.abs(x)), X),
    "scan": (lambda x: lax.scan(lambda c, t: (jnp.tanh(c + t), c * t), x[0], x), X),
    "scan in reverse": (
        lambda x: lax.scan(lambda c, t: (c * t, c), x[0], x, reverse=True), X),
    "fori": (lambda x: lax.fori_loop(0, 4, lambda i, c: c * jnp.cos(c) + i, x), X),
    "while": (newton, X),
    "vmapped while": (jax.vmap(halving), X),
    "cond": (lambda x: lax.cond(x.sum() > 0, jnp.sin, jnp.cos, x), X),
    "switch": (lambda x: lax.switch(jnp.int32(1), [jnp.sin, jnp.exp], x), X),
    "vmapped cond": (jax.vmap(lambda x: lax.cond(x > 0, jnp.sin, jnp.exp, x)), X),
    "map": (lambda x: lax.map(jnp.sin, x), X),
    "associative scan": (lambda x: lax.associative_scan(jnp.multiply, x), X),
    "jit in jit": (jax.jit(lambda x: jax.jit(jnp.sin)(x) + x), X),
    "checkpoint": (jax.checkpoint(lambda x: jnp.sin(jnp.cos(x))), X),
    "custom vjp": (doubled_back, X),
    "custom jvp": (tripled_ahead, X),
    "grad": (jax.grad(lambda x: jnp.sum(x**4)), X),
    "grad of custom vjp": (jax.grad(lambda x: doubled_back(x).sum()), X),
    "grad of custom jvp": (jax.grad(lambda x: tripled_ahead(x).sum()), X),
    "grad of scan": (
        jax.grad(lambda x: lax.scan(lambda c, t: (jnp.tanh(c * t), None), x[0], x)[0]), X),
    "hessian": (jax.hessian(lambda x: jnp.sum(jnp.sin(x)) ** 2), X),
    "custom root": (
        lambda x: lax.custom_root(lambda y: y**3 + y - x, x, lambda f, y: newton(x),
                                  lambda g, y: y / g(jnp.ones_like(y))), X),
    "integers beside": (lambda x: (x * jnp.arange(3), jnp.argmax(x)), X),
}  # fmt: skip


def both(function, *narrow):
    """What the widened trace of narrow arguments gives, and what the function itself does, wide."""
    program = jax.make_jaxpr(function)(*narrow)
    with jax.enable_x64(True):
        wider = [np.asarray(leaf).astype(wide(leaf.dtype)) for leaf in narrow]
        # Numbers that float32 cannot hold: what rounds on the way is seen.
        wider = [leaf * (1 + 2.0**-33) for leaf in wider]
        # One compilation instead of two.
        got, expected = jax.jit(lambda *x: (widen(program)(*x), function(*x)))(*wider)
    return jax.tree.map(np.asarray, (got, jax.tree.leaves(expected))), program


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_itself_in_float64(name):
    (got, expected), program = both(*FUNCTIONS[name])
    assert len(got) == len(expected) > 0
    assert not has_islands(program)
    for one, two, aval in zip(got, expected, program.out_avals, strict=True):
        assert one.dtype == wide(aval.dtype)
        size = np.abs(two).max()
        np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-13 * size, err_msg=name)


def test_bfloat16_is_wide_throughout():
    with jax.enable_x64(True):
        program = jax.make_jaxpr(lambda x: jnp.sin(x) * x)(HALF)
        x = np.array([0.3, 1.1, 2.7])
        got = jax.jit(widen(program))(x)[0]
    np.testing.assert_allclose(got, np.sin(x) * x, rtol=1e-14)


def test_a_cast_to_a_narrow_type_rounds_nothing():
    program = jax.make_jaxpr(lambda x: x.astype(jnp.bfloat16).astype(jnp.float32) * 2)(X)
    with jax.enable_x64(True):
        got = jax.jit(widen(program))(X.astype(np.float64) + 1e-9)[0]
    np.testing.assert_allclose(got, 2 * (X.astype(np.float64) + 1e-9), rtol=1e-15)


def test_neither_does_what_names_a_narrow_precision():
    def function(x):
        product = jnp.dot(x, x, preferred_element_type=jnp.float32)
        return lax.reduce_precision(product, 8, 10)

    program = jax.make_jaxpr(function)(X)
    x = X.astype(np.float64) * (1 + 1e-9)
    with jax.enable_x64(True):
        got = jax.jit(widen(program))(x)[0]
    np.testing.assert_allclose(np.asarray(got), x @ x, rtol=1e-15)


def test_a_constant_keeps_the_value_that_it_has():
    program = jax.make_jaxpr(lambda x: x * 0.1)(X)
    with jax.enable_x64(True):
        got = np.asarray(jax.jit(widen(program))(np.ones(3))[0])
    assert np.all(got == float(np.float32(0.1))) and np.all(got != 0.1)


def test_random_numbers_are_those_that_the_user_gets():
    key = jax.random.key(3)
    program = jax.make_jaxpr(lambda x: x * jax.random.uniform(key, x.shape))(X)
    drawn = np.asarray(jax.random.uniform(key, X.shape))
    with jax.enable_x64(True):
        got = jax.jit(widen(program))(X.astype(np.float64))[0]
    np.testing.assert_allclose(got, X.astype(np.float64) * drawn, rtol=1e-6)


def test_keys_are_arguments_too():
    key = jax.random.key(3)
    program = jax.make_jaxpr(lambda key, x: x + jax.random.uniform(key))(key, X)
    with jax.enable_x64(True):
        got = jax.jit(widen(program))(key, X.astype(np.float64))[0]
    np.testing.assert_allclose(got, X + np.asarray(jax.random.uniform(key)), rtol=1e-6)


def test_a_callback_is_narrow_and_says_so():
    seen = []

    def outside(x):
        seen.append(x.dtype)
        return np.sin(x)

    def function(x):
        shape = jax.ShapeDtypeStruct(x.shape, x.dtype)
        return 2 * jax.pure_callback(outside, shape, x, vmap_method="sequential")

    program = jax.make_jaxpr(function)(X)
    assert has_islands(program)
    assert has_islands(jax.make_jaxpr(jax.jit(lambda x: lax.map(function, x)))(X))
    with jax.enable_x64(True):
        got = jax.jit(widen(program))(X.astype(np.float64))[0]
    assert {np.dtype(dtype) for dtype in seen} == {np.dtype(np.float32)}
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, 2 * np.sin(X), rtol=1e-6)


def test_bits_are_those_of_a_narrow_number():
    program = jax.make_jaxpr(lambda x: lax.bitcast_convert_type(x, np.int32))(X)
    with jax.enable_x64(True):
        got = jax.jit(widen(program))(X.astype(np.float64))[0]
    assert np.asarray(got).tolist() == X.view(np.int32).tolist()


def test_equations_are_found_inside_of_others():
    program = jax.make_jaxpr(jax.jit(lambda x: lax.scan(lambda c, t: (jnp.tanh(c), t), x[0], x)))(X)
    assert "tanh" in {equation.primitive.name for equation in equations(program.jaxpr)}


def seen_of(program, *arguments, enters=True):
    watch = Watch(lambda equation, operands: (equation, operands), lambda equation: enters)
    with jax.enable_x64(True):
        widen(program, watch)(*arguments)
    return watch.found


def test_who_watches_sees_each_equation_and_its_operands():
    program, x = jax.make_jaxpr(jax.jit(lambda x: jnp.sin(x) + 1))(X), X.astype(np.float64)
    assert [each.primitive.name for each, _ in seen_of(program, x, enters=False)] == ["jit"]
    seen = seen_of(program, x)
    assert [equation.primitive.name for equation, _ in seen] == ["jit", "sin", "add"]
    assert all(len(equation.invars) == len(operands) for equation, operands in seen)
    assert seen[1][1][0].dtype == np.float64


def test_who_watches_sees_every_turn_of_a_loop():
    def loops(x):
        def inner(c, y):
            return jnp.cos(c), y

        return lax.scan(lambda c, y: (lax.scan(inner, c, jnp.zeros(2))[0] + y, c), 0.0, x)

    def look(equation, operands):
        return operands[0] if equation.primitive.name == "cos" else None

    with jax.enable_x64(True):
        (found,) = jax.jit(observed(jax.make_jaxpr(loops)(X), look))(X.astype(np.float64))
    carry, expected = 0.0, []
    for y in X.astype(np.float64):
        expected.append([carry, np.cos(carry)])
        carry = np.cos(np.cos(carry)) + y
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=1e-12)
