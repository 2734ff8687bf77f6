"""Whether a program takes an entry that is not there."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from funcgrad.testing import check_gradients
from funcgrad.testing.places import misplaced

X = np.arange(6, dtype=np.float32).reshape(2, 3)
ROWS = np.array([0, 1, 1], np.int32)


def told(function, *arguments):
    program = jax.make_jaxpr(function)(*arguments)
    wide = [np.asarray(a, np.float64) if a.dtype.kind == "f" else a for a in arguments]
    with jax.enable_x64(True):
        return bool(jax.jit(misplaced(program))(*wide))


@pytest.mark.parametrize(
    "function",
    [
        lambda x, rows: x[rows],
        lambda x, rows: x[rows, rows],
        lambda x, rows: jnp.take_along_axis(x, rows[:2, None], axis=1, mode="promise_in_bounds"),
        lambda x, rows: jax.jit(lambda x: x[rows] * 2)(x),
        lambda x, rows: x.at[rows].set(jnp.ones((3, 3)), mode="clip"),
        lambda x, rows: x.at[rows, rows].set(1.0, mode="promise_in_bounds"),
        lambda x, rows: x.at[rows].add(1.0, mode="promise_in_bounds"),
    ],
)
def test_an_index_that_is_too_large_is_seen(function):
    assert not told(function, X, ROWS)
    assert told(function, X, ROWS + 3)


def test_where_jax_looks_at_the_index_its_gradient_is_right():
    for mode in ("clip", "fill"):
        assert not told(lambda x, rows, mode=mode: x.at[rows].get(mode=mode), X, ROWS + 5)
    assert not told(lambda x, rows: x.at[rows].set(1.0), X, ROWS + 5)
    assert not told(lambda x, rows: lax.dynamic_slice(x, (rows[0], 0), (2, 2)), X, ROWS + 5)


def test_in_a_loop_every_turn_is_looked_at():
    def looped(x, rows):
        return lax.fori_loop(0, 3, lambda i, s: s + x[rows - i].sum(0), jnp.zeros(3))

    assert not told(looped, X, ROWS)
    assert told(looped, X, ROWS + 1)
    assert told(lambda x, rows: lax.scan(lambda c, r: (c, x[r[None]]), 0, rows), X, ROWS + 3)


def test_what_is_hidden_in_a_branch_may_be():
    def branched(x, rows):
        return lax.cond(x.sum() > 0, lambda: x[rows], lambda: x[rows - 1])

    assert told(branched, X, ROWS)
    assert not told(lambda x, rows: lax.cond(x.sum() > 0, lambda: x, lambda: 2 * x), X, ROWS)


def test_a_loss_that_names_its_rows_passes_in_fewer_of_them():
    def cross_entropy(logits, labels):
        return -jax.nn.log_softmax(logits)[jnp.arange(2), labels].mean()

    report = check_gradients(cross_entropy, X, np.array([0, 2]), properties=("value", "size"),
                             profile="fast", max_examples=1)  # fmt: skip
    assert report.ok and any("an index may be too large" in note for note in report.notes)
