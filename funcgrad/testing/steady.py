"""Hypothesis's draws, made a function of the seed alone.

Among the numbers that it draws Hypothesis puts constants that it reads in the source of whatever
modules of the user's are loaded. A test that imports another module before would so move all draws
after it, and a check would have another verdict alone than in a suite.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# What reads them, and what keeps them: no setting turns them off. Versions before 6.131 have none.
_NAMES = ("_get_local_constants", "CONSTANTS_CACHE")
_lock = threading.Lock()
_users = 0
_kept: dict[str, Any] = {}


@contextmanager
def steady() -> Iterator[None]:
    """Draws without the constants of loaded modules, in this block.

    Several threads may be in one at a time; the last that leaves puts back what was there.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    from hypothesis.internal.conjecture import providers  # `search` says so where it is missing

    global _users
    with _lock:
        _users += 1
        if _users > 1 or not all(hasattr(providers, name) for name in _NAMES):
            return
        _kept.update({name: getattr(providers, name) for name in _NAMES})
        none = providers.Constants()
        providers._get_local_constants = lambda: none
        providers.CONSTANTS_CACHE = type(providers.CONSTANTS_CACHE)(1024)


def _leave() -> None:
    global _users
    with _lock:
        _users -= 1
        if not _users and _kept:
            from hypothesis.internal.conjecture import providers

            while _kept:
                setattr(providers, *_kept.popitem())
