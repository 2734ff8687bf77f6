"""NumPy's functions take tensors and give tensors, as PyTorch's do; and what refuses gradients."""

import numpy as np
import pytest

import funcgrad.torch as ours

CALLS = {
    "sin": lambda t, x: np.sin(x),
    "of a scalar": lambda t, x: np.exp(x[0]),
    "with a number": lambda t, x: np.add(x, 1),
    "array first": lambda t, x: np.add(np.ones(2), x),
    "float64": lambda t, x: np.exp(x.double()),
    "integers": lambda t, x: np.sqrt(t.tensor([4])),
    "bools are bytes": lambda t, x: np.greater(x, 1),
    "clip": lambda t, x: np.clip(x, 0, 1),
    "what is no function of elements": lambda t, x: np.concatenate([x, x]),
    "a tensor that requires grad": lambda t, x: np.sin(x.clone().requires_grad_()),
    "an operator": lambda t, x: np.ones(2) * x,
    "tensor": lambda t, x: t.tensor([1], requires_grad=True),
    "zeros": lambda t, x: t.zeros(2, dtype=t.int32, requires_grad=True),
    "arange": lambda t, x: t.arange(3, requires_grad=True),
    "randint": lambda t, x: t.randint(3, (2,), requires_grad=True),
    "Parameter": lambda t, x: t.nn.Parameter(t.tensor([1])),
    "requires_grad_": lambda t, x: t.tensor([1]).requires_grad_(),
    "requires_grad =": lambda t, x: setattr(t.tensor([1]), "requires_grad", True),
}


def outcome(torch, call):
    try:
        return repr(call(torch, torch.tensor([1.0, 2.0])))
    except (RuntimeError, TypeError) as error:
        return type(error), str(error)


@pytest.mark.filterwarnings("ignore:__array_wrap__ must accept:DeprecationWarning")  # PyTorch's
@pytest.mark.parametrize("name", CALLS)
def test_as_in_pytorch(name, oracle):
    assert outcome(ours, CALLS[name]) == outcome(oracle, CALLS[name])
