"""What a loop need not carry: cleared gradients, twins, gradients that only its end leaves."""

import numpy as np
import pytest

import funcgrad.torch as torch
from funcgrad import bridge
from funcgrad.tape.staging import scanning

from .scanned import agree_scanned


def cleared(torch):
    weight = torch.randn(3, requires_grad=True)

    def step(x):
        (x * weight).sin().sum().backward()
        with torch.no_grad():
            weight.sub_(0.1 * weight.grad)
        found = weight.grad.clone()
        weight.grad.zero_()
        return found

    return {"weight": weight, "step": step}


def test_cleared_gradients():
    agree_scanned(cleared, [(lambda torch: torch.randn(3),)] * 9, (1, 5, 3))


def test_a_gradient_that_was_not_cleared_before_the_first_step():
    def make(torch):
        made = cleared(torch)
        made["weight"].grad = torch.ones(3)
        return made

    agree_scanned(make, [(lambda torch: torch.randn(3),)] * 9, (1, 5, 3))


def test_a_gradient_that_is_edited_between_two_loops():
    made, x = cleared(torch), torch.ones(5, 3)
    for _ in range(2):
        bridge.scan(made["step"], x)
    made["weight"].grad.fill_(2)
    before = made["weight"].detach().clone()
    expected = (before.cos() + 2).numpy()
    np.testing.assert_allclose(bridge.scan(made["step"], x)[0].numpy(), expected, rtol=1e-6)


def adam(torch, count=3):
    weights = [torch.ones(2) * (i + 1) for i in range(count)]
    weights = [weight.requires_grad_() for weight in weights]
    optimizer = torch.optim.Adam(weights, lr=0.1)

    def step(x):
        optimizer.zero_grad()
        loss = sum((weight * x).sin().sum() for weight in weights)
        loss.backward()
        optimizer.step()
        return loss

    return {"weights": weights, "optimizer": optimizer, "step": step}


def test_counters_of_an_optimizer_are_carried_once(monkeypatch):
    carried = []

    class Noted(scanning.Looped):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            carried.append((len(self.twins), sum(isinstance(r, int) for r in self._roles)))

    monkeypatch.setattr(scanning, "Looped", Noted)
    made, x = adam(torch), torch.ones(4, 2)
    for _ in range(3):
        bridge.scan(made["step"], x)
    assert set(carried) == {(2, 10)}  # three weights, two moments of each, one counter
    steps = [state["step"].item() for state in made["optimizer"].state.values()]
    assert steps == [12, 12, 12]
    state = made["optimizer"].state[made["weights"][0]]
    state["step"].add_(1)  # of one of them
    assert [s["step"].item() for s in made["optimizer"].state.values()] == [13, 12, 12]


@pytest.mark.parametrize("edited", [False, True])
def test_counters_that_differ(edited):
    def make(torch):
        made = adam(torch)
        if edited:
            made["step"](torch.ones(2))
            made["optimizer"].state[made["weights"][1]]["step"].add_(5)
        return made

    agree_scanned(make, [(lambda torch: torch.randn(2),)] * 9, (4, 5))


def test_counters_that_come_to_differ_between_two_loops():
    found = []
    for loops in (True, False):
        made, x = adam(torch), torch.linspace(0, 1, 8).reshape(4, 2)

        def run(made=made, x=x, loops=loops):
            if loops:
                bridge.scan(made["step"], x)
            else:
                for row in x:
                    made["step"](row)

        run()
        run()
        made["optimizer"].state[made["weights"][1]]["step"].add_(5)
        run()
        found.append([weight.detach().numpy() for weight in made["weights"]])
    for one, two in zip(*found, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5)


def test_gradients_are_those_of_the_last_step():
    agree_scanned(adam, [(lambda torch: torch.randn(2),)] * 9, (1, 5, 3))
    made = adam(torch)
    x = torch.linspace(0, 1, 8).reshape(4, 2)
    bridge.scan(made["step"], x)
    slope = made["weights"][0].grad.clone()
    bridge.scan(made["step"], x[:1])  # a loop of one step
    assert made["weights"][0].grad.tolist() != slope.tolist()


def test_a_compiled_step_after_a_loop():
    """Twins have one array after a loop, which a program must not write over."""
    found = []
    for loops in (True, False):
        made, x = adam(torch), torch.ones(4, 2)
        for _ in range(2):
            if loops:
                bridge.scan(made["step"], x)
            else:
                for row in x:
                    made["step"](row)
        step = torch.compile(made["step"], fullgraph=True) if loops else made["step"]
        for row in x:
            step(row)
        states = made["optimizer"].state.values()
        found.append([made["weights"][2].detach().numpy(), [s["step"].item() for s in states]])
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-5)
    assert found[0][1] == found[1][1] == [12, 12, 12]


def test_what_is_left_out_may_be_given_back():
    def make(torch):
        made = adam(torch)
        weights, optimizer = made["weights"], made["optimizer"]

        def step(x):
            for weight in weights:
                if weight.grad is not None:
                    weight.grad.zero_()
            sum((weight * x).sin().sum() for weight in weights).backward()
            optimizer.step()
            for weight in weights:
                weight.grad.zero_()
            return [(optimizer.state[w]["step"] * 1, w.grad.clone()) for w in weights]

        return made | {"step": step}

    agree_scanned(make, [(lambda torch: torch.randn(2),)] * 9, (1, 5, 3))
