"""Small arrays that a program keeps in one: nobody can tell, but by the time that a call takes."""

import copy
import gc
import weakref

import jax
import numpy as np
import pytest

import funcgrad.torch as torch
from funcgrad import bridge
from funcgrad.tape.storage import ARRAY
from funcgrad.tape.tensor import wrap

from .agreement import agree


def model_of(torch):
    """A model, its optimizer and a step: more small tensors than are worth an operand each."""
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)

    def step(x):
        optimizer.zero_grad()
        loss = model(x).square().mean()
        loss.backward()
        optimizer.step()
        return loss

    return {"model": model, "optimizer": optimizer, "step": step}


ROWS = [(lambda torch: torch.randn(5, 3),)] * 8


def is_packed(tensor):
    """Whether a tensor's own cell is empty."""
    try:
        ARRAY.__get__(tensor._cell)
    except AttributeError:
        return True
    return False


def test_parameters_state_and_gradients_are_packed():
    torch.manual_seed(0)
    things = model_of(torch)
    step, weight = torch.compile(things["step"], fullgraph=True), things["model"][0].weight
    for _ in range(3):
        step(torch.ones(5, 3))
    assert is_packed(weight) and is_packed(weight.grad)
    assert all(is_packed(value) for value in things["optimizer"].state[weight].values())
    before = weight.tolist()
    assert not is_packed(weight)
    step(torch.ones(5, 3))
    assert is_packed(weight) and weight.tolist() != before


BETWEEN = {
    "nothing": lambda torch, things: None,
    "read one": lambda torch, things: things["model"][0].weight.sum().item(),
    "edit one": lambda torch, things: things["model"][2].bias.data.add_(0.5),
    "edit all": lambda torch, things: [p.data.mul_(0.9) for p in things["model"].parameters()],
    "edit through a view": lambda torch, things: things["model"][0].weight.data[0].zero_(),
    "replace the data": lambda torch, things: replace(things["model"][0].weight),
    "clip gradients": lambda torch, things: torch.nn.utils.clip_grad_norm_(
        things["model"].parameters(), 0.1
    ),
    "edit a gradient": lambda torch, things: things["model"][0].weight.grad.zero_(),
    "step outside": lambda torch, things: things["optimizer"].step(),
    "step uncompiled": lambda torch, things: things["plain"](torch.ones(5, 3)),
    "evaluate": lambda torch, things: things["model"](torch.ones(2, 3)).sum().backward(),
}


def replace(parameter):
    parameter.data = parameter.data.clone() * 0.5


@pytest.mark.parametrize("name", BETWEEN)
def test_what_is_done_between_calls(name):
    def make(torch):
        things = model_of(torch)
        both = {**things, "plain": things["step"]}

        def between(i):
            if i % 2 == 0:
                BETWEEN[name](torch, both)

        return {**things, "between": between}

    agree(make, ROWS)


def test_two_programs_that_share_some_tensors():
    def make(torch):
        things = model_of(torch)
        last = torch.optim.SGD(things["model"][2].parameters(), lr=0.1, momentum=0.9)
        whole = things["step"]

        def step(x, of_all):
            if of_all:
                return whole(x)
            last.zero_grad()
            loss = (things["model"](x) - 1).square().mean()
            loss.backward()
            last.step()
            return loss

        return {**things, "last": last, "step": step}

    rows = [(row, turn) for turn in (True, True, False, False, True, False) for row in ROWS[0]]
    agree(make, rows)


def test_a_loop_between_calls():
    def run(torch, steps):
        torch.manual_seed(0)
        things = model_of(torch)
        x = torch.randn(5, 3)
        compiled = torch.compile(things["step"], fullgraph=True)
        losses = []
        for count in steps:
            if count == 1:
                losses.append(compiled(x).item())
            else:
                rows = torch.stack([x] * count)
                losses += bridge.scan(things["step"], rows).tolist()
        return losses

    np.testing.assert_allclose(run(torch, [1, 1, 4, 1, 3, 1]), run(torch, [1] * 11), 1e-5)


def test_what_is_read_at_each_call_is_packed_no_longer():
    torch.manual_seed(0)
    things = model_of(torch)
    step, weight = torch.compile(things["step"], fullgraph=True), things["model"][0].weight
    x = torch.ones(5, 3)
    for _ in range(40):
        step(x)
        weight.sum().item()
    step(x)
    assert not is_packed(weight)


def test_a_copy_and_a_snapshot_stay_as_they_were():
    torch.manual_seed(0)
    things = model_of(torch)
    step, model = torch.compile(things["step"], fullgraph=True), things["model"]
    x = torch.ones(5, 3)
    for _ in range(3):
        step(x)
    twin, state = copy.deepcopy(model), model.state_dict()
    snapshot, gradient = model[0].weight.detach().numpy(), model[0].weight.grad
    expected = snapshot.copy(), gradient.tolist()
    for _ in range(3):
        step(x)
    assert (snapshot == expected[0]).all() and gradient.tolist() == expected[1]
    assert (twin[0].weight.detach().numpy() == expected[0]).all()
    assert (state["0.weight"].numpy() == model[0].weight.detach().numpy()).all()


def test_old_gradients_go_without_the_collector():
    things = model_of(torch)
    step = torch.compile(things["step"], fullgraph=True)
    x = torch.ones(5, 3)
    step(x)
    step(x)
    gc.collect()
    gc.disable()
    try:
        born = weakref.ref(things["model"][0].weight.grad._cell)
        things["model"][0].weight.grad.sum().item()
        step(x)
        assert born() is None
    finally:
        gc.enable()


def test_cleared_gradients_are_no_operands_until_they_are_edited():
    w = torch.arange(3.0, requires_grad=True)
    w.grad = torch.zeros(3)

    @torch.compile(fullgraph=True)
    def step():
        loss = (w * w).sum()
        loss.backward()
        with torch.no_grad():
            w.sub_(0.1 * w.grad)
            w.grad.zero_()
        return loss

    expected = w.detach().numpy().astype(np.float64)
    for i in range(6):
        if i in (2, 4):
            w.grad.add_(1)
        expected = expected - 0.1 * (2 * expected + (i in (2, 4)))
        step()
    np.testing.assert_allclose(w.detach().numpy(), expected, 1e-5, 1e-6)


def test_what_is_spread_over_devices_is_not_packed():
    mesh = jax.make_mesh((4,), ("data",))
    spread = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("data"))
    weights = [torch.ones(8, requires_grad=True) for _ in range(4)]
    for weight in weights:
        weight.data = wrap(jax.device_put(weight.detach().numpy(), spread))

    @torch.compile(fullgraph=True)
    def step():
        for weight in weights:
            weight.grad = None
        sum((weight * i).sum() for i, weight in enumerate(weights)).backward()
        with torch.no_grad():
            for weight in weights:
                weight.sub_(weight.grad)

    for _ in range(3):
        step()
    assert [weight.tolist() for weight in weights] == [[1.0 - 3 * i] * 8 for i in range(4)]
    assert all(weight._cell.array.sharding == spread for weight in weights)
