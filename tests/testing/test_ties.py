"""Whether a program is at a kink inside, though the function may be smooth as a whole."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from funcgrad.testing.ties import tied

AT = [1.0, 1.0, -2.0]
BESIDE = [1.0, 1.5, -2.0]

# name → a function, arguments at a kink inside, and beside it
CASES = {
    "abs": (jnp.abs, [0.0, 1.0], [0.5, 1.0]),
    "abs squared": (lambda x: jnp.abs(x) ** 2, [0.0, 1.0], [0.5, 1.0]),
    "sign": (jnp.sign, [0.0], [0.5]),
    "relu": (jax.nn.relu, [0.0, 1.0], [0.5, -1.0]),
    "maximum": (lambda x: jnp.maximum(x[0], x[1]), AT, BESIDE),
    "where": (lambda x: jnp.where(x > 1, x, 2 * x), AT, [1.5, 0.5, -2.0]),
    "clip": (lambda x: jnp.clip(x, -2, 5), AT, [1.0, 1.0, -1.5]),
    "max": (jnp.max, AT, BESIDE),
    "min along an axis": (
        lambda x: jnp.min(x.reshape(2, 2), 0), [1.0, 2.0, 1.0, 3.0], [1.0, 2.0, 2.0, 3.0]),
    "argmax": (jnp.argmax, AT, BESIDE),
    "sort": (jnp.sort, AT, BESIDE),
    "floor": (jnp.floor, [2.0], [2.25]),
    "round": (jnp.round, [2.5], [2.25]),
    "inside jit": (jax.jit(jnp.abs), [0.0], [0.5]),
    "inside a loop": (
        lambda x: lax.fori_loop(0, 3, lambda i, c: jnp.abs(c - 1), x), [3.0, 5.0], [3.5, 5.5]),
}  # fmt: skip


def told(function, x):
    program = jax.make_jaxpr(function)(np.float32(x))
    with jax.enable_x64(True):
        return bool(jax.jit(tied(program))(np.float64(x)))


@pytest.mark.parametrize("name", CASES)
def test_a_tie_is_seen_and_only_a_tie(name):
    function, at, beside = CASES[name]
    assert told(function, at)
    assert not told(function, beside)


@pytest.mark.parametrize("function", [jnp.sin, lambda x: x @ x, lambda x: jnp.exp(x).sum()])
def test_a_smooth_program_has_none(function):
    assert not told(function, [0.0, 0.0, 1.0])


@pytest.mark.parametrize(
    "function",
    [
        lambda x: lax.cond(x.sum() > 9, jnp.sin, jnp.cos, x),
        lambda x: lax.while_loop(lambda x: x.sum() > 9, jnp.sin, x),
        lambda x: lax.top_k(x, 1)[0],
    ],
)
def test_where_nobody_can_see_it_says_yes(function):
    assert told(function, BESIDE)


def test_integers_have_no_kinks():
    assert not told(lambda x: x * (jnp.arange(3) == jnp.arange(3)), BESIDE)


@jax.custom_jvp
def by_hand(x):
    return jnp.abs(x) ** 2


by_hand.defjvp(lambda p, t: (by_hand(*p), 2 * p[0] * t[0]))


def test_what_a_rule_by_hand_is_made_of_does_not_count():
    assert not told(by_hand, [0.0, 1.0])
    assert not told(lambda x: jax.jit(by_hand)(x) + 1, [0.0, 1.0])
    assert told(lambda x: by_hand(x) + jnp.abs(x), [0.0, 1.0])
    assert told(
        lambda x: jax.nn.relu(x) - jax.nn.relu(-x), [0.0, 1.0]
    )  # JAX's own rules are pieces
