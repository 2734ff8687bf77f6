"""Who is told of every check: the plugin of pytest, which counts them.

`check_gradients` raises where a gradient is wrong, so what it found must reach others by another
way than its result. It knows none of them, and they know nothing of how it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcgrad.testing.report import Report

_observers: list[Callable[[Report], None]] = []


def observe(callback: Callable[[Report], None]) -> Callable[[], None]:
    """Call `callback` with the report of every check from now on, passed or failed.

    Returns:
        A function that ends it. Calling it again does nothing.

    Example:
        >>> from funcgrad.testing.report import Report
        >>> remove = observe(lambda report: print(report.function))
        >>> tell(Report("square", {}))
        square
        >>> remove()
        >>> tell(Report("cube", {}))
    """

    # A wrapper of its own, so that a callback that observes twice is removed once a call.
    def entry(report: Report) -> None:
        callback(report)

    _observers.append(entry)

    def remove() -> None:
        if entry in _observers:
            _observers.remove(entry)

    return remove


def tell(report: Report) -> None:
    """Tell all who observe of a check that is done."""
    for entry in tuple(_observers):
        entry(report)
