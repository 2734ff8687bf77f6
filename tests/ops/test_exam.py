"""Every row of the table sits every paper of the examination."""

import pytest

from funcgrad.ops import OPS

from .cases import CASES
from .exam import PAPERS, Exam


def test_every_row_has_a_case() -> None:
    assert set(CASES) == set(OPS)


@pytest.mark.parametrize("name", sorted(CASES))
def test_row(name: str, oracle) -> None:
    exam = Exam(CASES[name], oracle)
    for paper in PAPERS:
        getattr(exam, paper)()
