"""Random programs are the same on PyTorch and on ours; what once was not is a test of its own."""

import textwrap

import pytest

import funcgrad.torch as ours
from funcgrad.tape import whole

from . import scalars
from .agreement import Difference
from .drawn import differs, draw, shorter
from .found import FOUND
from .found_in_graphs import FOUND_IN_GRAPHS
from .found_in_orders import FOUND_IN_ORDERS
from .program import Program
from .state import run


def ran(text):
    program = Program()
    try:
        for line in textwrap.dedent(text).strip().splitlines():
            program.run(line)
    finally:
        program.close()
    return program


ONCE = FOUND | FOUND_IN_GRAPHS | FOUND_IN_ORDERS


@pytest.mark.parametrize("name", ONCE)
def test_a_program_that_once_differed(name):
    ran(ONCE[name])


def test_random_programs():
    run(0, programs=40)


def test_random_programs_that_come_again(monkeypatch):
    """What has come before takes shorter ways."""
    monkeypatch.setattr(whole, "_PATIENCE", 0)
    monkeypatch.setattr(whole, "_programs", {})
    for seed in range(4):
        program, difference = draw(seed)
        for _ in range(2):
            difference = difference or differs(program.lines)
        assert difference is None, difference


def test_random_programs_whose_passes_run_whole(monkeypatch):
    monkeypatch.setattr(whole, "_PATIENCE", 0)
    monkeypatch.setattr(whole, "_programs", {})
    run(100, programs=10)
    assert any(isinstance(program, whole._Program) for program in whole._programs.values())


EDITED = """
    t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
    t1 = t0 * 2
    t2 = t1[1:]
    t3 = torch.tensor([2.0, -1.0], dtype=torch.float64)
    t2.mul_(t3)
    t1.backward(weights(t1))
"""


def test_the_twin_keeps_up_with_an_edit_of_a_view():
    program = ran(EDITED)
    assert program.twin is not None
    (leaf,) = scalars.LEAVES
    assert leaf.grad.tolist() == [2.0, 8.0, -6.0]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("mul_", lambda right: lambda self, other: right(self, other).add_(1e-6)),
        ("mul_", lambda right: lambda self, other: right(self.detach(), other)),
        ("__mul__", lambda right: lambda self, other: right(self, other) + 0),
        ("backward", lambda right: lambda self, *gradient: right(self, *gradient) or 1 / 0),
        ("__getitem__", lambda right: lambda self, index: right(self, index).clone()),
    ],
    ids=["value", "gradient", "node", "error", "copy"],
)
def test_a_planted_fault_is_found(monkeypatch, name, wrong):
    monkeypatch.setattr(ours.Tensor, name, wrong(getattr(ours.Tensor, name)))
    with pytest.raises(Difference):
        ran(EDITED)


@pytest.mark.parametrize("seed", range(10))
def test_a_drawn_program(seed):
    _, difference = draw(seed)
    assert difference is None, difference


def test_a_program_that_differs_is_made_short(monkeypatch):
    right = ours.Tensor.neg_
    monkeypatch.setattr(ours.Tensor, "neg_", lambda self: right(right(self)))
    lines = ["t0 = torch.tensor([1.0, 2.0])", "t1 = t0 * 2", "t2 = t0 + 1", "t1.neg_()"]
    with pytest.raises(Difference) as found:
        ran("\n".join(lines))
    short = str(shorter(lines, found.value)).splitlines()
    assert short[:-1] == [lines[0], lines[1], lines[3]]


def test_the_twin_is_asked():
    program = Program()
    program.run("t0 = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)")
    program.twin.names["t0"].storage[0].value = 5.0
    with pytest.raises(Difference, match="by its numbers"):
        program.run("t1 = t0 * 2")
