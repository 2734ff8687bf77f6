"""The checker before its judges: planted bugs must fall, correct functions must pass.

The nightly profile tries every case in both dtypes, in half an hour; otherwise each dtype has
every twelfth case of its own. What is missed stands in a list, which can only become shorter.
"""

import os
from contextlib import nullcontext

import jax
import pytest

from funcgrad import testing as gt

from .blind import BLIND
from .cases import CASES
from .unseen import UNSEEN

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
EVERY = [*CASES.values(), *BLIND, *UNSEEN]

#: Bugs that are not found from the arguments alone, with the reason.
MISSED: dict[str, str] = {}

#: Correct functions that are refused, with the reason. They are not tried until they pass.
REFUSED: dict[str, str] = {}


def cases(dtype, first):
    """The cases of a dtype that are tried."""
    found = [case for case in EVERY if dtype in case.dtypes]
    some = found[first :: 1 if NIGHTLY else 12]
    return [pytest.param(dtype, case, id=case.name) for case in some if case.name not in REFUSED]


@pytest.mark.parametrize(
    ("dtype", "case"), cases("float32", 0) + cases("float64", 0 if NIGHTLY else 6)
)
def test_bugs_fall_and_correct_functions_pass(dtype, case):
    with jax.enable_x64(True) if dtype == "float64" else nullcontext():
        function, arguments = case.make(dtype)
        if case.wrong and case.name not in MISSED:
            with pytest.raises(gt.GradientError) as caught:
                gt.check_gradients(function, *arguments)
            assert caught.value.counterexample.reproducer.count("\n") <= 12
        else:
            assert gt.check_gradients(function, *arguments).ok
