"""A function as the checks see it: what is differentiated, what is fixed, what is part of it."""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from funcgrad.testing.subject import Subject, is_array, is_key, name_of, outputs

X = np.array([0.5, -1.25], np.float32)
KEY = jax.random.key(0)


class Layer(NamedTuple):
    w: np.ndarray
    b: float


def role(leaf, **options):
    return Subject.of(lambda x: x, (leaf,), **options).roles


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (X, "differentiated"),
        (jnp.asarray(X), "differentiated"),
        (X.astype(jnp.bfloat16), "differentiated"),
        (X.astype(np.float16), "differentiated"),
        (X.astype(jnp.float8_e4m3fn), "differentiated"),
        (X.astype(np.complex64), "differentiated"),
        (np.zeros((0, 3)), "differentiated"),
        (2.0, "differentiated"),
        (1j, "differentiated"),
        (np.float32(2), "differentiated"),
        (np.arange(3), "fixed"),
        (np.array([True]), "fixed"),
        (np.int32(3), "fixed"),
        (KEY, "fixed"),
        (jax.random.PRNGKey(0), "fixed"),
        (3, "static"),
        (True, "static"),
        ("ij,jk", "static"),
        (jnp.sin, "static"),
    ],
)
def test_the_role_of_a_leaf(leaf, expected):
    assert role(leaf) == (expected,)


def test_none_is_no_leaf():
    assert role(None) == ()


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (None, ("differentiated", "differentiated", "fixed")),
        (0, ("differentiated", "fixed", "fixed")),
        (1, ("fixed", "differentiated", "fixed")),
        (-2, ("fixed", "differentiated", "fixed")),
        ((0, 1), ("differentiated", "differentiated", "fixed")),
        ([1], ("fixed", "differentiated", "fixed")),
    ],
)
def test_argnums(argnums, expected):
    assert Subject.of(lambda a, b, i: a, (X, X, np.arange(2)), argnums).roles == expected


def test_arguments_are_taken_apart_and_put_together():
    arguments = (Layer(X, 2.0), {"i": np.arange(2), "mode": "same", "none": None}, [KEY, 3])
    subject = Subject.of(lambda layer, options, rest: None, arguments)
    leaves = jax.tree.leaves(arguments)
    differentiated, fixed = subject.split(leaves)
    assert [np.shape(leaf) for leaf in differentiated] == [(2,), ()]
    assert fixed[0] is arguments[1]["i"] and fixed[1] is KEY
    again = subject.arguments(differentiated, fixed)
    assert jax.tree.structure(again) == jax.tree.structure(arguments)
    assert isinstance(again[0], Layer) and again[0].w is X
    assert again[1]["mode"] == "same" and again[2][1] == 3


def test_labels_are_the_names_of_parameters():
    def loss(params, x, *rest):
        return x

    subject = Subject.of(loss, ({"w": X, "b": [X]}, X, X, X))
    assert subject.labels == ("params['b'][0]", "params['w']", "x", "args[2]", "args[3]")
    assert subject.name == "loss"
    assert Subject.of(loss, (X,), names=["y"]).labels == ("y",)


def test_fixed_leaves_can_be_made_part_of_the_function():
    leaves = [X, np.array(1)]
    subject = Subject.of(lambda x, axis: jnp.sum(x, int(axis)), tuple(leaves))
    static = subject.with_fixed_as_static(leaves)
    assert subject.roles == ("differentiated", "fixed")
    assert static.roles == ("differentiated", "static") and static.statics[1] is leaves[1]
    assert static.arguments([X], [])[1] is leaves[1]


def test_the_layout_of_the_inputs():
    subject = Subject.of(lambda a, i, z: a, (X, np.arange(2), np.complex64([1j])))
    layout = subject.inputs([X, np.arange(2), np.complex64([1j])])
    assert layout.labels == ("a", "z") and layout.size == 4


def test_outputs_are_those_that_have_a_derivative():
    result = {"loss": X, "count": np.int32(1), "text": "no", "key": KEY, "pair": (2.0, None)}
    assert [label for label, _ in outputs(result)] == ["out['loss']", "out['pair'][0]"]
    assert [label for label, _ in outputs(X)] == ["out"]


class Called:
    def __call__(self, x):
        return x


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (jnp.sin, "sin"),
        (jax.jit(jnp.linalg.norm), "norm"),
        (functools.partial(name_of, None), "name_of"),
        (jax.custom_vjp(name_of), "name_of"),
        (Called(), "Called"),
        (lambda x: x, "<lambda>"),
    ],
)
def test_what_a_function_is_called(function, name):
    assert name_of(function) == name


def test_keys_are_arrays_of_their_own_kind():
    assert is_key(KEY) and not is_key(jax.random.PRNGKey(0)) and not is_key(1.0)
    assert is_array(KEY) and is_array(1.0) and is_array(np.arange(3))
    assert not is_array(1) and not is_array("x") and not is_array(None)
