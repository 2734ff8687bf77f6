"""Rules by hand: where they stand in a program, and the program without them."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from funcgrad.testing.rules import has_rules_by_hand, without_rules

X = np.float32([0.5, -1.25, 2.0])


@jax.custom_vjp
def doubled(x):
    return jnp.sin(x)


doubled.defvjp(lambda x: (jnp.sin(x), x), lambda x, ct: (2 * jnp.cos(x) * ct,))


@jax.custom_jvp
def tripled(x):
    return jnp.sin(x)


tripled.defjvp(lambda p, t: (jnp.sin(*p), 3 * jnp.cos(*p) * t[0]))


def gradients(function, x=X):
    """The gradient with the rules and the one without."""
    program = jax.make_jaxpr(function)(x)
    plain = without_rules(program)
    np.testing.assert_allclose(plain(x)[0], function(x), rtol=1e-6)
    return [jax.grad(lambda x, f=f: jnp.sum(f(x)))(x) for f in (function, lambda x: plain(x)[0])]


def test_the_derivative_is_that_of_what_the_function_does():
    for factor, function in ((2, doubled), (3, tripled), (2, jax.jit(doubled))):
        ruled, plain = gradients(function)
        np.testing.assert_allclose(ruled, factor * np.cos(X), rtol=1e-6)
        np.testing.assert_allclose(plain, np.cos(X), rtol=1e-6)


def test_the_rules_of_jax_stay():
    def function(x):
        large = 50 * x
        return jax.nn.softplus(large) + jax.nn.relu(x) * doubled(x) + x * 0.5 * x

    _, plain = gradients(function)
    expected = 50 * jax.nn.sigmoid(50 * X) + (X > 0) * (np.sin(X) + X * np.cos(X)) + X
    np.testing.assert_allclose(plain, expected, rtol=1e-5)


def test_a_rule_in_a_loop_stays_there():
    def looped(x):
        return lax.fori_loop(0, 1, lambda _, x: tripled(x), x)

    program = jax.make_jaxpr(looped)(X)
    assert has_rules_by_hand(program)
    slope = jax.jvp(lambda x: without_rules(program)(x)[0], (X,), (np.ones_like(X),))[1]
    np.testing.assert_allclose(slope, 3 * np.cos(X), rtol=1e-6)


def test_those_of_libraries_are_not_by_hand():
    assert not has_rules_by_hand(jax.make_jaxpr(jax.nn.relu)(X))
    assert not has_rules_by_hand(jax.make_jaxpr(jax.nn.softplus)(X))
    assert has_rules_by_hand(jax.make_jaxpr(lambda x: jnp.exp(doubled(x)))(X))


def test_a_rule_for_a_function_of_a_library_is_by_hand():
    one, two = jax.custom_vjp(jax.nn.relu), jax.custom_jvp(jax.nn.relu)
    one.defvjp(lambda x: (x, x), lambda x, ct: (ct,))
    two.defjvp(lambda p, t: (p[0], t[0]))
    for fn in (one, two):
        assert has_rules_by_hand(jax.make_jaxpr(fn)(X))
