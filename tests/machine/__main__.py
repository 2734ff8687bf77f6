"""Run random programs on PyTorch and on ours.

Run it in the folder `tests`:

    python -m machine --programs 50000 --seed 0
"""

import argparse
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .agreement import Difference
from .state import Machine


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--programs", type=int, default=1000, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="of the first thousand")
    parser.add_argument("--each", type=int, default=500, help="how many have a seed together")
    return parser.parse_args()


def machine(number: int, programs: int, **more: object) -> None:
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
            **more,
        ),
    )


def main() -> None:
    """Run, and tell."""
    asked, differences = options(), 0
    begin = time.process_time()
    for number in range(asked.seed, asked.seed + -(-asked.programs // asked.each)):
        try:
            machine(number, asked.each)
        except Difference as difference:
            differences += 1
            print(f"seed {number}:\n{difference}\n", flush=True)
        share = Machine.telling / max(Machine.made, 1)
        seconds = time.process_time() - begin
        print(f"{Machine.made} programs, {share:.0%} with a view or base edited before a backward; "
              f"{differences} seeds differ; {seconds:.0f} CPU s", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
