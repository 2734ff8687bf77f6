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


def test_a_batching_rule_by_hand_is_tried_where_one_argument_alone_is_mapped():
    """As `jax.vmap(loss, in_axes=(None, 0))` maps over the data and not over the parameters."""

    def scaled(heeding):
        @jax.custom_batching.custom_vmap
        def function(w, x):
            return w * x

        @function.def_vmap
        def rule(size, batched, w, x):
            if heeding and not any(batched):
                return w * x, False
            axes = [0 if mapped or not heeding else None for mapped in batched]
            return jax.vmap(jnp.multiply, axes, axis_size=size)(w, x), True

        return function

    asked = {"properties": "vmap", **OPTIONS}
    assert check_gradients(scaled(True), X, X + 1, **asked).ok
    with pytest.raises(GradientError) as raised:
        check_gradients(scaled(False), X, X + 1, **asked)
    assert raised.value.counterexample.property == "vmap"


def test_a_gradient_that_cannot_be_differentiated_breaks_second():
    leak = []

    def backward(x, ct):
        leak.append(jnp.cos(x))
        return ct * (leak[0] if len(leak) > 1 else leak[-1])

    with pytest.raises(GradientError) as raised:
        check_gradients(ruled(jnp.sin, backward), X, properties=("value", "second"), **OPTIONS)
    assert raised.value.counterexample.property in {"second", "structure"}


def test_without_a_reverse_mode_there_is_a_reason_why_nothing_was_compared():
    def doubled(x):
        return lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, 2 * c[1]), (0, x))[1]

    properties = check_gradients(doubled, X, **OPTIONS).properties
    for name in ("duality", "cotangent", "second"):
        assert properties[name].verdict == "unavailable"
        assert "while_loop" in properties[name].reason


def test_a_kink_allows_no_more_than_the_slopes_on_its_sides():
    def backward(x, ct):
        return ct * jnp.where(x == 0, 1.25, (x > 0).astype(x.dtype))

    with pytest.raises(GradientError) as raised:
        check_gradients(ruled(lambda x: jnp.maximum(x, 0), backward), X, **OPTIONS)
    broken = raised.value.counterexample
    assert (broken.property, broken.expected, broken.got) == ("interval", (0.0, 1.0), 1.25)


def softplus(x):
    """Smooth, but made of two kinks; at 0 the slope is 1/2, and JAX's derivative is 0."""
    return jax.nn.relu(x) + jnp.log1p(jnp.exp(-jnp.abs(x)))


def test_a_kink_inside_a_smooth_function_is_told_and_held_against_it_when_asked():
    report = check_gradients(softplus, X, **OPTIONS)
    assert report.ok and any("kink inside" in note for note in report.notes)
    with pytest.raises(GradientError) as raised:
        check_gradients(softplus, X, nonsmooth="error", **OPTIONS)
    broken = raised.value.counterexample
    assert broken.property == "value" and broken.arguments[0].tolist() == [0.0, 0.0, 0.0]


def test_a_function_that_is_nowhere_finite_is_inconclusive():
    report = check_gradients(lambda x: x * jnp.nan, X, **OPTIONS)
    assert report.properties["value"].verdict == "inconclusive"
    assert "finite at none of the" in report.properties["value"].reason


def test_an_array_of_strings_is_part_of_the_function():
    assert check_gradients(lambda x, names: jnp.sin(x), X, np.array(["a", "b"]), **OPTIONS).ok


def test_a_gradient_that_moves_in_steps_has_the_slope_of_the_steps_together():
    """1 − tanh² of 8 is 4e-7 and rounded as 1 is: along short steps it does not move at all."""
    w = np.float32([[2.0, 4.0, 0.5], [3.0, 2.0, 1e-3], [0.5, 1e-3, 1.0]])

    def penalty(w, x):
        slope = jax.grad(lambda v: jnp.sum(jnp.tanh(v @ w)))(x)
        return (jnp.sqrt(jnp.sum(slope * slope) + 1e-3) - 1) ** 2

    x = np.float32([-2.0, -1.5, -1.5])
    assert check_gradients(penalty, w, x, properties="second", **OPTIONS).ok


def test_a_gradient_of_nothing_has_a_second_derivative_of_nothing():
    report = check_gradients(lambda x: 0 * x + 3, X, properties="second", **OPTIONS)
    assert report.properties["second"].verdict == "pass"
