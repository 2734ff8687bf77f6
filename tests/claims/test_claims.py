"""Each claim holds in PyTorch, and here."""

import importlib
from pathlib import Path

import pytest

import funcgrad.torch as ours

from ..tape.outcome import assert_same, outcome
from .claim import CLAIMS

HERE = Path(__file__).parent
NOTES = sorted(path.stem for path in HERE.glob("note_*.py"))
MODULES = [importlib.import_module(f".{name}", __package__) for name in NOTES]
LEAST = 270


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_claim(claim, oracle):
    theirs, mine = outcome(claim.program, oracle), outcome(claim.program, ours)
    failed = isinstance(theirs, tuple) and theirs[:1] == ("error",)
    assert failed == (claim.words is not None), f"the claim is not PyTorch's: {theirs}"
    if claim.words is None:
        assert_same(mine, theirs)
        return
    assert isinstance(mine, tuple) and mine[:2] == theirs[:2], f"{mine} is not {theirs}"
    assert claim.words.lower() in theirs[2].lower(), theirs
    assert claim.words.lower() in mine[2].lower(), mine


def test_every_claim_is_said_once_and_in_words():
    names = [claim.name for claim in CLAIMS]
    assert len(names) >= LEAST
    assert len(set(names)) == len(names)
    for claim in CLAIMS:
        assert claim.section and claim.program.__doc__, claim.name
        assert claim.program.__doc__.count("\n") == 0, claim.name


@pytest.mark.parametrize("module", MODULES, ids=NOTES)
def test_what_a_note_leaves_out_is_said_with_its_reason(module):
    assert module.__doc__
    assert all(claim and reason for claim, reason in module.LEFT_OUT.items())
