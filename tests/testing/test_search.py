"""Hypothesis at work: the same points for the same seed, and a failure in its simplest form."""

import importlib
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import hypothesis
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from funcgrad import testing as gt
from funcgrad.testing.points import SPECIAL
from funcgrad.testing.search import (
    around,
    drawn,
    find,
    is_strategy,
    keeping,
    seed_of,
    settings,
    simpler,
    size,
)
from funcgrad.testing.steady import steady
from funcgrad.testing.subject import Subject

X = np.array([0.5, -1.25, 2.0], np.float32)
ARGUMENTS = (X, np.arange(3, dtype=np.int32), 2.0, "same", jax.random.key(0))
SUBJECT = Subject.of(lambda *args: None, ARGUMENTS)


def looked_at(strategy, *, seed, examples=20):
    """The points of a search that finds nothing."""
    seen = []

    def broken(point):
        seen.append(str(point))
        return False

    assert find(strategy, broken, examples=examples, seed=seed) is None
    return seen


def points():
    return around(SUBJECT, list(ARGUMENTS), SPECIAL)


def test_the_same_seed_looks_at_the_same_points():
    one = looked_at(points(), seed=3)
    assert len(one) > 5
    assert looked_at(points(), seed=3) == one
    assert looked_at(points(), seed=4) != one


def test_no_point_is_looked_at_twice():
    seen = looked_at(points(), seed=0, examples=60)
    assert len(set(seen)) == len(seen)


def test_points_are_like_the_example():
    def broken(point):
        assert len(point) == len(ARGUMENTS)
        assert point[0].shape == X.shape and point[0].dtype == X.dtype
        assert set(point[1].tolist()) <= {0, 1, 2} and point[1].dtype == np.int32
        assert type(point[2]) is float and point[3] == "same"
        assert point[4].dtype == ARGUMENTS[4].dtype
        return False

    assert find(points(), broken, examples=40, seed=1) is None


def test_no_more_points_than_so_many():
    seen = []
    find(points(), lambda point: bool(seen.append(point)), examples=50, seed=0, most=7)
    assert len(seen) == 7


def test_a_failure_is_made_simple():
    """Fails wherever one entry is above 1.5: so all others become the plainest."""
    failing = [np.float32([7.25, -3.5, 0.25, 9.75])]
    subject = Subject.of(lambda x: x, failing)
    found = find(simpler(subject, failing, SPECIAL), lambda point: bool(point[0].max() > 1.5),
                 examples=80, seed=0, most=200)  # fmt: skip
    assert found is not None and found[0].max() > 1.5
    assert set(found[0].tolist()) <= {1.0, 2.0, 3.0, 4.0}


def test_what_cannot_be_made_simpler_stays():
    failing = [np.float32([7.25])]
    subject = Subject.of(lambda x: x, failing)
    found = find(simpler(subject, failing, SPECIAL), lambda point: float(point[0][0]) == 7.25,
                 examples=80, seed=0, most=200)  # fmt: skip
    assert found[0].tolist() == [7.25]


@given(st.integers(0, 2**40), st.integers(0, 9))
def test_a_seed_is_a_function_of_point_and_caller(seed, entry):
    leaves = [X * entry, "text", 3]
    assert seed_of(leaves, seed) == seed_of([np.array(X * entry), "text", 3], seed)
    assert 0 <= seed_of(leaves, seed) < 2**32
    assert seed_of([X * entry + 1], seed) != seed_of([X * entry], seed)


def test_strategies_anywhere_in_the_arguments():
    tree = ({"w": gt.arrays((2, 3)), "n": 3}, X)
    leaves, _ = jax.tree.flatten(tree, is_leaf=is_strategy)
    assert [is_strategy(leaf) for leaf in leaves] == [False, True, False]
    strategy = drawn(tree, jax.tree.leaves, 2)

    def broken(point):
        assert point[0] == 3 and point[1].shape == (2, 3) and point[2] is X
        return False

    assert find(strategy, broken, examples=5, seed=0) is None


def test_sizes_of_a_plan():
    assert size(1, "n", 1, 9) == 1 and size(2, "n", 1, 9) == 9
    for plan in range(12):
        assert 2 <= size(plan, "n", 2, 5) <= 5
        assert size(plan, "n", 4, 4) == 4
    assert len({size(plan, "n", 0, 30) for plan in range(12)}) > 4


def test_a_check_has_the_same_verdict_and_counterexample_every_time():
    @jax.custom_vjp
    def clipped(x):
        return x**2

    clipped.defvjp(lambda x: (x**2, x), lambda x, ct: (ct * jnp.clip(2 * x, -9, 9),))

    def once(seed):
        with pytest.raises(gt.GradientError) as raised:
            gt.check_gradients(clipped, X, seed=seed, profile="fast", properties="value")
        found = raised.value.counterexample
        return found.arguments[0].tolist(), found.where, found.got, raised.value.report.examples

    assert once(5) == once(5)


def test_random_numbers_of_others_are_left_alone():
    random.seed(7)
    np.random.seed(7)  # noqa: NPY002 - the global state is what must not move
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    looked_at(points(), seed=3, examples=5)
    after = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    assert after == before


