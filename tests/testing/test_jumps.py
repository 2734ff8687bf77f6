"""Saws and waves: steps that pass over their jumps and turns say nothing about their slope."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from funcgrad import testing as gt
from funcgrad.testing.jumps import jumps

X = np.float32([0.7, 1.3, 2.6])

# name → a function of x that comes back `often` along a length of 1
WAVES = {
    "saw": lambda x, often: x - jnp.round(x * often) / often,
    "remainder": lambda x, often: (x % (1 / often)) ** 2 * often,
    "sine": lambda x, often: jnp.sin(jnp.pi * often * x),
    "rectified": lambda x, often: jnp.abs(jnp.cos(jnp.pi * often * x)),
    "on a slope": lambda x, often: x + jnp.sin(jnp.pi * often * x) / often,
    "in a loop": lambda x, often: lax.fori_loop(
        0, 2, lambda i, y: y - jnp.floor(y * often) / often + 1, x
    ),
}


def told(function, x, u):
    program = jax.make_jaxpr(function)(np.float32(x))
    with jax.enable_x64(True):
        asked = jumps(program)
        return None if asked is None else float(asked([np.float64(x)], [np.float64(x) + u]))


@pytest.mark.parametrize("name", WAVES)
def test_how_often_a_direction_passes_over_a_jump(name):
    assert told(lambda x: WAVES[name](x, 20.0), X, [0.0, 3.0, -1.0]) == pytest.approx(60, rel=0.1)


def test_what_does_not_move_is_passed_over_by_nothing():
    assert told(lambda x: jnp.sin(1e9 * lax.stop_gradient(jnp.ones(3))) * x, X, 1.0) == 0
    assert told(lambda x: jnp.exp(x) @ x, X, 1.0) is None
    assert told(lambda x: x[jnp.arange(3) % 2], X, 1.0) is None  # a remainder of integers


@pytest.mark.parametrize("often", [1.0, 1e3, 1e7, 1e9, 1e15])
@pytest.mark.parametrize("name", WAVES)
def test_no_wave_is_refused_however_short(name, often):
    gt.check_gradients(lambda x: WAVES[name](x, often), X, profile="fast")


@pytest.mark.parametrize("often", [1.0, 50.0, 1e3])
@pytest.mark.parametrize("name", WAVES)
def test_a_wrong_slope_of_a_wave_is_found(name, often):
    @jax.custom_jvp
    def wave(x):
        return WAVES[name](x, often)

    @wave.defjvp
    def rule(primals, tangents):
        out, slope = jax.jvp(lambda x: WAVES[name](x, often), primals, tangents)
        return out, 1.2 * slope

    with pytest.raises(gt.GradientError):
        gt.check_gradients(wave, X, profile="fast", properties=("value", "second"))
