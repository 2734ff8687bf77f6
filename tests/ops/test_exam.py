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
    failures = []
    for paper in PAPERS:
        if paper in exam.case.differs:
            continue
        try:
            getattr(exam, paper)()
        except Exception as error:  # noqa: BLE001 - one failure must not hide the other papers
            error.add_note(f"row {name}, paper {paper}")
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{name} failed {len(failures)} papers", failures)
