"""Steps of the optimizers: PyTorch's numbers, from one program for a group."""

import jax
import numpy as np
import pytest

import funcgrad.torch as ours
from funcgrad.tape.tensor import wrap

from .training import parameters, train

RULES = {
    "SGD": [
        {},
        {"lr": 0.1, "momentum": 0.9},
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1},
        {"lr": 0.1, "momentum": 0.8, "nesterov": True, "maximize": True},
    ],
    "Adam": [
        {},
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1},
        {"lr": 0.05, "amsgrad": True},
        {"lr": 0.05, "amsgrad": True, "eps": 1e-2, "maximize": True, "weight_decay": 0.2},
    ],
    "AdamW": [{}, {"lr": 0.1, "weight_decay": 0.3}, {"lr": 0.1, "amsgrad": True}],
    "RMSprop": [
        {},
        {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1},
        {"lr": 0.02, "centered": True, "alpha": 0.9, "maximize": True, "momentum": 0.5},
    ],
    "Adagrad": [
        {},
        {"lr": 0.3, "lr_decay": 0.1, "weight_decay": 0.1},
        {"lr": 0.3, "initial_accumulator_value": 0.5, "eps": 1e-3, "maximize": True},
    ],
    "Adadelta": [{}, {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1, "maximize": True}],
    "Adamax": [{}, {"lr": 0.1, "betas": (0.8, 0.9), "weight_decay": 0.1, "maximize": True}],
    "NAdam": [
        {},
        {"lr": 0.05, "momentum_decay": 0.1, "weight_decay": 0.1, "maximize": True},
        {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "betas": (0.8, 0.9)},
    ],
    # β₂ = 0.7 never rectifies, 0.999 does after five steps.
    "RAdam": [
        {"lr": 0.1, "betas": (0.9, 0.7)},
        {"lr": 0.05, "eps": 1e-2, "weight_decay": 0.1, "maximize": True},
        {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "betas": (0.8, 0.95)},
    ],
}


# Each combination in float32; the last of each optimizer in float64, where rounding hides nothing.
EXAMS = [(name, options, "float32") for name, several in RULES.items() for options in several]
EXAMS += [(name, several[-1], "float64") for name, several in RULES.items()]


@pytest.mark.parametrize(("name", "options", "dtype"), EXAMS)
def test_twenty_steps(name, options, dtype, oracle):
    found = []
    for torch in (ours, oracle):
        tensors = [t.requires_grad_() for t in parameters(torch, dtype)]
        optimizer = getattr(torch.optim, name)(tensors, **options)
        train(torch, optimizer, tensors, 20)
        state = optimizer.state_dict()
        found.append((tensors, state))
    (mine, my_state), (theirs, their_state) = found
    tolerance = {"float32": 1e-6, "float64": 1e-12}[dtype]
    # Twenty steps of lr 0.1 and more take a parameter some units far, not just one.
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), tolerance, tolerance)
    assert my_state["param_groups"] == their_state["param_groups"]
    assert my_state["state"].keys() == their_state["state"].keys()
    for key, state in their_state["state"].items():
        assert list(my_state["state"][key]) == list(state)
        for part, value in state.items():
            own = my_state["state"][key][part]
            assert str(own.dtype) == str(value.dtype), part
            np.testing.assert_allclose(own.numpy(), value.numpy(), 10 * tolerance, tolerance)


@pytest.mark.parametrize("name", RULES)
def test_a_group_may_be_spread_over_devices(name):
    """One of several devices is enough for the values; each parameter stays on its own."""
    results = []
    for place in ("cpu:0", "cpu:1"):
        tensors = [ours.ones(3, requires_grad=True), ours.ones(2, device=place, requires_grad=True)]
        options = {"momentum": 0.9, "dampening": 0.5} if name == "SGD" else {}
        optimizer = getattr(ours.optim, name)(tensors, lr=0.1, **options)
        for _ in range(3):
            for tensor in tensors:
                tensor.grad = tensor.detach() * 2
            optimizer.step()
        assert str(tensors[1].device) == str(ours.ones(1, device=place).device)
        results.append([tensor.tolist() for tensor in tensors])
    assert results[0] == results[1]


class _Programs:
    """Counts the programs that XLA compiles."""

    def __init__(self):
        self.count = 0

    def __call__(self, event, duration, **_):
        self.count += event == "/jax/core/compile/backend_compile_duration"


@pytest.mark.parametrize("name", RULES)
def test_one_program_for_all_numbers(name):
    """Rates, betas, decays are operands: a hundred of them compile once."""
    tensors = [ours.ones(7, requires_grad=True), ours.ones(2, 3, requires_grad=True)]
    optimizer = getattr(ours.optim, name)(tensors, lr=0.1, weight_decay=0.1)
    for tensor in tensors:
        tensor.grad = tensor.detach().clone()
    programs = _Programs()
    jax.monitoring.register_event_duration_secs_listener(programs)
    try:
        for i in range(100):
            group = optimizer.param_groups[0]
            group["lr"], group["weight_decay"] = 0.1 + i / 100, 0.1 / (i + 1)
            optimizer.step()
    finally:
        jax.monitoring.unregister_event_duration_listener(programs)
    assert programs.count == 1


@pytest.mark.parametrize("name", RULES)
def test_a_step_can_be_traced(name):
    """Nothing in a step asks for a value, so a whole step runs inside `jax.jit`."""

    def traced(start, gradient):
        x, g = wrap(start), wrap(gradient)
        x.requires_grad_()
        x.grad = g
        optimizer = getattr(ours.optim, name)([x], lr=0.1)
        optimizer.step()
        optimizer.step()
        return x._read()

    start, gradient = np.ones(3, np.float32), np.array([1.0, -2.0, 0.5], np.float32)
    x = ours.tensor(start, requires_grad=True)
    x.grad = ours.tensor(gradient)
    optimizer = getattr(ours.optim, name)([x], lr=0.1)
    optimizer.step()
    optimizer.step()
    np.testing.assert_allclose(jax.jit(traced)(start, gradient), x.detach().numpy(), 1e-6)
