"""A pass of which nobody sees what goes between the nodes is the pass that asks each node."""

import numpy as np
import pytest

import funcgrad.torch as torch
from funcgrad.tape import backward, unseen

from .test_whole_passes import NEVER, PROGRAMS, each_node_asked, gradients, leaves, patience


def seen(monkeypatch):
    """The passes that ask each node, from now on."""
    asked, plain = [], backward._run
    monkeypatch.setattr(backward, "_run", lambda *pass_: asked.append(pass_) or plain(*pass_))
    return asked


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_to_the_bit(name, monkeypatch):
    with each_node_asked():
        expected = gradients(PROGRAMS[name], 1)
    asked = seen(monkeypatch)
    with patience(NEVER):
        found = gradients(PROGRAMS[name], 1)
    assert not asked and found.keys() == expected.keys()
    for key, (array, version) in expected.items():
        assert version == found[key][1]
        assert (array.dtype, array.shape) == (found[key][0].dtype, found[key][0].shape)
        assert np.asarray(array).tobytes() == np.asarray(found[key][0]).tobytes()


def doubling(gradient):
    return 2 * gradient


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return 2 * gradient


SEEN = {
    "a hook on a leaf": lambda x: x.register_hook(doubling) and x,
    "a hook on a result": lambda x: (y := x * 1, y.register_hook(doubling))[0],
    "a function of the user's": Double.apply,
}


@pytest.mark.parametrize("name", SEEN)
def test_who_looks_is_asked(name, monkeypatch):
    asked = seen(monkeypatch)
    x = torch.tensor(3.0, requires_grad=True)
    (SEEN[name](x) ** 2).backward()
    assert asked and x.grad.item() == 12


def packed(monkeypatch):
    """The unpack hook looks at the pass, and adds a hook to a node that is still to run."""
    x = torch.tensor(3.0, requires_grad=True)
    first = x * 1

    def unpack(kept):
        first.register_hook(doubling)
        return kept

    with torch.autograd.graph.saved_tensors_hooks(lambda kept: kept, unpack):
        last = first.exp()
    last.backward()
    return x.grad.item()


def test_hooks_that_come_while_it_runs(monkeypatch):
    with each_node_asked():
        expected = packed(monkeypatch)
    assert packed(monkeypatch) == expected == pytest.approx(2 * np.exp(3.0))


def test_what_an_operation_keeps_of_its_own_may_be_packed():
    """Places that a sort keeps, which are read though no operand is."""
    found = []
    for _ in range(3):
        x = torch.tensor([3.0, 1.0, 2.0], requires_grad=True)
        with torch.autograd.graph.saved_tensors_hooks(lambda kept: kept, lambda kept: kept):
            y = x.sort().values
        (y * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
        found.append(x.grad.tolist())
    assert found == [[3.0, 1.0, 2.0]] * 3


def test_nothing_is_computed_where_a_gradient_goes_on_as_it_is(monkeypatch):
    x, y = (torch.tensor(n, requires_grad=True) for n in (1.0, 2.0))
    (x + y + 1).backward()
    assert x.grad._cell.array is y.grad._cell.array  # an array never changes
    x.grad.add_(1)
    assert (x.grad.item(), y.grad.item()) == (2, 1)


def test_an_error_leaves_what_has_run_freed_and_the_rest_as_it_was():
    def run():
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        a = x.exp()
        b = a.sin()
        total = b.tanh().sum()
        with torch.no_grad():
            a.mul_(2)
        notes = []
        for _ in range(2):
            with pytest.raises(RuntimeError) as caught:
                total.backward()
            notes.append(str(caught.value).partition("[")[0])
        return notes, x.grad

    with each_node_asked():
        expected = run()
    assert run() == expected
    assert "in" in expected[0][0] and "second time" in expected[0][1]


def test_gradients_are_summed_and_cast_on_the_way():
    def run():
        found = leaves()
        (found["d"] * found["b"] + found["s"] * found["h"].sum()).sum().backward()
        return [repr(leaf.grad) for leaf in found.values()]

    with each_node_asked():
        expected = run()
    with patience(NEVER):
        assert run() == expected


def test_of_nothing_it_knows_it_does_nothing():
    x = torch.tensor(1.0, requires_grad=True)
    edge = Double.apply(x)._edge()
    assert not unseen.run([(edge, torch.tensor(1.0))], keep=True)
    assert x.grad is None
