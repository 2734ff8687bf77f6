"""The functions of the gallery's gradient check before `funcgrad.testing`, as its note says."""

import jax
import pytest

from funcgrad.compare.gallery import choose
from funcgrad.compare.worker import load
from funcgrad.testing import GradientError, check_gradients, check_vjp


@pytest.fixture
def module():
    (example,) = choose(["gradient-check"])
    return load(example.path)


def test_the_function_passes(module):
    report = check_gradients(module.f, module.inputs()["points"], profile="fast")
    assert {result.verdict for result in report.properties.values()} <= {"pass", "unavailable"}
    assert report.properties["value"].checks > 0


def test_the_mistaken_rule_is_refused_at_one_point(module):
    """Where gradcheck, which is content with a thousandth, lets it pass."""
    mistaken = jax.custom_jvp(module.f)

    @mistaken.defjvp
    def rule(primals, tangents):
        return module.f(*primals), module.derivative_mistaken(*primals) * tangents[0]

    with pytest.raises(GradientError) as raised:
        check_vjp(mistaken, (float(module.inputs()["x"]),))
    found = raised.value.counterexample
    assert found.property == "value"
    assert found.expected == pytest.approx(module.EXPECTED["by_hand"])
    assert found.got == pytest.approx(module.derivative_mistaken(2.0))


def test_gradcheck_lets_it_pass_at_that_point(module, oracle):
    x = oracle.tensor(module.inputs()["x"], requires_grad=True)

    class Mistaken(oracle.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return module.f(x)

        @staticmethod
        def backward(ctx, gradient):
            return gradient * module.derivative_mistaken(*ctx.saved_tensors)

    assert oracle.autograd.gradcheck(Mistaken.apply, x)
