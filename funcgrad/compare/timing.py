"""Time a call: the first one, which compiles, and the ones after it.

Times are measured in the worker, around calls that wait until their results are there.
"""

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Budget:
    """How long the steady state may be measured; one repeat is always made.

    But an eager call that took more than `longest` the first time is not repeated: no eager engine
    compiles for that long, so a second call would say the same and double the wait.
    """

    seconds: float
    repeats: int
    longest: float = math.inf


UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))
FULL = Budget(seconds=0.3, repeats=200, longest=20.0)
QUICK = Budget(seconds=0.05, repeats=20, longest=5.0)


@dataclass(frozen=True)
class Times:
    """Seconds of the first call and of the median of `repeats` further ones.

    Without a repeat the first call stands for the steady state.
    """

    first: float
    steady: float
    repeats: int


def timed(call: Callable[[], Result]) -> tuple[float, Result]:
    """Return the seconds that one call took, and its result."""
    start = perf_counter()
    result = call()
    return perf_counter() - start, result


def steady_state(call: Callable[[], object], budget: Budget) -> tuple[float, int]:
    """Return the median seconds of repeated calls, and how many there were."""
    times: list[float] = []
    while not times or (len(times) < budget.repeats and sum(times) < budget.seconds):
        times.append(timed(call)[0])
    return statistics.median(times), len(times)


def times_after(first: float, call: Callable[[], object], budget: Budget, compiles: bool) -> Times:
    """Measure the steady state after a first call.

    Args:
        first: the seconds of the first call.
        call: it ends when its result is there.
        budget: for the steady state.
        compiles: the first call compiled, and says nothing about those after it. Nor may the
            second: a step that finds gradients there can be another program.
    """
    if first > budget.longest and not compiles:
        return Times(first, first, 0)
    if compiles:
        call()
    return Times(first, *steady_state(call, budget))


def human(seconds: float) -> str:
    """Return a time with three significant digits, such as "12.3 µs".

    Example:
        >>> human(0.0000123), human(0.1524), human(99.96)
        ('12.3 µs', '152 ms', '100 s')
    """
    # What rounds up to the next unit is written in that unit: "1.00 ms", never "1000 µs".
    unit, scale = next((row for row in UNITS if seconds >= 0.9995 * row[1]), UNITS[-1])
    value = seconds / scale
    places = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{places}f} {unit}"
