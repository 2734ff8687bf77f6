"""`compare_with_torch`: the same function in JAX and on tensors, of both libraries."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import funcgrad.torch as ours
from funcgrad.testing.report import GradientError
from funcgrad.testing.twins import compare_with_torch


@pytest.fixture(params=["funcgrad.torch", "torch"])
def torch(request):
    if request.param == "torch":
        return request.getfixturevalue("oracle")
    return ours


def numbers(*shape, seed=0, dtype=np.float32):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def loss_in_jax(params, x, classes):
    logits = jnp.tanh(x @ params["w"] + params["b"])
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), classes[:, None], 1).mean()


def loss_in(torch):
    def loss(params, x, classes):
        logits = torch.tanh(x @ params["w"] + params["b"])
        return torch.nn.functional.cross_entropy(logits, classes)

    return loss


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_loss_agrees(torch, dtype):
    params = {"w": numbers(3, 4, dtype=dtype), "b": numbers(4, seed=1, dtype=dtype)}
    x, classes = numbers(5, 3, seed=2, dtype=dtype), np.array([0, 3, 1, 1, 2])
    found = compare_with_torch(loss_in_jax, loss_in(torch), params, x, classes)
    assert found.ok and found.worst <= 1 and found.library == torch.__name__
    assert [p.name for p in found.values] == ["out"]
    names = ["d / d args[0]['b']", "d / d args[0]['w']", "d / d args[1]"]
    assert [p.name for p in found.gradients] == names
    assert {p.jax.dtype for p in found.gradients} == {np.dtype(dtype)}
    assert all(np.any(p.jax != 0) and np.any(p.torch != 0) for p in found.gradients)


def test_tensors_may_be_the_arguments(torch):
    x = torch.tensor([0.5, -2.0], requires_grad=True)
    found = compare_with_torch(jnp.sin, torch.sin, x)
    assert found.ok and x.grad is None
    assert found.gradients[0].jax.shape == (2,)


def test_only_what_is_asked_for(torch):
    params, x = {"w": numbers(3, 4), "b": numbers(4)}, numbers(5, 3)
    classes = np.array([0, 3, 1, 1, 2])
    found = compare_with_torch(loss_in_jax, loss_in(torch), params, x, classes, argnums=1)
    assert [p.name for p in found.gradients] == ["d / d args[1]"]


def test_other_things_are_passed_as_they_are(torch):
    found = compare_with_torch(
        lambda x, axis, how: x.sum(axis) if how == "sum" else None,
        lambda x, axis, how: torch.sum(x, axis) if how == "sum" else None,
        numbers(2, 3), 1, "sum",
    )  # fmt: skip
    assert found.ok and found.values[0].jax.shape == (2,)


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_complex_gradients_agree_in_spite_of_the_conventions(torch, dtype):
    z = (numbers(4) + 1j * numbers(4, seed=1)).astype(dtype)
    x = z.real.copy()
    found = compare_with_torch(
        lambda z, x: (z**2 * (1 + 2j), jnp.abs(z) * x, jnp.exp(1j * x)),
        lambda z, x: (z**2 * (1 + 2j), torch.abs(z) * x, torch.exp(1j * x)),
        z, x,
    )  # fmt: skip
    assert found.ok and len(found.values) == 3
    assert np.iscomplexobj(found.gradients[0].jax) and not np.iscomplexobj(found.gradients[1].jax)


def test_a_conjugate_is_told(torch):
    z = numbers(4) + 1j * numbers(4, seed=1)

    @jax.custom_vjp
    def wrong(z):
        return jnp.sum(jnp.abs(z) ** 2)

    wrong.defvjp(lambda z: (wrong(z), z), lambda z, g: (2 * g * z,))  # conj(z) would be right
    with pytest.raises(GradientError, match="conjugates") as error:
        compare_with_torch(wrong, lambda z: torch.sum(torch.abs(z) ** 2), z)
    assert error.value.counterexample.property == "value"


def test_a_wrong_gradient_is_told_with_both_numbers(torch):
    @jax.custom_vjp
    def wrong(x):
        return jnp.sum(x**2)

    wrong.defvjp(lambda x: (wrong(x), x), lambda x, g: (2 * g * x.at[1].mul(1.001),))
    x = np.array([1.0, 2.0, 3.0], np.float32)
    with pytest.raises(AssertionError) as error:
        compare_with_torch(wrong, lambda x: torch.sum(x**2), x)
    broke = error.value.counterexample
    assert broke.where == "d / d args[0][1]" and broke.property == "value"
    assert broke.got == pytest.approx(4.004) and broke.expected == pytest.approx(4.0)
    assert broke.error > 1 and not error.value.report.ok
    assert "4.004" in str(error.value) and torch.__name__ in str(error.value)
    with pytest.raises(GradientError):
        compare_with_torch(wrong, lambda x: torch.sum(x**2), x, rtol=1e-4)
    assert compare_with_torch(wrong, lambda x: torch.sum(x**2), x, rtol=1e-2).ok


def test_a_wrong_value_is_told_before_the_gradient(torch):
    with pytest.raises(GradientError, match="the same values") as error:
        compare_with_torch(lambda x: x * 2, lambda x: torch.mul(x, 2) + 1e-2, numbers(3))
    assert error.value.counterexample.property == "structure"


def test_other_shapes_are_told(torch):
    x = numbers(3)
    with pytest.raises(GradientError, match="same shapes") as error:
        compare_with_torch(lambda x: x.sum(), lambda x: torch.sum(x, 0, keepdim=True), x)
    assert error.value.counterexample.where == "out"
    with pytest.raises(GradientError, match="same shapes"):
        compare_with_torch(lambda x: (x, x), torch.sin, x)


def test_several_results_in_any_structure(torch):
    found = compare_with_torch(
        lambda x: {"b": jnp.max(x, 0), "a": (jnp.argmax(x, 0), None, 2.0)},
        lambda x: {"b": torch.max(x, 0).values, "a": (torch.max(x, 0).indices, None, 2.0)},
        numbers(4, 3),
    )
    assert [p.name for p in found.values] == ["out['a'][0]", "out['a'][2]", "out['b']"]


def test_what_is_not_used_has_no_gradient(torch):
    found = compare_with_torch(lambda x, y: jnp.sin(x), lambda x, y: torch.sin(x), *numbers(2, 3))
    assert not found.gradients[1].torch.any() and not found.gradients[1].jax.any()
    constant = compare_with_torch(
        lambda x: jnp.ones(2), lambda x: torch.ones(2), numbers(3), library=torch
    )
    assert constant.ok


def test_nan_and_infinity_agree_with_themselves(torch):
    x = np.array([0.0, -1.0, 4.0], np.float32)
    assert compare_with_torch(jnp.sqrt, torch.sqrt, x).ok
    with pytest.raises(GradientError) as error:
        compare_with_torch(lambda x: jnp.sqrt(jnp.abs(x)), torch.sqrt, x)
    assert error.value.counterexample.error == np.inf


def test_bfloat16(torch):
    x = jnp.asarray(numbers(8), jnp.bfloat16)
    found = compare_with_torch(jnp.tanh, torch.tanh, x)
    assert found.gradients[0].torch.dtype == jnp.bfloat16


def test_the_cotangent_is_seeded(torch):
    def run(seed):
        x = np.linspace(0, 1, 4, dtype=np.float32)
        return compare_with_torch(jnp.exp, torch.exp, x, seed=seed).gradients[0].jax

    np.testing.assert_array_equal(run(1), run(1))
    assert np.any(run(1) != run(2))


# --- which library it is -----------------------------------------------------------------------


def test_a_function_a_method_a_partial_and_a_module_show_their_library(torch):
    x = numbers(5, 3)
    layer = torch.nn.Linear(3, 2)
    w, b = (np.asarray(p.detach().numpy()) for p in (layer.weight, layer.bias))
    ways = [
        layer,
        layer.forward,
        lambda x: layer(x) * 1,
        functools.partial(lambda m, x: m(x), layer),
    ]
    for way in ways:
        assert compare_with_torch(lambda x: x @ w.T + b, way, x).library == torch.__name__
    assert compare_with_torch(jnp.sin, torch.sin, x).library == torch.__name__
    softplus = torch.nn.functional.softplus
    assert compare_with_torch(jax.nn.softplus, softplus, x).library == torch.__name__


def test_where_nothing_shows_it_it_has_to_be_said(oracle):
    blank = eval("lambda x: x.sin()", {})  # noqa: S307 (a module that names neither)
    with pytest.raises(ValueError, match="names neither torch nor funcgrad"):
        compare_with_torch(jnp.sin, blank, numbers(3))
    assert compare_with_torch(jnp.sin, blank, numbers(3), library=ours).library == "funcgrad.torch"
    assert compare_with_torch(jnp.sin, blank, numbers(3), library=oracle).library == "torch"
    # This module names one of them.
    assert compare_with_torch(jnp.sin, lambda x: x.sin(), numbers(3)).library == "funcgrad.torch"
    with pytest.raises(ValueError, match="names both torch and "):
        compare_with_torch(jnp.sin, lambda x: (ours.sin(x), oracle.sin(x))[0], numbers(3))
