"""Results become NumPy arrays and plain Python, or say why they cannot."""

import jax.numpy as jnp
import numpy as np
import pytest

from funcgrad.compare.values import describe, plain_results, show


def plain(value):
    return plain_results({"y": value})["y"]


@pytest.mark.parametrize("value", [None, True, 3, 1.5, 2j, "text", ["a", None, [1.0]]])
def test_plain_python_stays_what_it_is(value):
    assert plain(value) == value
    assert type(plain(value)) is type(value)


def test_arrays_keep_their_dtype():
    for value in (np.float32(1), np.ones(2, np.float16), jnp.ones((2, 3)), jnp.int32(3)):
        found = plain(value)
        assert isinstance(found, np.ndarray)
        assert found.dtype == value.dtype
        assert found.shape == value.shape


def test_a_result_shares_no_memory():
    array = np.ones(2)
    found = plain(array)
    array[:] = 2
    assert found.tolist() == [1, 1]


def test_arrays_in_a_list_are_stacked_where_they_can_be():
    assert plain([jnp.ones(2), jnp.zeros(2)]).tolist() == [[1, 1], [0, 0]]
    ragged = plain((jnp.ones(2), jnp.zeros(3)))
    assert [part.shape for part in ragged] == [(2,), (3,)]


def test_nested_dicts_get_dotted_names():
    assert plain_results({"params": {"w": 1.0, "b": {"c": 2.0}}}) == {
        "params.w": 1.0,
        "params.b.c": 2.0,
    }


def test_tensors(oracle):
    tensor = oracle.tensor([1.0, 2.0], requires_grad=True) * 2
    assert plain(tensor).tolist() == [2, 4]
    assert plain(oracle.tensor([1.0], dtype=oracle.bfloat16)).dtype.name == "bfloat16"
    assert plain(oracle.tensor([1 + 2j]).conj()).tolist() == [1 - 2j]


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array([object()])])
def test_what_cannot_be_compared_is_refused_by_name(value):
    with pytest.raises(TypeError, match="'y'"):
        plain(value)


def test_an_example_returns_a_dict():
    with pytest.raises(TypeError, match="a dict of named results, not of type"):
        plain_results((1, 2))


def test_a_value_is_shown_on_one_line():
    assert show(np.ones((2, 2), np.float32)) == "[[1., 1.], [1., 1.]]"
    assert len(show(np.arange(100_000.0))) < 100
    assert len(show([1.0] * 1000)) < 100
    assert show(["a", None, 0.5]) == "['a', None, 0.5]"
    assert [describe(value) for value in (np.ones(2, np.float32), None, "a")] == [
        "float32[2]",
        "None",
        "str",
    ]


def test_a_long_table_is_shown_by_its_corners():
    table = np.arange(60.0).reshape(20, 3)
    assert show(table) == "[[ 0., ..., 2.], ..., [57., ..., 59.]]"
    assert show(np.arange(20)) == "[ 0, 1, 2, ..., 17, 18, 19]"
