"""Each property fails on a rule that is wrong in just that way, and passes on the right one."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from funcgrad.testing import PROPERTIES, GradientError, check_gradients

X = np.array([0.5, -1.25, 2.0], np.float32)
S = np.array([[2.0, 0.5], [0.25, 1.5]], np.float32)
#: property → (a rule that breaks it, its right twin, the arguments)
TABLE = {}


def ruled(function, backward, forward=None):
    """The function with a rule for its vjp, from x and the cotangent."""
    made = jax.custom_vjp(function)
    made.defvjp(forward or (lambda x: (function(x), x)), lambda x, ct: (backward(x, ct),))
    return made


def row(name, *arguments):
    def enter(build):
        TABLE[name] = (build(True), build(False), arguments)

    return enter


@row("value", X)
def _(wrong):
    return ruled(jnp.sin, lambda x, ct: ct * jnp.cos(x) * (1.001 if wrong else 1.0))


@row("taylor", X)
def _(wrong):
    return ruled(jnp.exp, lambda x, ct: ct * jnp.exp(x) + (0.01 if wrong else 0.0) * ct)


@row("interval", np.float32([0.0, 1.0, -2.0]))
def _(wrong):
    at_zero = 4.0 if wrong else 0.3

    def backward(x, ct):
        return ct * jnp.where(x == 0, at_zero, (x > 0).astype(x.dtype))

    return ruled(lambda x: jnp.maximum(x, 0), backward)


@row("duality", S, X[:2])
def _(wrong):
    def solve(a, b):
        return lax.custom_linear_solve(
            lambda v: a @ v,
            b,
            lambda _, b: jnp.linalg.solve(a, b),
            transpose_solve=lambda _, b: jnp.linalg.solve(a if wrong else a.T, b),
        )

    return solve


@row("cotangent", X)
def _(wrong):
    def backward(x, ct):
        return jnp.cos(x) * (jnp.clip(ct, -3, 3) if wrong else ct)

    return ruled(jnp.sin, backward)


@row("second", X)
def _(wrong):
    def backward(x, ct):
        return ct * jnp.cos(lax.stop_gradient(x) if wrong else x)

    return ruled(jnp.sin, backward)


@row("jit", X)
def _(wrong):
    def function(x):
        if wrong:
            return jnp.sin(x) if x.sum() > 0 else jnp.cos(x)
        return lax.cond(x.sum() > 0, jnp.sin, jnp.cos, x)

    return function


@row("vmap", X)
def _(wrong):
    @jax.custom_batching.custom_vmap
    def function(x):
        return x * x.sum()

    @function.def_vmap
    def rule(size, batched, x):
        return x * x.sum(None if wrong else -1, keepdims=True), True

    return function


@row("structure", X)
def _(wrong):
    def forward(x):
        return jnp.sin(x) + (0.01 if wrong else 0.0), x

    return ruled(jnp.sin, lambda x, ct: ct * jnp.cos(x), forward)


@row("size", X)
def _(wrong):
    def backward(x, ct):
        return ct * jnp.cos(x) * (2.0 if wrong and len(x) == 1 else 1.0)

    return ruled(jnp.sin, backward)


@row("finite", np.float32([0.5, 2.0]))
def _(wrong):
    def function(x):
        inside = x if wrong else jnp.where(x > 0, x, 1.0)
        return jnp.where(x > 0, jnp.sqrt(inside) * x, 0.0)

    return function


@row("state", X)
def _(wrong):
    calls = itertools.count()

    def backward(x, ct):
        return ct * jnp.cos(x) * (1.0 + (next(calls) if wrong else 0))

    return ruled(jnp.sin, backward)


@row("precision", X)
def _(wrong):
    def backward(x, ct):
        return ct * ((jnp.cos(x) + 1e5 * x) - 1e5 * x if wrong else jnp.cos(x))

    return ruled(jnp.sin, backward)


OPTIONS = {"profile": "fast", "max_examples": 2}
BESIDE = {"size": ("value", "size")}  # what is asked for in other shapes


def test_every_property_has_a_row():
    assert set(TABLE) == set(PROPERTIES)


@pytest.mark.parametrize("name", PROPERTIES)
def test_it_breaks_where_the_rule_is_wrong_in_this_way(name):
    wrong, _, arguments = TABLE[name]
    with pytest.raises(GradientError) as raised:
        check_gradients(wrong, *arguments, properties=BESIDE.get(name, name), **OPTIONS)
    broken = raised.value.counterexample
    assert broken.property == name
    assert raised.value.report.properties[name].verdict == "fail"
    assert broken.error > 1 and broken.claim and broken.expected is not None
    assert jax.tree.structure(broken.arguments) == jax.tree.structure(arguments)


@pytest.mark.parametrize("name", PROPERTIES)
def test_it_passes_where_the_rule_is_right(name):
    _, right, arguments = TABLE[name]
    report = check_gradients(right, *arguments, properties=BESIDE.get(name, name), **OPTIONS)
    assert report.ok and name in report.properties
    result = report.properties[name]
    assert result.verdict == "pass" and result.checks > 0 and result.worst <= 1


@pytest.mark.parametrize("name", ["cotangent", "precision", "second", "size", "vmap"])
def test_without_it_such_a_rule_goes_through(name):
    """The rule is wrong in this way only: so nothing else finds it, and `skip` is heeded."""
    wrong, _, arguments = TABLE[name]
    report = check_gradients(
        wrong,
        *arguments,
        properties=("value", "structure", "finite", name),
        skip=(name,),
        **OPTIONS,
    )
    assert report.ok and name not in report.properties
