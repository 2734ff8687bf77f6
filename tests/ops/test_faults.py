"""The examination examined: every paper notices the fault that it is there for."""

import dataclasses

import jax
import jax.numpy as jnp
import pytest
from jax import lax

from funcgrad.ops import OPS
from funcgrad.tape.tensor import Tensor

from .cases import CASES
from .exam import Exam


def sloped(slope):
    """`exp` with this for a derivative."""

    @jax.custom_jvp
    def exp(input):
        return jnp.exp(input)

    exp.defjvp(lambda primals, tangents: (exp(*primals), slope(*primals) * tangents[0]))
    return exp


def unbounded(input, min=None, max=None):
    """`clamp` that lets everything pass where it should refuse."""
    return input if min is None and max is None else OPS["clamp"].function(input, min, max)


# The row, what is wrong with it, and the papers that have to fail.
FAULTS = {
    "a value 0.05 % off": ("exp", {"function": lambda input: jnp.exp(input) * 1.0005},
                           "dtypes derivatives inplace traced"),
    "a gradient 0.05 % off": ("exp", {"function": sloped(lambda x: jnp.exp(x) * 1.0005)},
                              "derivatives inplace traced"),
    "a second gradient of zero": (
        "exp", {"function": sloped(lambda x: lax.stop_gradient(jnp.exp(x)))}, "traced"),
    "integers not made floating": ("exp", {"promote": "common"}, "dtypes"),
    "a name in the graph": ("exp", {"node": "Power"}, "derivatives inplace traced"),
    "a kink": ("abs", {"function": lambda input: jnp.where(input >= 0, input, -input)}, "kinks"),
    "a result that may be edited": ("exp", {"saves": ()}, "saves"),
    "an operand that may not": ("exp", {"saves": ("input", "result")}, "saves"),
    "nothing refused": ("clamp", {"function": unbounded}, "refused"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_papers_notice(oracle, monkeypatch, fault: str) -> None:
    name, change, papers = FAULTS[fault]
    monkeypatch.setitem(OPS._rows, name, dataclasses.replace(OPS[name], **change))
    exam = Exam(CASES[name], oracle)
    for paper in papers.split():
        with pytest.raises(AssertionError):
            getattr(exam, paper)()


def test_operators_notice(oracle, monkeypatch) -> None:
    monkeypatch.setattr(Tensor, "__rsub__", Tensor.__sub__)
    with pytest.raises(AssertionError):
        Exam(CASES["sub"], oracle).operators()
