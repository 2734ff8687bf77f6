"""A backward pass whose program is known is the pass node by node, whatever befell the graph."""

import gc
import weakref

import numpy as np
import pytest

import funcgrad.torch as torch
from funcgrad.tape import known, whole

from .test_whole_passes import (
    NEVER,
    PROGRAMS,
    compiled,
    each_node_asked,
    gradients,
    patience,
)


@pytest.fixture(autouse=True)
def forget():
    whole._programs.clear()
    known.forget()
    yield
    whole._programs.clear()
    known.forget()


# Graphs with an operation that does not take the short way (several views at once, an edit that is
# recorded), or without operations.
UNKNOWN = {"several results", "edited", "a leaf alone"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_to_the_bit(name, monkeypatch):
    with patience(NEVER):
        expected = gradients(PROGRAMS[name], 1)
    with patience(0):
        gradients(PROGRAMS[name], 4)
        asked = []
        monkeypatch.setattr(whole, "run", lambda *pass_: asked.append(pass_))
        found = gradients(PROGRAMS[name], 1)
    assert bool(asked) == (name in UNKNOWN)
    assert found.keys() == expected.keys()
    for key, (array, version) in expected.items():
        assert version == found[key][1]
        assert np.asarray(array).tobytes() == np.asarray(found[key][0]).tobytes()


class Graph:
    """Two leaves, what is computed of them, and what somebody notes down."""

    def __init__(self, turned=False, one_leaf=False):
        self.x = torch.tensor([0.5, -1.0], requires_grad=True)
        self.w = self.x if one_leaf else torch.tensor([2.0, 3.0], requires_grad=True)
        for leaf in (self.x, self.w):
            leaf.grad = torch.tensor([1.0, 1.0])
        if turned:
            self.sum = self.x * 3
            self.product = self.x * self.w
        else:
            self.product = self.x * self.w
            self.sum = self.x * 3
        self.exp = (self.product + self.sum).exp()
        self.total = (self.exp * self.w).sum()
        self.notes = []

    def note(self, *seen):
        self.notes += [repr(each) for each in seen]


def turn_round(graph):
    graph.x.data = torch.tensor([7.0, 8.0])


def share_gradients(graph):
    graph.x.grad = graph.w.grad


def gradient_in_a_view(graph):
    graph.held = torch.ones(3)
    graph.x.grad = graph.held[1:]


def gradients_in_one_memory(graph):
    graph.x.grad = graph.w.grad.data


def gradient_on_the_tape(graph):
    graph.x.grad = graph.w * 2


def gradient_of_another_dtype(graph):
    graph.x.grad = None
    graph.x.data = graph.x.data.double()


def gradient_that_was_saved(graph):
    graph.total = graph.total + (graph.x.grad * graph.w).sum()


def detach_a_result(graph):
    graph.exp.detach_()


SPOILERS = {
    "nothing": lambda graph: None,
    "a hook on a leaf": lambda graph: graph.x.register_hook(graph.note),
    "a hook on a result": lambda graph: graph.exp.register_hook(graph.note),
    "a hook on a node": lambda graph: graph.exp.grad_fn.register_hook(graph.note),
    "a hook before a node": lambda graph: graph.exp.grad_fn.register_prehook(graph.note),
    "a hook after a leaf": lambda graph: (
        graph.w.register_post_accumulate_grad_hook(lambda leaf: graph.note(leaf.grad)) and None
    ),
    "a gradient is retained": lambda graph: graph.exp.retain_grad(),
    "somebody looks": lambda graph: graph.note(graph.total.grad_fn.next_functions[0][0].name()),
    "somebody looks at what was saved": lambda graph: graph.note(
        graph.exp.grad_fn._saved_result, graph.product.grad_fn._saved_self
    ),
    "a leaf is edited": lambda graph: graph.w.detach().mul_(2),
    "a result is edited": lambda graph: graph.exp.detach().mul_(2),
    "a result is replaced": lambda graph: graph.exp.mul_(2),
    "a leaf is edited behind": lambda graph: graph.w.data.mul_(2),
    "a result is edited behind": lambda graph: graph.exp.data.mul_(2),
    "a leaf gets other memory": turn_round,
    "a leaf no longer requires grad": lambda graph: graph.x.requires_grad_(False),
    "a result gets other memory": lambda graph: setattr(graph.total, "data", torch.ones(1, 1)),
    "a result gets more elements": lambda graph: setattr(graph.total, "data", torch.ones(2)),
    "a gradient is gone": lambda graph: setattr(graph.x, "grad", None),
    "all gradients are gone": lambda graph: (
        setattr(graph.x, "grad", None) or setattr(graph.w, "grad", None)
    ),
    "one gradient of two leaves": share_gradients,
    "a gradient in a view": gradient_in_a_view,
    "gradients in one memory": gradients_in_one_memory,
    "a gradient on the tape": gradient_on_the_tape,
    "a gradient of another dtype": gradient_of_another_dtype,
    "a gradient that was saved": gradient_that_was_saved,
    "a result is detached": detach_a_result,
}


def outcome(spoil, *, backward=lambda graph: graph.total.backward(), **build):
    graph = Graph(**build)
    spoil(graph)
    try:
        backward(graph)
    except (RuntimeError, TypeError) as error:
        graph.note(f"{type(error).__name__}: {error}")
    found = [repr(graph.x), repr(graph.w), *graph.notes]
    for leaf in (graph.x, graph.w):
        found += [repr(leaf.grad), None if leaf.grad is None else leaf.grad._version]
    found += [graph.x.grad is graph.w.grad, repr(getattr(graph, "held", None))]
    return found


def spoiled(spoil, **how):
    """What comes of a graph node by node, and where its like has been known."""
    with each_node_asked():
        expected = outcome(spoil, **how)
    with patience(NEVER):
        assert outcome(spoil, **how) == expected  # where nobody sees what goes between the nodes
    with patience(0):
        for _ in range(4):
            outcome(lambda graph: None)
        assert known._functions
        return expected, outcome(spoil, **how)


@pytest.mark.parametrize("name", SPOILERS)
def test_what_befell_the_graph(name):
    expected, found = spoiled(SPOILERS[name])
    assert found == expected


@pytest.mark.parametrize("build", [{"turned": True}, {"one_leaf": True}], ids=str)
def test_another_structure_of_the_same_operations(build):
    expected, found = spoiled(lambda graph: None, **build)
    assert found == expected


def twice(graph):
    graph.total.backward(retain_graph=True)
    graph.note(graph.x.grad)
    graph.total.backward()
    graph.note(graph.x.grad)
    graph.total.backward()


def recorded(graph):
    graph.total.backward(create_graph=True)
    graph.note(graph.x.grad.grad_fn.name())


def into_one(graph):
    graph.total.backward(inputs=[graph.w])


def inside_of_a_level(graph):
    with torch.autograd.forward_ad.dual_level():
        graph.total.backward()


def given(graph):
    graph.total.backward(torch.tensor(3.0))


def given_with_an_axis(graph):
    graph.total.backward(torch.tensor([3.0]))


def given_another_dtype(graph):
    graph.total.backward(torch.tensor(3.0, dtype=torch.float64))


def given_what_accumulates(graph):
    graph.w.grad = torch.tensor(2.0)
    graph.total.backward(graph.w.grad)


def given_a_number(graph):
    graph.total.backward(3.0)


def of_a_vector(graph):
    graph.exp.backward(graph.x.detach())


def without_grad_mode(graph):
    with torch.no_grad():
        graph.total.backward()


@pytest.mark.parametrize(
    "backward",
    [twice, recorded, into_one, inside_of_a_level, given, given_with_an_axis, given_another_dtype,
     given_what_accumulates, given_a_number, of_a_vector, without_grad_mode],
)  # fmt: skip
def test_how_the_pass_is_asked_for(backward):
    for spoil in ("nothing", "all gradients are gone"):
        expected, found = spoiled(SPOILERS[spoil], backward=backward)
        assert found == expected


@pytest.mark.filterwarnings("ignore:Anomaly Detection has been enabled")
def test_nan_is_found():
    def step():
        x = torch.zeros(2, requires_grad=True)
        (x.sqrt() * x).sum().backward()

    with patience(0):
        for _ in range(4):
            step()
        with torch.autograd.detect_anomaly(), pytest.raises(RuntimeError, match="nan values"):
            step()


def test_a_pass_that_is_known_asks_nobody(monkeypatch):
    """Also where two kinds of passes take turns."""
    with patience(0):
        for _ in range(4):
            outcome(SPOILERS["nothing"])
            outcome(SPOILERS["all gradients are gone"])
        monkeypatch.setattr(whole, "run", None)
        for _ in range(4):
            outcome(SPOILERS["nothing"])
            outcome(SPOILERS["all gradients are gone"])
            outcome(SPOILERS["nothing"], backward=given)


def test_structures_of_one_root_are_few():
    with patience(0):
        for count in range(8):
            for _ in range(3):
                y = x = torch.ones(2, requires_grad=True)
                for _ in range(count + 1):
                    y = y * 2
                y.sum().backward()
                assert x.grad.tolist() == [2.0 ** (count + 1)] * 2
    assert compiled() == 8
    assert [len(functions) for functions in known._functions.values()] == [known._TRIED]


def test_a_graph_is_not_kept_alive():
    with patience(0):
        gc.collect()
        gc.disable()
        try:
            for _ in range(4):
                graph = Graph()
                node, cell = weakref.ref(graph.exp.grad_fn), weakref.ref(graph.exp._cell)
                graph.total.backward()
                del graph
                assert node() is None and cell() is None
        finally:
            gc.enable()


def test_compiled_functions_take_the_long_way():
    def step(x):
        y = (x * x).sum()
        y.backward()
        return x.grad

    with patience(0):
        x = torch.ones(2, requires_grad=True)
        for _ in range(4):
            x.grad = None
            step(x)
        x.grad = None
        assert torch.compile(step, fullgraph=True)(x).tolist() == [2.0, 2.0]
