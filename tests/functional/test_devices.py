"""Devices by name, and placement: on one of them, or spread over a mesh."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import funcgrad as fg
from funcgrad.errors import DeviceError


def where(array):
    return {device.id for device in array.devices()}


@pytest.mark.parametrize(("name", "id"), [("cpu", 0), ("cpu:0", 0), ("cpu:3", 3)])
def test_names(name, id):
    assert fg.device(name) == jax.devices()[id]
    assert fg.device(fg.device(name)) is fg.device(name)


@pytest.mark.parametrize("name", ["cpu:4", "cuda", "cuda:1", "gpu", "tpu", "rocm", "nonsense"])
def test_a_device_that_is_not_there(name):
    with pytest.raises(DeviceError, match=f"no device '{name}'; there is: cpu:0, cpu:1, cpu:2"):
        fg.device(name)
    with pytest.raises(RuntimeError):  # as PyTorch's
        fg.place(1.0, name)


@pytest.mark.parametrize("name", ["", "CPU", "cpu:", "cpu:-1", "cpu:1.0", "cpu 1", ":1", "cpu:1:2"])
def test_what_is_no_name(name):
    with pytest.raises(DeviceError, match=r"no device's name.*such as.*there is: cpu:0"):
        fg.device(name)


def test_the_kinds_of_leaves():
    tree = {"numpy": np.ones((2, 3)), "jax": jnp.ones(2), "number": 3, "none": None, "list": [1.5]}
    placed = fg.place(tree, "cpu:1")
    assert jax.tree.structure(placed) == jax.tree.structure(tree)
    for leaf in jax.tree.leaves(placed):
        assert isinstance(leaf, jax.Array)
        assert where(leaf) == {1}
    assert placed["numpy"].dtype == jnp.float32  # JAX's default
    assert placed["number"].weak_type
    with jax.enable_x64(True):
        assert fg.place(np.ones(2), "cpu").dtype == jnp.float64


def test_a_program_runs_where_its_arguments_are():
    x = fg.place(4.0, "cpu:2")
    assert where(jax.jit(jax.grad(jnp.square))(x)) == {2}
    assert where(jnp.square(x)) == {2}


def test_a_place_for_every_branch():
    tree = {"w": [np.ones(2), np.ones(3)], "b": 1.0, "c": 2.0}
    placed = fg.place(tree, {"w": "cpu:1", "b": fg.device("cpu:2"), "c": None})
    assert [where(leaf) for leaf in placed["w"]] == [{1}, {1}]
    assert where(placed["b"]) == {2}
    assert where(placed["c"]) == {0}
    with pytest.raises(ValueError, match="prefix"):
        fg.place(tree, {"w": "cpu:1"})


def test_meshes_and_shardings():
    mesh = jax.make_mesh((2, 2), ("data", "model"))
    x = np.arange(16.0).reshape(4, 4)
    copies = fg.place({"x": x}, mesh)["x"]
    assert copies.sharding.is_fully_replicated
    assert where(copies) == {0, 1, 2, 3}
    split = fg.place(x, jax.NamedSharding(mesh, jax.P("data", "model")))
    assert {shard.data.shape for shard in split.addressable_shards} == {(2, 2)}
    with jax.set_mesh(mesh):
        rows = fg.place({"x": x, "y": x[0]}, jax.P("data"))
    assert rows["x"].sharding.spec == jax.P("data")
    np.testing.assert_array_equal(split, x)


def test_inside_transformations():
    mesh = jax.make_mesh((4,), ("data",))
    spread = jax.NamedSharding(mesh, jax.P("data"))
    doubled = jax.jit(lambda x: fg.place(2 * x, spread))(jnp.arange(4.0))
    assert doubled.sharding.is_equivalent_to(spread, 1)
    # A single device is not honoured inside jit, and the docstring says so.
    assert where(jax.jit(lambda x: fg.place(2 * x, "cpu:1"))(jnp.ones(2))) == {0}
    gradient = jax.grad(lambda x: jnp.sum(fg.place(x, "cpu:1") ** 2))(jnp.ones(2))
    np.testing.assert_array_equal(gradient, [2, 2])
    assert where(jax.vmap(lambda x: fg.place(x, "cpu:1"))(jnp.ones(2))) == {1}


def test_what_is_no_array():
    with pytest.raises(TypeError, match="not a valid JAX type"):
        fg.place({"name": "w"}, "cpu")
