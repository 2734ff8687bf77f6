"""Functions that look at values cannot be traced: they are called, and judged all the same."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import funcgrad.torch as torch
from funcgrad.testing import GradientError, check_gradients
from funcgrad.testing.eager import EagerPrograms
from funcgrad.testing.subject import Subject


def squares_of_positive(x):
    return (x[x > 0] ** 2).sum()


def only_the_positive(x):
    return x[x > 0] ** 2


def halved_until_small(x):
    while float(x.abs().sum()) > 1:
        x = x / 2
    return x.sin()


def by_sign_of_the_sum(x):
    return x.sin() if x.sum() > 0 else 2 * x


def through_numpy(factor=1.0, dtype=None):
    """sin with a rule that goes through NumPy, in a dtype of its own where one is given."""

    class Sine(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            array = x.detach().numpy()
            return torch.tensor(np.sin(array.astype(dtype or array.dtype)))

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient * factor * torch.tensor(np.cos(x.detach().numpy()))

    return Sine.apply


def wrong_where(condition):
    """x² with a rule whose sign is wrong where a condition on the values holds."""

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient * 2 * x * (-1 if condition(x) else 1)

    return Square.apply


def example(*shape):
    return torch.tensor(np.random.default_rng(0).normal(size=shape or (3,)).astype(np.float32))


def check(function, *arguments, **options):
    return check_gradients(function, *arguments, profile="fast", seed=0, **options)


RIGHT = {
    "mask": squares_of_positive,
    "mask whose length is the result's": only_the_positive,
    "loop": halved_until_small,
    "branch": by_sign_of_the_sum,
    "numpy": through_numpy(),
    "numpy in float32": through_numpy(dtype=np.float32),
    "rule that branches": wrong_where(lambda x: bool(x.sum() > 1e9)),
}
WRONG = {
    "numpy": through_numpy(1.01),
    "numpy in float32": through_numpy(1.02, dtype=np.float32),
    "in a branch": wrong_where(lambda x: bool(x.sum() < 0)),
    "in a branch on one number": wrong_where(lambda x: float(x[0]) > 0.5),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_function_passes(name):
    report = check(RIGHT[name], example())
    assert report.ok
    for unavailable in ("jit",):
        found = report.properties[unavailable]
        assert found.verdict == "unavailable" and "looks at values" in found.reason
    for tested in ("value", "cotangent", "structure", "finite", "state"):
        assert report.properties[tested].verdict == "pass"
    assert report.compilations == 0


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_fails(name):
    with pytest.raises(GradientError) as error:
        check(WRONG[name], example())
    assert error.value.counterexample.property == "value"
    assert "input[0]" in str(error.value)


def test_the_whole_of_a_call():
    """With the properties that the fast profile leaves out."""
    report = check_gradients(by_sign_of_the_sum, example(), max_examples=1, seed=0)
    verdicts = {name: result.verdict for name, result in report.properties.items()}
    assert verdicts["second"] == verdicts["precision"] == verdicts["size"] == "pass"
    assert verdicts["vmap"] == verdicts["jit"] == verdicts["duality"] == "unavailable"


def test_a_wrong_second_derivative_is_seen():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient * 3 * (x.detach() if x.sum() > -1e9 else x) ** 2

    with pytest.raises(GradientError) as error:
        check(Cube.apply, example())
    assert error.value.counterexample.property == "second"


def test_a_rule_that_raises_at_some_points():
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            if float(x.min()) <= 0:
                raise ValueError("the rule is for positive numbers")
            return gradient * 2 * x

    with pytest.raises(GradientError) as error:
        check(Square.apply, torch.tensor([1.5, 0.5]))
    found = error.value.counterexample
    assert found.property == "structure" and "the rule is for positive numbers" in found.got


def test_where_the_function_raises_is_not_its_domain():
    def root(x):
        if bool((x <= 0).any()):
            raise ValueError("of positive numbers only")
        return x.sqrt()

    assert check(root, torch.tensor([1.5, 0.25])).ok


def test_what_changes_from_call_to_call_is_seen():
    calls = []

    def counted(x):
        calls.append(float(x.sum()))
        return x * len(calls)

    with pytest.raises(GradientError) as error:
        check(counted, example(), properties=("state",))
    assert error.value.counterexample.property == "state"


def test_a_function_of_arrays_is_called_where_jit_does_not_matter():
    def branching(x):
        return jnp.sin(x) if x.sum() > 0 else 2 * x

    @jax.custom_vjp
    def wrong(x):
        return branching(x)

    wrong.defvjp(lambda x: (branching(x), x), lambda x, g: (g * (jnp.sin(x) if x[0] > 0 else 2),))
    x = np.array([1.0, 2.0, -0.5], np.float32)
    with pytest.raises(GradientError) as error:
        check(branching, x)
    assert error.value.counterexample.property == "jit"
    report = check(branching, x, skip=("jit",))
    assert report.properties["value"].verdict == report.properties["duality"].verdict == "pass"
    assert "jit" not in report.properties
    with pytest.raises(GradientError) as error:
        check(wrong, x, skip=("jit",))
    assert error.value.counterexample.property == "value"


def test_a_module_that_looks_at_values():
    class Gated(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.line = torch.nn.Linear(2, 2)

        def forward(self, x):
            y = self.line(x)
            return y.tanh() if y.sum() > 0 else y

    module = Gated()
    before = [parameter.tolist() for parameter in module.parameters()]
    assert check(module, example(3, 2)).ok
    assert [parameter.tolist() for parameter in module.parameters()] == before


# --- the dtype that a function is called in ------------------------------------------------------


def programs(function, x):
    return EagerPrograms(Subject.of(function, (x,)), [x], x64=False)


X = np.array([0.3, -1.7, 0.9], np.float32)


@pytest.mark.parametrize(
    ("function", "wide"),
    [
        (jnp.sin, True),
        (jnp.abs, True),
        (lambda x: x * 0, True),
        (lambda x: jnp.asarray(x, np.float32), False),  # the result is narrow
        (lambda x: jnp.asarray(jnp.asarray(x, np.float32) ** 2, x.dtype), False),  # inside it is
        (lambda x: x * 2 if x.dtype == np.float32 else x, False),  # another function
        (lambda x: 1 / 0 if x.dtype == np.float64 else x, False),  # float64 is refused
    ],
)
def test_the_dtype_of_the_calls(function, wide):
    found = programs(function, X)
    assert found.wide is wide and found.islands is not wide


def test_rows():
    """Outputs, vjp and jvp a row, in float64, and what a call gives beside the derivative."""
    found = programs(lambda x: jnp.sin(x) if x.sum() > 0 else x**2, X)
    xs = np.array([[1.0, 2.0, 3.0], [-1.0, -2.0, 0.5]])
    ct, u = np.array([[1.0, 0.5, -1.0]]), np.array([[0.1, 0.2, 0.3]])
    out, gradient, tangent, told = found.rule(xs, ct, u, [])
    np.testing.assert_allclose(out, [np.sin(xs[0]), xs[1] ** 2], rtol=1e-14)
    np.testing.assert_array_equal(told, out)
    slopes = np.stack([np.cos(xs[0]), 2 * xs[1]])
    np.testing.assert_allclose(gradient, ct * slopes, rtol=1e-14)
    np.testing.assert_allclose(tangent, u * slopes, rtol=1e-14)
    for second in found.second(xs, ct, u, []):
        np.testing.assert_allclose(second, ct * u * [-np.sin(xs[0]), [2, 2, 2]], rtol=1e-12)


def test_complex_numbers():
    """A cotangent of a complex entry is (Re g, -Im g), as where functions are traced."""
    z = np.array([1.0 + 2.0j, -0.5j], np.complex64)
    found = programs(lambda z: z**2 if abs(z).sum() > 0 else z, z)
    x, ct, u = np.array([[1.0, 0.0, 2.0, -0.5]]), np.ones((1, 4)), np.array([[1.0, 0.5, -1.0, 2.0]])
    _, gradient, tangent, _ = found.rule(x, ct, u, [])
    np.testing.assert_allclose((gradient * u).sum(), (tangent * ct).sum(), rtol=1e-14)
