"""What a call does with memory: it writes over what nobody else has, and over nothing else."""

import gc
from functools import partial

import jax
import numpy as np
import pytest

import funcgrad.torch as torch


def trained(**options):
    """A parameter, and a compiled step that trains it."""
    w = torch.arange(4.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1, **options)

    @torch.compile(fullgraph=True)
    def step(x):
        optimizer.zero_grad()
        loss = (w * x).sum()
        loss.backward()
        optimizer.step()
        return loss

    return w, step


def where(tensor):
    return jax.numpy.asarray(tensor.detach()).unsafe_buffer_pointer()


def test_a_parameter_is_written_over_in_place():
    w, step = trained()  # alone it is in no pack
    x = torch.ones(4)
    step(x)
    step(x)
    gc.collect()
    before = where(w)
    step(x)
    assert where(w) == before


@pytest.mark.parametrize("kept", ["numpy", "jax", "detached clone", "graph"])
def test_what_somebody_else_has_stays(kept):
    w, step = trained()
    x = torch.ones(4)
    step(x)
    keep = {
        "numpy": w.detach().numpy,
        "jax": partial(jax.numpy.asarray, w.detach()),
        "detached clone": w.detach().clone,
        "graph": (w.detach().clone() * w).sum,
    }[kept]()
    expected = np.array(keep.detach() if isinstance(keep, torch.Tensor) else keep)
    for _ in range(3):
        step(x)
    found = keep.detach() if isinstance(keep, torch.Tensor) else keep
    np.testing.assert_array_equal(np.asarray(found), expected)
    assert w.tolist() == pytest.approx([-0.4, 0.6, 1.6, 2.6])


def test_what_a_graph_saved_is_not_written_over():
    w = torch.ones(3)
    double = torch.compile(lambda x: w.mul_(2) * x, fullgraph=True)
    x = torch.ones(3, requires_grad=True)
    double(x).sum().backward()
    assert x.grad.tolist() == [2, 2, 2]
    y = double(x)
    w.mul_(100)
    assert y.tolist() == [4, 4, 4]


def test_one_array_of_two_tensors_is_given_away_for_none():
    a = torch.zeros(3)
    b = a.detach().clone()
    part = torch.compile(lambda: (a.add_(1), b.sub_(1)), fullgraph=True)
    part()
    part()
    assert (a.tolist(), b.tolist()) == ([2] * 3, [-2] * 3)


def test_a_constant_is_another_tensor_at_each_call():
    zeros = torch.compile(lambda: torch.zeros(2), fullgraph=True)
    first = zeros()
    first.add_(1)
    assert (first.tolist(), zeros().tolist()) == ([1, 1], [0, 0])
    assert zeros() is not zeros()


def test_cleared_gradients_can_be_edited():
    w = torch.ones(2, requires_grad=True)

    @torch.compile(fullgraph=True)
    def step():
        loss = (w * w).sum()
        loss.backward()
        with torch.no_grad():
            w.sub_(0.25 * w.grad)
            w.grad.zero_()
        return loss

    w.grad = torch.zeros(2)
    step()
    w.grad.add_(1)  # what is added to the next gradient
    step()
    step()
    assert w.grad.tolist() == [0, 0]
    assert w.tolist() == [-0.125 + 0.125, 0]


def test_a_view_where_there_was_none():
    double = torch.compile(lambda x: x * 2, fullgraph=True)
    x = torch.arange(4.0).reshape(2, 2)
    double(x)
    assert double(x.t()).tolist() == [[0, 4], [2, 6]]
    assert double(x[:1]).tolist() == [[0, 2]]
    add = torch.compile(lambda x: x.add_(1), fullgraph=True)
    add(x)
    add(x.t()[0])
    assert x.tolist() == [[2, 2], [4, 4]]


def test_an_argument_more_or_fewer():
    total = torch.compile(lambda *xs: sum(xs), fullgraph=True)
    one = torch.ones(())
    assert [total(*[one] * n).item() for n in (2, 3, 2, 1)] == [2, 3, 2, 1]


def test_the_same_shapes_at_another_place_of_the_arguments():
    double = torch.compile(lambda x, scale=1: x * scale, fullgraph=True)
    x = torch.ones(2)
    assert double(x).tolist() == double(x, scale=1).tolist() == [1, 1]
    assert double(scale=3, x=x).tolist() == double(x, 3).tolist() == [3, 3]
    assert double([x][0], True).tolist() == [1, 1]
