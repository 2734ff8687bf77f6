"""What a check takes where its call says nothing: the options of a run of tests.

A test that is written without a profile or a seed should run under those of the command line, also
where no fixture hands them over. A call's own argument always wins.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

# No context variable: a thread that a test starts shall see them as well.
_layers: list[Mapping[str, Any]] = []


def current() -> dict[str, Any]:
    """The options in force, by `check_gradients`' names for them."""
    options: dict[str, Any] = {}
    for layer in _layers:
        options |= layer
    return options


@contextlib.contextmanager
def using(options: Mapping[str, Any]) -> Iterator[None]:
    """Put options in force, over those that are.

    Example:
        >>> with using({"profile": "fast", "seed": 1}), using({"seed": 2}):
        ...     current()
        {'profile': 'fast', 'seed': 2}
        >>> current()
        {}
    """
    _layers.append(options)
    try:
        yield
    finally:
        # By identity: an equal layer may belong to somebody else.
        del _layers[next(i for i, layer in enumerate(_layers) if layer is options)]
