"""The state machine: Hypothesis chooses the steps, and makes a program that differs short."""

from typing import Any

from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from . import steps
from .agreement import Difference
from .program import Program

_DRAWS = st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(0, 6))


def _going(machine: "Machine") -> bool:
    return machine.left > 0 and not machine.program.over


def _rule(table: tuple[steps.Step, ...]) -> Any:
    """A rule that takes one of the steps of a table."""

    @precondition(_going)
    @rule(step=st.integers(0, len(table) - 1), draws=_DRAWS)
    def take(self: "Machine", step: int, draws: tuple[int, ...]) -> None:
        self.left -= 1
        self.step(table[step], draws)

    return take


class Machine(RuleBasedStateMachine):
    """Programs of 5 to 25 steps."""

    made = telling = 0

    def __init__(self) -> None:
        super().__init__()
        self.program, self.left = Program(), 0

    @initialize(length=st.integers(5, 25), draws=_DRAWS)
    def begin(self, length: int, draws: tuple[int, ...]) -> None:
        self.left = length - 1
        self.step(steps.BUILD[0], draws)

    build = _rule(steps.BUILD)
    compute = _rule(steps.COMPUTE)
    view = _rule(steps.VIEW)
    view_again = _rule(steps.VIEW)
    edit = _rule(steps.EDIT)
    edit_again = _rule(steps.EDIT)
    gradient = _rule(steps.GRADIENT)
    hook = _rule(steps.HOOK)
    mode = _rule(steps.MODE)

    @precondition(lambda self: not _going(self))
    @rule()
    def rest(self) -> None:
        """The program is over."""

    def step(self, step: steps.Step, draws: tuple[int, ...]) -> None:
        try:
            self.program.step(step, draws)
        except Difference as difference:
            self.program.over = True
            note(str(difference))
            raise

    def teardown(self) -> None:
        self.program.finish()
        type(self).made += 1
        type(self).telling += self.program.telling


def run(number: int, programs: int) -> None:
    """So many programs of a seed; raises `Difference` with the shortest program that differs."""
    seed(number)(Machine)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=programs,
            stateful_step_count=26,
            deadline=None,
            database=None,
            derandomize=False,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
