"""Operators that choose among rows, against PyTorch: powers by fixed exponents, number / tensor."""

import numpy as np
import pytest

import funcgrad.torch

EXPRESSIONS = {
    **{f"x ** {e}": (lambda torch, x, e=e: x**e) for e in (-2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 2.5)},
    "x.pow(2)": lambda torch, x: x.pow(2),
    "torch.pow(x, 3.0)": lambda torch, x: torch.pow(x, 3.0),
    "x.pow_(3)": lambda torch, x: x.clone().pow_(3),
    "2 ** x": lambda torch, x: 2**x,
    "x ** x": lambda torch, x: x**x,
    "2 / x": lambda torch, x: 2 / x,
    "2.5 - x": lambda torch, x: 2.5 - x,
    "x / 2": lambda torch, x: x / 2,
    "-x": lambda torch, x: -x,
    "abs(x)": lambda torch, x: abs(x),
}


def _squared(torch, x):
    y = x.clone()
    y **= 2
    return y


EXPRESSIONS["x **= 2"] = _squared


def derivatives(torch, expression, values):
    """Value, graph names and derivatives up to the second order."""
    x = torch.tensor(values, requires_grad=True)
    y = expression(torch, -x)
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    found = [y.detach().numpy(), first.detach().numpy()]
    second = None
    if first.requires_grad:
        (second,) = torch.autograd.grad(first.sum(), x, allow_unused=True)
    found.append(np.zeros_like(values) if second is None else second.clone().numpy())
    return found, [y.grad_fn.name(), y.grad_fn.next_functions[0][0].name()]


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expression(oracle, name: str) -> None:
    values = np.array([-0.5, -1.25, -3.0])
    ours, names = derivatives(funcgrad.torch, EXPRESSIONS[name], values)
    theirs, expected = derivatives(oracle, EXPRESSIONS[name], values)
    assert names == expected
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, 1e-12, 1e-13)


def test_reciprocal_may_outlive_its_operand(oracle) -> None:
    """PyTorch saves the reciprocal of `1 / x`, so that x may be edited before backward."""
    for torch in (oracle, funcgrad.torch):
        x = torch.tensor([2.0, 4.0], requires_grad=True)
        z = x * 1
        y = (1 / z).sum()
        z.mul_(3)
        y.backward()
        np.testing.assert_allclose(x.grad.numpy(), [-0.25, -0.0625])


@pytest.mark.parametrize("exponent", [-1, -2])
def test_integers_have_no_negative_powers(oracle, exponent: int) -> None:
    for torch in (oracle, funcgrad.torch):
        with pytest.raises(RuntimeError, match="Integers to negative integer powers"):
            torch.tensor([1, 2]) ** exponent
