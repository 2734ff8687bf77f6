"""The checker before its judges: planted bugs must fall, correct functions must pass.

The nightly profile tries every case in both dtypes, in half an hour; otherwise each dtype has
every twelfth case of its own.
"""

import os
from contextlib import nullcontext
from pathlib import Path

import jax
import pytest

from funcgrad import testing as gt

from .blind import BLIND
from .cases import CASES
from .unseen import UNSEEN

README = Path(__file__).parents[3] / "README.md"
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
EVERY = [*CASES.values(), *BLIND, *UNSEEN]


def cases(dtype, first):
    """The cases of a dtype that are tried."""
    found = [case for case in EVERY if dtype in case.dtypes]
    some = found[first :: 1 if NIGHTLY else 12]
    return [pytest.param(dtype, case, id=case.name) for case in some]


@pytest.mark.parametrize(
    ("dtype", "case"), cases("float32", 0) + cases("float64", 0 if NIGHTLY else 6)
)
def test_bugs_fall_and_correct_functions_pass(dtype, case):
    with jax.enable_x64(True) if dtype == "float64" else nullcontext():
        function, arguments = case.make(dtype)
        if case.wrong:
            with pytest.raises(gt.GradientError) as caught:
                gt.check_gradients(function, *arguments)
            assert caught.value.counterexample.reproducer.count("\n") <= 12
        else:
            assert gt.check_gradients(function, *arguments).ok


def test_the_readme_tells_how_many_cases_there_are():
    bugs, right = (sum(case.kind == kind for case in EVERY) for kind in ("bug", "correct"))
    others = sum(case.wrong for case in (*BLIND, *UNSEEN))
    told = " ".join(README.read_text(encoding="utf-8").split())
    assert f"{bugs} planted bugs, each beside the same rule mended, and {right} correct" in told
    assert f"{others} of the bugs were written by others" in told
