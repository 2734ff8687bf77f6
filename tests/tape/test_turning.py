"""Views in place: what they do to values, strides, versions, the graph and other views."""

import pytest

import funcgrad.torch as ours

from .outcome import assert_same, outcome


def views_in_place(torch):
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    y = x * 2
    row, version = y[0], y._version
    y.t_()
    results = [y.shape, y.stride(), y._version - version, y.is_contiguous(), row]
    y.unsqueeze_(1).squeeze_(-2)
    y[0] *= 10
    (y * torch.arange(6.0).reshape(3, 2)).sum().backward()
    return [*map(str, results[:2]), *results[2:], y, row.detach(), x.grad]


def an_edit_through_a_view_of_before(torch):
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    y = x * 2
    row = y[0]
    y.transpose_(0, 1)
    row.mul_(3)
    column = y[:, 1]
    column.add_(x[1] ** 2)
    (y**2).sum().backward()
    return y, row, column, x.grad


def a_view_turned_in_place(torch):
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    y = x * 1
    part = y[:, :2]
    part.t_()
    part.mul_(5)
    (y * y).sum().backward()
    return y, part, part.stride(), x.grad


def a_leaf_is_not_turned(torch):
    x = torch.ones(2, 3, requires_grad=True)
    x.t_()


def a_leaf_without_gradient_is(torch):
    x = torch.arange(6.0).reshape(2, 3).clone()
    view = x.view(-1)
    x.t_().squeeze_(0).swapaxes_(0, 1).unsqueeze_(0)
    view[1] = 50.0
    x[0, 1, 2] = -1
    return x, view, x.stride(), x.is_leaf


def what_was_saved_is_spoilt_by_turning(torch):
    x = torch.ones(2, 3, requires_grad=True)
    y = x.exp()
    y.t_()
    y.sum().backward()


def turned_three_dimensions(torch):
    torch.ones(2, 3, 4).t_()


PROGRAMS = [
    views_in_place, an_edit_through_a_view_of_before, a_view_turned_in_place,
    a_leaf_without_gradient_is,
]  # fmt: skip
ERRORS = {
    a_leaf_is_not_turned: "a leaf Variable that requires grad is being used",
    what_was_saved_is_spoilt_by_turning: "has been modified by an inplace operation",
    turned_three_dimensions: "expects a tensor with <= 2 dimensions",
}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_same_as_pytorch(program, oracle):
    theirs = outcome(program, oracle)
    assert theirs[0] != "error", theirs
    assert_same(outcome(program, ours), theirs)


@pytest.mark.parametrize("program", ERRORS, ids=lambda p: p.__name__)
def test_same_error_as_pytorch(program, oracle):
    for engine in (oracle, ours):
        kind, name, words = outcome(program, engine)
        assert (kind, name) == ("error", "RuntimeError")
        assert ERRORS[program] in words
