"""Every row that has a derivative, checked by `funcgrad.testing`, and a reason for every other.

By default little is tried: only the pullback, which is what the engine runs, and no second
derivatives, which the examination compares with PyTorch. That is what CI has time for.
`FUNCGRAD_GRAD_PROFILE=default` tries all, also the rows' other calls and complex numbers.
"""

import dataclasses
import os

import jax
import jax.numpy as jnp
import pytest

from funcgrad.ops import OPS
from funcgrad.testing import GradientError, check_gradients

from .cases import CASES
from .gradients import Subject, subject
from .ways import EXCLUDED, WAYS, Way

PROFILE = os.environ.get("FUNCGRAD_GRAD_PROFILE", "fast")
LITTLE = {"order": 1, "max_examples": 1, "modes": "reverse"} if PROFILE == "fast" else {}
CALLS = 1 if PROFILE == "fast" else 3
CHECKED = sorted(set(CASES) - set(EXCLUDED))
COMPLEX = [name for name in CHECKED if "complex64" in CASES[name].dtypes]
if PROFILE == "fast":  # those whose derivative is another one than that of real numbers
    COMPLEX = "abs angle conj dot norm prod real sgn std view_as_real vdot".split()


def test_every_row_is_checked_or_has_a_reason() -> None:
    assert set(CHECKED) | set(EXCLUDED) == set(OPS)
    assert set(WAYS) <= set(CHECKED)


def test_what_is_left_out_has_no_derivative() -> None:
    found = {
        name
        for name in EXCLUDED
        for call in CASES[name].calls
        if subject(CASES[name], call).differentiable()
    }
    assert not found, f"these have floats for operands and results: {', '.join(sorted(found))}"


def test_a_wrong_rule_is_noticed(monkeypatch) -> None:
    @jax.custom_jvp
    def exp(input):
        return jnp.exp(input)

    exp.defjvp(lambda primals, tangents: (exp(*primals), 1.0005 * exp(*primals) * tangents[0]))
    monkeypatch.setitem(OPS._rows, "exp", dataclasses.replace(OPS["exp"], function=exp))
    with pytest.raises(GradientError, match="exp: property value failed"):
        test_row("exp")


@pytest.mark.parametrize("name", CHECKED)
def test_row(name: str) -> None:
    case, way = CASES[name], WAYS.get(name, Way())
    found = [subject(case, call, way.through, way.still) for call in way.calls or case.calls]
    found = [checked for checked in found if checked.differentiable()]
    assert found, "no call of the case has a floating operand and a floating result"
    for checked in found[:CALLS]:
        check(checked, way)


@pytest.mark.parametrize("name", COMPLEX)
def test_row_of_complex_numbers(name: str) -> None:
    case, way = CASES[name], WAYS.get(name, Way())
    check(subject(case, case.calls[0], way.through, way.still, "complex64"), way)


def check(checked: Subject, way: Way) -> None:
    __tracebackhide__ = True
    with jax.enable_x64(checked.x64):
        options = {"profile": PROFILE, "argnums": checked.argnums} | LITTLE | dict(way.options)
        check_gradients(checked.function, *checked.arrays, **options)
