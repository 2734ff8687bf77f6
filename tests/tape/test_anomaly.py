"""Anomaly detection: the first NaN of a backward pass is an error that names its node."""

import jax
import jax.numpy as jnp
import pytest

import funcgrad.torch as ours

from ..torch_face.programs import agree, each, programs, raised

PROGRAMS, program = programs()


def _with_nan(torch, y_of=lambda x: (x.sqrt() * 0).sum()):
    return y_of(torch.tensor([-1.0, 0.0], requires_grad=True)).backward()


@program
def nan_in_a_pass(torch):
    class Second(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x + y

        @staticmethod
        def backward(ctx, gradient):
            return gradient, gradient * float("nan")

    a, b = (torch.ones(2, requires_grad=True) for _ in range(2))
    quiet = _with_nan(torch)
    with torch.autograd.set_detect_anomaly(True):
        errors = raised(
            torch,
            lambda: _with_nan(torch),
            lambda: _with_nan(torch, lambda x: x.log().sum()),
            lambda: _with_nan(torch, lambda x: (x * 2).sum()),
            lambda: torch.autograd.grad((a.sub(1).sqrt() * 0).sum(), a),
            lambda: Second.apply(a, b).sum().backward(),
        )
    with torch.autograd.set_detect_anomaly(True, check_nan=False):
        unchecked = raised(torch, lambda: _with_nan(torch))
    return quiet, errors, unchecked, raised(torch, lambda: _with_nan(torch))


@program
def switches(torch):
    def now():
        return torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()

    seen = [now()]
    switch = torch.autograd.set_detect_anomaly(True, False)
    seen.append(now())
    with torch.autograd.set_detect_anomaly(False):
        seen.append(now())
    seen.append(now())
    with switch:
        pass
    seen.append(now())
    return seen, [error for error, _ in raised(torch, lambda: torch.autograd.set_detect_anomaly(1))]


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_the_context_warns(oracle):
    for torch in (ours, oracle):
        with pytest.warns(UserWarning, match="Anomaly Detection has been enabled"):
            context = torch.autograd.detect_anomaly()
        with context, pytest.raises(RuntimeError, match="'SqrtBackward0' returned nan values"):
            _with_nan(torch)
        assert not torch.is_anomaly_enabled()


def test_a_traced_pass_has_no_values_to_look_at():
    def slope(array):
        x = ours.tensor(array, requires_grad=True)
        x.sqrt().sum().backward()
        return x.grad.jax()

    with ours.autograd.set_detect_anomaly(True):
        assert jnp.isnan(jax.jit(slope)(jnp.array([-1.0]))).all()