def test_a_check_runs_inside_a_users_own_given():
    """Hypothesis refuses a test inside a test, by the settings of the outer one."""

    @hypothesis.settings(max_examples=2, deadline=None, database=None)
    @given(st.integers(1, 3))
    def inside(n):
        x = np.ones(n, np.float32)
        assert gt.check_gradients(jnp.sin, x, profile="fast", properties="value").ok

    inside()


def test_a_search_inside_a_test_looks_at_the_same_points():
    outside, inside = looked_at(points(), seed=3, examples=150), []

    @hypothesis.settings(max_examples=1, deadline=None, database=None)
    @given(st.just(0))
    def test(_):
        inside.append(looked_at(points(), seed=3, examples=150))

    test()
    assert inside[0] == outside and len(outside) > 100


def test_strategies_that_give_nothing():
    x = gt.arrays((3,), np.float32).filter(lambda array: False)
    with pytest.raises(hypothesis.errors.Unsatisfiable):
        gt.check_gradients(jnp.sin, x)


SPD = gt.arrays((3, 3), spd=True)
SHARES = gt.arrays((2, 3), simplex=True)


def test_directions_keep_the_structure_that_a_strategy_promises():
    arguments = (SPD, gt.arrays(2), SHARES, gt.arrays((2, 2), "complex64", symmetric=True))
    example = find(drawn(arguments, lambda tree: [tree], 1), lambda _: True, examples=1, seed=0)[0]
    subject = Subject.of(lambda *args: None, example)
    subject = replace(subject, tangents=keeping(arguments, example))
    inputs = subject.inputs(list(example))
    rows = np.random.default_rng(0).standard_normal((4, inputs.size))
    for row in subject.along(rows, inputs):
        matrix, _, shares, symmetric = inputs.leaves(row)
        np.testing.assert_array_equal(matrix, matrix.T)
        np.testing.assert_allclose(shares.sum(-1), 0, atol=1e-6)
        np.testing.assert_array_equal(symmetric, symmetric.T)
    np.testing.assert_array_equal(subject.along(rows, inputs)[:, 9:11], rows[:, 9:11])
    assert keeping((gt.arrays(2), 1.0), (X, 1.0)) == ()


def test_a_rule_for_symmetric_matrices_is_right_along_symmetric_changes():
    """JAX's rule of `cholesky` mirrors the gradient, whose lower triangle alone is read."""
    options = {"profile": "fast", "properties": ("value", "second")}
    assert gt.check_gradients(jax.scipy.linalg.cholesky, SPD, **options).ok
    assert gt.check_gradients(lambda p: jnp.log(p / p.sum(-1, keepdims=True)), SHARES, **options).ok


def test_what_is_made_simple_stays_what_the_strategy_draws():
    @jax.custom_vjp
    def logdet(a):
        return jnp.linalg.slogdet(a)[1]

    logdet.defvjp(lambda a: (logdet(a), a), lambda a, ct: (2 * ct * jnp.linalg.inv(a).T,))
    with pytest.raises(gt.GradientError) as raised:
        gt.check_gradients(logdet, SPD, profile="fast")
    (found,) = raised.value.counterexample.arguments
    np.testing.assert_array_equal(found, found.T)
    assert np.linalg.eigvalsh(found).min() > 0.4
    assert "2 times" in raised.value.counterexample.cause


# What else is loaded


@pytest.fixture
def numbers(tmp_path, monkeypatch):
    """The name of a module, not yet loaded, that has many numbers in it."""
    name = f"numbers_of_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(
        f"INTEGERS = {list(range(-90, 90))}\n"
        f"FLOATS = {[n / 7 for n in range(-90, 90)]}\n"
        f"TEXTS = {[bytes([n] * 16) for n in range(90)]}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    sys.modules.pop(name, None)


DRAWN = st.tuples(
    st.floats(-10, 10), st.integers(-80, 80), st.binary(min_size=16, max_size=16)
) | gt.arrays((3,), np.float32).map(tuple)


def plainly(strategy, seed):
    """The points of Hypothesis by itself."""
    seen = []
    with pytest.raises(hypothesis.errors.NoSuchExample):
        hypothesis.find(
            strategy,
            lambda point: bool(seen.append(str(point))),
            settings=settings(200),
            random=random.Random(seed),
        )
    return seen


def test_what_is_loaded_moves_no_draw(numbers):
    def all_of_them():
        return [looked_at(each, seed=5, examples=200) for each in (DRAWN, points())]

    before, by_itself = all_of_them(), plainly(DRAWN, 5)
    importlib.import_module(numbers)
    assert all_of_them() == before
    assert plainly(DRAWN, 5) != by_itself  # or there is nothing to keep out any more


def test_hypothesis_is_left_as_it_was(numbers):
    def both():
        return providers._get_local_constants, providers.CONSTANTS_CACHE

    before = both()
    with steady():
        assert both() != before
        with ThreadPoolExecutor(1) as pool:
            pool.submit(looked_at, points(), seed=5).result()
        assert both() != before
    assert both() == before
    with pytest.raises(KeyError), steady():
        raise KeyError
    assert both() == before
