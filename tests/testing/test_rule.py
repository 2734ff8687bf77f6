"""A custom rule against the automatic derivative of a twin."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from funcgrad import testing as gt

X = np.array([0.5, 1.25, 2.0], np.float32)
FAST = {"profile": "fast", "max_examples": 2}


def ruled(function, backward):
    made = jax.custom_vjp(function)
    made.defvjp(lambda x: (function(x), x), lambda x, ct: (backward(x, ct),))
    return made


def logarithm(factor):
    return ruled(jnp.log, lambda x, ct: factor * ct / x)


def test_a_rule_is_compared_with_its_twin():
    report = gt.check_rule(logarithm(1.0), jnp.log, X, **FAST)
    assert report.ok and report.properties["value"].verdict == "pass"
    with pytest.raises(gt.GradientError) as raised:
        gt.check_rule(logarithm(1.01), jnp.log, X, **FAST)
    assert raised.value.counterexample.property == "value"


def test_a_twin_knows_what_differences_do_not():
    """Straight through a rounding: the twin says what the gradient shall be."""

    def twin(x):
        return x + jax.lax.stop_gradient(jnp.round(x) - x)

    doubled = ruled(lambda x: jnp.round(x), lambda x, ct: 2 * ct)  # noqa: PLW0108 - it has options
    with pytest.raises(gt.GradientError):
        gt.check_rule(doubled, twin, X, properties="value", **FAST)


def test_a_function_with_other_values_is_no_twin():
    """Both rules are right, each of its own function."""
    with pytest.raises(gt.GradientError):
        gt.check_rule(logarithm(1.0), lambda x: jnp.log(x) + x, X, **FAST)


def test_options_are_those_of_a_check():
    assert gt.check_rule(logarithm(1.0), jnp.log, X, seed=9, **FAST).seed == 9
    with pytest.raises(TypeError):
        gt.check_rule(logarithm(1.0), jnp.log, X, no_such_option=1)
