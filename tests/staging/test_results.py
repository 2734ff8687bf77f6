"""What a compiled function gives back: fresh tensors, old ones, views, and what they share."""

import pytest

import funcgrad.torch as torch
from funcgrad.tape.staging import Staged

from .agreement import agree


def test_arguments_edited_in_place():
    def make(torch):
        weight = torch.randn(3, requires_grad=True)

        def step(x):
            loss = (x @ weight).sum()
            loss.backward()
            x.mul_(0.5)
            return x, x.t(), loss.detach()

        return {"weight": weight, "step": step}

    whole = [(lambda torch: torch.arange(24.0).reshape(8, 3),)] * 3
    parts = [(lambda torch, i=i: torch.arange(24.0).reshape(8, 3)[i : i + 4],) for i in range(3)]
    assert agree(make, whole) == 2
    # Where an edited view begins is part of its program.
    assert agree(make, parts) == 3


def test_views_that_are_only_read_share_a_program():
    def make(torch):
        return {"step": lambda x: x.sum(0)}

    parts = [(lambda torch, i=i: torch.arange(24.0).reshape(8, 3)[i : i + 4],) for i in range(4)]
    assert agree(make, parts) == 1


def test_views_of_views_that_are_only_read_share_a_program():
    def make(torch):
        weight = torch.ones(3, requires_grad=True)

        def step(x):
            weight.grad = None
            (x.t().flatten() * x.reshape(-1)[::2].sum() * weight.sum()).sum().backward()
            with torch.no_grad():
                weight.sub_(0.01 * weight.grad)
            return x.view(-1)[1:] + 1

        return {"weight": weight, "step": step}

    rows = [(lambda torch, i=i: torch.arange(24.0).reshape(4, 2, 3)[i],) for i in range(4)]
    assert agree(make, rows) == 1


def test_how_an_argument_lies_is_part_of_a_program_that_asks():
    step = Staged(lambda x: x + 1 if x.is_contiguous() else x * 10, "step", whole=True)
    rows, turned = torch.arange(12.0).reshape(2, 2, 3), torch.arange(6.0).reshape(3, 2).t()
    assert step(rows[0]).tolist() == (rows[0] + 1).tolist()
    assert step(turned).tolist() == (turned * 10).tolist()
    assert step(rows[1]).tolist() == (rows[1] + 1).tolist()
    assert len(step.programs) == 2


def test_a_view_of_a_view_that_is_given_back_or_edited_is_where_it_was():
    data = torch.arange(8.0).reshape(4, 2)
    shown = Staged(lambda x: x.flatten(), "shown", whole=True)
    edited = Staged(lambda x: x.flatten().mul_(2), "edited", whole=True)
    for i in range(4):
        row = shown(data[i])
        assert row.tolist() == [2.0 * i, 2.0 * i + 1]
        edited(data[i])
        assert row.tolist() == [4.0 * i, 4.0 * i + 2]
    assert data.tolist() == [[0, 2], [4, 6], [8, 10], [12, 14]]


def test_an_edit_shows_in_all_that_shares_the_memory():
    base = torch.zeros(3)
    part = base[1:]
    step = Staged(lambda x: x.add_(1), "step")
    assert step(part) is part
    assert base.tolist() == [0, 1, 1] and part.tolist() == [1, 1]
    assert base._version == 1


def test_results_are_fresh_or_old_ones():
    kept = torch.ones(2)

    def function(x):
        return {"x": x, "kept": kept, "new": kept + x, "memory": kept.detach(), "none": None}

    staged = Staged(function, "function", whole=True)
    x = torch.ones(2)
    first, second = staged(x), staged(x)
    assert list(first) == ["x", "kept", "new", "memory", "none"]
    assert first["x"] is x and first["kept"] is kept and first["none"] is None
    assert first["new"] is not second["new"]
    first["memory"].fill_(5)
    assert kept.tolist() == [5, 5] and second["new"].tolist() == [2, 2]


def test_results_that_share_memory():
    def function():
        whole = torch.zeros(3)
        return whole, whole[1:], whole.detach()

    whole, part, other = Staged(function, "function", whole=True)()
    part.fill_(1)
    assert whole.tolist() == other.tolist() == [0, 1, 1]
    assert other._version == whole._version == 1


def test_arguments_that_share_memory_have_a_program_of_their_own():
    def function(x, y):
        x.add_(1)
        return x + y

    staged = Staged(function, "function", whole=True)
    one, two = torch.zeros(2), torch.zeros(2)
    assert staged(one, two).tolist() == [1, 1]
    assert staged(one, one).tolist() == [4, 4]
    assert staged(one, two).tolist() == [3, 3]
    assert len(staged.programs) == 2


def test_a_pass_can_go_no_second_time():
    weight = torch.ones(2, requires_grad=True)

    def function():
        loss = (weight**2).sum()
        loss.backward()
        return loss

    loss = Staged(function, "function", whole=True)()
    assert loss.requires_grad and loss.grad_fn.name() == "SumBackward0"
    with pytest.raises(RuntimeError, match="second time"):
        loss.backward()


def test_views_of_what_was_there_follow_it():
    base = torch.ones(3, requires_grad=True)

    def function():
        with torch.no_grad():
            return base[1:], base.view(3)

    one, two = Staged(function, "function", whole=True)()
    assert one._base is base and one.requires_grad and one.is_leaf
    with torch.no_grad():
        base.mul_(3)
    assert one.tolist() == [3, 3] and two.tolist() == [3, 3, 3]


def test_new_leaves_come_with_their_gradients():
    def function(x):
        leaf = x.detach().clone().requires_grad_()
        (leaf**2).sum().backward()
        return leaf, leaf.grad, leaf

    leaf, gradient, same = Staged(function, "function", whole=True)(torch.ones(2))
    assert leaf is same and leaf.grad is gradient and leaf.requires_grad
    assert gradient.tolist() == [2, 2]


def test_hooks_on_results_are_refused():
    def function(x):
        y = x * 2
        y.register_hook(lambda gradient: gradient)
        return y

    with pytest.raises(RuntimeError, match="gives back a tensor with hooks"):
        Staged(function, "function", whole=True)(torch.ones(2, requires_grad=True))
