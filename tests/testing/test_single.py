"""One point and one property: the checks that need no Hypothesis."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcgrad import testing as gt

X = np.array([0.5, -1.25, 2.0], np.float32)


def ruled(backward):
    function = jax.custom_vjp(jnp.sin)
    function.defvjp(lambda x: (jnp.sin(x), x), lambda x, ct: (backward(x, ct),))
    return function


right = ruled(lambda x, ct: ct * jnp.cos(x))
wrong = ruled(lambda x, ct: 1.01 * ct * jnp.cos(x))
wrong_twice = ruled(lambda x, ct: ct * jnp.cos(jax.lax.stop_gradient(x)))


@jax.custom_jvp
def wrong_ahead(x):
    return jnp.sin(x)


wrong_ahead.defjvp(lambda x, t: (jnp.sin(x[0]), 0.99 * t[0] * jnp.cos(x[0])))


@pytest.mark.parametrize(
    ("check", "good", "bad", "name"),
    [
        (gt.check_vjp, right, wrong, "value"),
        (gt.check_jvp, jnp.sin, wrong_ahead, "value"),
        (gt.check_hvp, right, wrong_twice, "second"),
    ],
)
def test_a_check_of_one_property(check, good, bad, name):
    report = check(good, (X,))
    assert report.ok and report.properties[name].verdict == "pass"
    assert report.properties[name].checks > 0 and report.worst < 1
    with pytest.raises(gt.GradientError) as raised:
        check(bad, (X,))
    broken = raised.value.counterexample
    assert broken.property == name and broken.error > 1
    assert raised.value.report.properties[name].verdict == "fail"
    assert np.array_equal(broken.arguments[0], X)  # this point, and no other


def test_a_mode_that_is_not_there():
    with pytest.raises(TypeError, match="no such derivative"):
        gt.check_jvp(right, (X,))


def test_options():
    assert gt.check_vjp(wrong, (X,), rtol=0.1).ok
    with pytest.raises(TypeError):
        gt.check_vjp(right, (X,), rtoll=0.1)
    both = lambda x, y: jnp.sin(x) * wrong(y)  # noqa: E731
    assert gt.check_vjp(both, (X, X), argnums=0).ok
    with pytest.raises(gt.GradientError):
        gt.check_vjp(both, (X, X), argnums=1)


@pytest.mark.parametrize("call", [gt.check_vjp, gt.numerical_jvp, gt.taylor_test])
def test_primals_are_a_tuple(call):
    more = (X,) if call is gt.numerical_jvp else ()
    with pytest.raises(TypeError, match=r"Write \(x,\) for one"):
        call(jnp.sin, X, *more)


def test_float64_is_checked_as_such_and_no_setting_changes():
    assert not jax.config.jax_enable_x64
    barely = ruled(lambda x, ct: ct * jnp.cos(x) * (1 + 1e-6))
    assert gt.check_vjp(barely, (X,)).ok
    with pytest.raises(gt.GradientError):
        gt.check_vjp(barely, (X.astype(np.float64),))
    assert not jax.config.jax_enable_x64


@given(st.floats(-3, 3, allow_subnormal=False), st.floats(-2, 2, allow_subnormal=False))
def test_a_numerical_derivative_lies_within_its_bar(x, tangent):
    x, tangent = round(x, 2), round(tangent, 2)
    found = gt.numerical_jvp(jnp.sin, (x,), (tangent,))
    true = np.cos(np.float64(np.float32(x))) * np.float64(np.float32(tangent))
    assert found.verdict in ("smooth", "noisy")
    assert abs(found.value - true) <= 4 * found.error + 1e-7 * abs(tangent)


@pytest.mark.parametrize(
    ("function", "x", "verdict"),
    [
        (jnp.sin, 1.0, "smooth"),
        (jnp.abs, 0.0, "kink"),
        (jnp.floor, 2.0, "pole"),
        (jnp.sqrt, 0.0, "pole"),
        (lambda x: jnp.stack([x, jnp.abs(x)]), 0.0, "kink"),
    ],
)
def test_the_verdict_is_the_worst_of_all_entries(function, x, verdict):
    assert gt.numerical_jvp(function, (x,), (1.0,)).verdict == verdict


def test_a_numerical_derivative_has_the_structure_of_the_outputs():
    found = gt.numerical_jvp(lambda x, z: (x.sum(), z * x[0]), (X, 1 + 2j), (X, 1j))
    assert len(found.value) == len(found.error) == 2
    assert found.value[0] == pytest.approx(float(X.sum()))
    assert found.value[1] == pytest.approx(1j * 0.5 + (1 + 2j) * 0.5)
    with pytest.raises(ValueError, match="has the shapes of the differentiable arguments"):
        gt.numerical_jvp(jnp.sin, (X,), (X[:2],))


@pytest.mark.parametrize(("order", "rate"), [(1, 1.8), (2, 2.7)])
def test_the_remainder_falls_with_the_order(order, rate):
    found = gt.taylor_test(jnp.exp, (X,), order=order)
    assert found.ok and max(found.rates) >= rate
    assert found.steps.shape == found.remainders.shape
    assert np.all(np.diff(found.remainders[:3]) < 0)


def test_a_wrong_rule_leaves_a_remainder_of_order_one():
    found = gt.taylor_test(wrong, (X,), direction=(np.ones(3, np.float32),))
    assert not found.ok and max(found.rates) < 1.5
    assert gt.taylor_test(wrong_twice, (X,)).ok
    assert not gt.taylor_test(wrong_twice, (X,), order=2).ok


def test_of_a_linear_function_nothing_remains():
    found = gt.taylor_test(lambda x: 3 * x, (X,))
    assert found.ok and len(found.rates) == 0


@pytest.mark.parametrize("order", [0, 3, "1"])
def test_other_orders_are_refused(order):
    with pytest.raises(ValueError, match="order 1 or 2"):
        gt.taylor_test(jnp.sin, (X,), order=order)
