"""A counterexample of a function of tensors comes with a program in `funcgrad.torch` that fails."""

import numpy as np
import pytest

import funcgrad.torch as torch
from funcgrad.tape.translation import translate
from funcgrad.testing import GradientError, check_gradients
from funcgrad.testing.counterexample.reproducer import LINES, source
from funcgrad.testing.counterexample.wrapping import WIDTH
from funcgrad.testing.report import Counterexample

FACTOR = 4.0


class Cube(torch.autograd.Function):
    """Four, not three."""

    @staticmethod
    def forward(ctx, x):
        """The value."""
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * FACTOR * x**2


def closed(factor):
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient * factor * x

    return Square.apply


class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, gradient):
        return gradient * 3 * ctx.saved_tensors[0].detach() ** 2


def of_two(x, y):
    return Cube.apply(x).sum() + y * 2


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.line = torch.nn.Linear(2, 2)

    def forward(self, x):
        return Cube.apply(self.line(x))


def run(program, **names):
    lines = program.splitlines()
    assert len(lines) <= LINES and all(len(line) <= WIDTH for line in lines)
    assert "import funcgrad.torch as torch" in lines and "jnp" not in program
    exec(compile(program, "<reproducer>", "exec"), names)


def failure(function, *arguments, **options):
    with pytest.raises(GradientError) as error:
        check_gradients(function, *arguments, profile="fast", seed=0, **options)
    return error.value.counterexample


X = torch.tensor([1.5, -0.25])


@pytest.mark.parametrize(
    ("function", "arguments", "names"),
    [
        (Cube.apply, (X,), {}),
        (closed(3.0), (X,), {}),
        (Once.apply, (X,), {}),
        (of_two, (X, X), {"of_two": of_two}),
        (lambda x, n: Cube.apply(x) * n, (X, 2), {}),
        (lambda x: x.sqrt(), (torch.tensor([0.0, 1.0]),), {}),
    ],
    ids=["apply", "closure", "second", "two tensors", "a number", "finite"],
)
def test_the_program_runs_and_fails(function, arguments, names):
    found = failure(function, *arguments)
    assert not found.reproducer.startswith("# paste") or not names
    with pytest.raises(AssertionError):
        run(found.reproducer, **names)


def test_a_module_is_moved_through_its_parameters():
    found = failure(Net(), X)
    assert found.reproducer.startswith("# paste where module is defined (test_tensor_reproducer")
    with pytest.raises(AssertionError):
        run(found.reproducer, module=Net())


def test_a_layer_is_made_anew():
    """The program of a right layer, told to be wrong, says that it is right."""
    translated = translate(torch.nn.Linear(2, 1), (X,))
    found = Counterexample(
        "value",
        "",
        translated.arguments,
        cotangent=[np.ones(1, np.float32)],
        expected=1.0,
        got=2.0,
        facts={"tensors": ((X,), translated.argnums)},
    )
    program = source(torch.nn.Linear(2, 1), found)
    assert "module = torch.nn.Linear(in_features=2, out_features=1, bias=True)" in program
    run(program)


def test_many_entries_are_left_to_the_check():
    program = failure(Cube.apply, torch.ones(10, 10)).reproducer
    with pytest.raises(GradientError):
        run(program)


def test_a_rule_that_raises():
    class Raises(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            raise ValueError("no rule yet")

    found = failure(Raises.apply, X)
    assert found.property == "structure"
    with pytest.raises(ValueError, match="no rule yet"):
        run(found.reproducer)


def test_the_message_calls_tensors_as_pytorch_does():
    with pytest.raises(GradientError, match=r"d out\[\d\] / d input\[0\]\[\d\]"):
        check_gradients(Cube.apply, X, profile="fast", seed=0)
