"""An axis for times, from microseconds to minutes: a logarithmic one."""

import math
from collections.abc import Iterable

from funcgrad.compare.timing import human

LEAST, MOST = 1e-6, 10.0  # seconds: shown whatever the times are, so that reports look alike


class TimeAxis:
    """Maps times to percentages of an axis, a decade for each factor of ten.

    Example:
        >>> axis = TimeAxis([0.004, 25.0])
        >>> axis.position(1e-6), axis.position(1e-2), axis.position(100.0)
        ('0.00%', '50.00%', '100.00%')
        >>> axis.ticks[0], axis.ticks[-1]
        (('1 µs', '0.00%'), ('100 s', '100.00%'))
    """

    def __init__(self, times: Iterable[float]) -> None:
        positive = [time for time in times if time > 0]
        self._first = math.floor(math.log10(min([LEAST, *positive])))
        self._last = math.ceil(math.log10(max([MOST, *positive])))
        self.ticks = [
            (human(10.0**decade).replace(".00", "").replace(".0", ""), self.position(10.0**decade))
            for decade in range(self._first, self._last + 1)
        ]

    def position(self, seconds: float) -> str:
        """Return where a time lies, as a percentage for SVG."""
        if seconds <= 0:
            return "0.00%"
        share = (math.log10(seconds) - self._first) / (self._last - self._first)
        return f"{100 * share:.2f}%"
