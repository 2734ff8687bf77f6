"""Other shapes for a function that was given one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from funcgrad.testing import GradientError, check_gradients, sizes
from funcgrad.testing.subject import Subject

W = np.ones((3, 4), np.float32)
X = np.ones((2, 3), np.float32)


def others(*arguments):
    subject = Subject.of(lambda *args: None, arguments)
    return [leaves for shapes in sizes.others(subject, list(arguments)) for leaves in shapes]


def test_a_size_that_two_arguments_share_changes_in_both():
    found = others(X, W)
    assert any(x.shape[1] == w.shape[0] == 1 for x, w in found)
    assert all(x.dtype == w.dtype == np.float32 for x, w in found)


def test_a_batch_of_one_comes_first_and_an_empty_one_comes():
    found = [tuple(leaf.shape for leaf in leaves) for leaves in others(X, W)]
    assert found[0] == ((1, 3), (3, 4))
    assert ((0, 3), (3, 4)) in found
    assert ((2, 1), (1, 4)) in found and ((2, 3), (3, 1)) in found


def test_an_axis_of_one_grows():
    assert (3, 3) in [leaves[0].shape for leaves in others(np.ones((1, 3)))]


def test_all_sizes_are_one_less_at_once_and_an_axis_is_told_from_its_like():
    found = [tuple(leaf.shape for leaf in leaves) for leaves in others(np.ones((4, 4)), np.ones(5))]
    assert found.index(((3, 2), (4,))) == found.index(((3, 3), (4,))) - 1


def test_a_square_is_left_where_the_function_takes_others():
    @jax.custom_vjp
    def doubled(x):
        return 2 * x

    doubled.defvjp(lambda x: (2 * x, None), lambda _, ct: (2 * ct.reshape(ct.shape[::-1]).T
                   if ct.shape[0] != ct.shape[1] else 2 * ct,))  # fmt: skip
    square = np.arange(16, dtype=np.float32).reshape(4, 4)
    with pytest.raises(GradientError) as raised:
        check_gradients(doubled, square, properties=("value", "size"), max_examples=1)
    assert raised.value.counterexample.property == "size"


def test_numbers_keys_and_numbers_without_axes_stay():
    key = jax.random.key(0)
    for leaves in others(X, key, 2.0, np.float32(3)):
        assert leaves[1] is key and leaves[2] == 2.0 and np.shape(leaves[3]) == ()


def test_places_stay_inside_of_what_they_point_at():
    for x, places in others(X, np.array([0, 1, 1, 0, 1], np.int32)):
        if len(x):
            assert places.max() < len(x)


def test_without_axes_there_is_nothing_to_change():
    assert others(2.0) == []


def test_shapes_that_the_function_does_not_take_are_no_failure():
    def only_three(x):
        assert x.shape == (3,)
        return jnp.sin(x)

    report = check_gradients(only_three, np.ones(3, np.float32), properties=("value", "size"),
                             profile="fast", max_examples=1)  # fmt: skip
    assert report.properties["size"].verdict == "unavailable"
    assert report.shapes == ("float32[3]",)


def test_a_shape_in_which_the_function_cannot_be_run_is_told():
    """With a window of 0 a convolution can be traced, and not be compiled."""

    def convolved(window, x):
        return jax.lax.conv(x, window, (1, 1), "VALID")

    window, x = np.ones((1, 1, 3, 3), np.float32), np.ones((1, 1, 4, 4), np.float32)
    report = check_gradients(convolved, window, x, properties=("value", "size"), profile="fast",
                             max_examples=1, max_shapes=9)  # fmt: skip
    assert report.ok and any("cannot be run" in note for note in report.notes)


def test_there_are_no_more_shapes_than_asked_for():
    for most, count in [(1, 1), (2, 2)]:
        report = check_gradients(jnp.multiply, X, X, properties=("value", "size"), profile="fast",
                                 max_examples=1, max_shapes=most)  # fmt: skip
        assert len(report.shapes) == count
