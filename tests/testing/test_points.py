"""Where a function is tested: the example, and values around it in its own shape and dtype."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from funcgrad.testing.points import SPECIAL, bases, cast, fixed_bases, literals, pool, sweep
from funcgrad.testing.subject import Subject

X = np.array([[0.5, -1.25, 2.0]], np.float32)
EXAMPLES = {
    "float32": X,
    "float64": X.astype(np.float64),
    "float16": X.astype(np.float16),
    "bfloat16": X.astype(jnp.bfloat16),
    "float8": X.astype(jnp.float8_e5m2),
    "complex64": X.astype(np.complex64) * (1 + 1j),
    "a number": 2.5,
    "a complex number": 1 - 2j,
    "one entry": X[0, :1],
    "empty": np.zeros((0, 3), np.float32),
    "no axes": np.float32(3),
}


def same_kind(one, other):
    return np.shape(one) == np.shape(other) and (
        type(one) is type(other) if isinstance(other, float | complex) else one.dtype == other.dtype
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_points_have_the_shape_and_dtype_of_the_example(name):
    example = EXAMPLES[name]
    made = dict(bases(example, SPECIAL))
    assert len(made) > 20
    for leaf in made.values():
        assert same_kind(np.asarray(leaf) if name == "no axes" else leaf, example)
        assert np.all(np.isfinite(np.asarray(leaf).astype(complex)))
    assert np.array_equal(np.asarray(made["the example"]), np.asarray(example))


def test_points_are_ordinary_odd_and_large():
    made = dict(bases(X, SPECIAL))
    assert np.all(made["ones"] == 1) and np.all(made["zeros"] == 0)
    assert np.array_equal(made["the example, negative"], -X)
    assert len(np.unique(made["a part of the example"])) < X.size  # a tie
    assert np.all((made["between 0 and 1"] > 0) & (made["between 0 and 1"] < 1))
    assert np.abs(made["the example × 10000"]).max() == 2e4
    assert 0 < np.abs(made["the example × 1e-06"]).max() < 1e-5
    assert np.all(made["positive, 30 times"] >= 5)


def test_every_special_number_has_its_turn():
    many = pool([6.0])
    seen = {round(float(entry), 6) for _, leaf in bases(np.zeros(3), many) for entry in leaf}
    assert {round(number, 6) for number in many[:24]} <= seen


@pytest.mark.parametrize("name", ["float32", "float16", "bfloat16"])
def test_no_subnormals_and_no_overflow(name):
    like = EXAMPLES[name]
    info = jnp.finfo(like.dtype)
    made = cast(np.array([[1e-320, float(info.tiny) / 2, 1e300]]), like).astype(np.float64)
    assert made[0, :2].tolist() == [0.0, 0.0]
    assert 0 < made[0, 2] <= float(info.max) / 16


def test_the_numbers_of_a_program():
    def function(x):
        y = jnp.where(x > 6, x * 0.25, jnp.minimum(x, 17.5))
        return jax.lax.fori_loop(0, 3, lambda _, c: c + 40.0, y)

    found = literals([jax.make_jaxpr(function)(X)])
    assert {6.0, 0.25, 17.5, 40.0} <= set(found)
    assert found == sorted(found, key=lambda v: (len(f"{abs(v):g}"), abs(v), v))


def test_numbers_that_are_too_small_or_large_are_left_out():
    found = literals([jax.make_jaxpr(lambda x: jnp.maximum(x * 1e-20, 1e20) + 3.0)(X)])
    assert found == [3.0]


def test_a_pool_has_what_lies_beside_a_threshold():
    numbers = pool([6.0])
    assert tuple(numbers[: len(SPECIAL)]) == SPECIAL
    assert {6.0, 6.06, 5.94, 7.0, 5.0, -6.0, 12.0} <= {round(number, 9) for number in numbers}
    assert len(numbers) == len(set(numbers))


def test_integers_keep_their_own_values():
    example = np.array([0, 3, 1], np.int32)
    made = dict(fixed_bases(example))
    assert np.array_equal(made["the example"], example)
    assert made["reversed"].tolist() == [1, 3, 0] and made["all the first"].tolist() == [0, 0, 0]
    for leaf in made.values():
        assert leaf.dtype == example.dtype and set(leaf.tolist()) <= set(example.tolist())


def test_masks_are_flipped():
    made = dict(fixed_bases(np.array([True, False])))
    assert made["flipped"].tolist() == [False, True]


def test_floats_that_are_not_differentiated_stay():
    assert [name for name, _ in fixed_bases(X)] == ["the example"]


@pytest.mark.parametrize("shape", [(), (2,)])
def test_other_keys(shape):
    key = jax.random.key(7, impl="rbg")
    key = jax.random.split(key, shape) if shape else key
    made = [leaf for _, leaf in fixed_bases(key)]
    assert len(made) == 4
    assert all(leaf.dtype == key.dtype and leaf.shape == key.shape for leaf in made)
    assert len({str(jax.random.key_data(leaf).tolist()) for leaf in made}) == 4


def test_a_sweep_starts_at_the_example_and_keeps_what_is_static():
    arguments = (X, np.arange(3, dtype=np.int32), "same", 2.0)
    subject = Subject.of(lambda *args: None, arguments)
    points = list(sweep(subject, list(arguments), SPECIAL))
    assert all(one is other for one, other in zip(points[0], arguments, strict=True))
    assert {point[2] for point in points} == {"same"}
    assert len({float(point[3]) for point in points}) > 10
    again = list(sweep(subject, list(arguments), SPECIAL))
    for one, other in zip(points, again, strict=True):
        assert np.array_equal(one[0], other[0]) and one[3] == other[3]
