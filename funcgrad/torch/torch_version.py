"""The version of PyTorch that funcgrad follows, and how versions compare."""

import operator
import re
from collections.abc import Callable
from typing import Any

from .._version import __version__ as _funcgrad

_VERSION = re.compile(r"v?(\d+(?:\.\d+)*)(?:[._-]?(dev|a|b|rc)(\d*))?(?:\+([a-z0-9._-]+))?")
_STAGES = ("dev", "a", "b", "rc", None)  # None: the release itself


def _key(version: Any) -> tuple | None:
    """What orders versions; None for what is none."""
    text = version if isinstance(version, str) else ".".join(map(str, version))
    match = _VERSION.fullmatch(text)
    if match is None:
        return None
    numbers = [int(number) for number in match[1].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers, _STAGES.index(match[2]), int(match[3] or 0), match[4] or ""


def _comparison(name: str) -> Callable[[Any, Any], Any]:
    compare = getattr(operator, name)

    def method(self: str, other: Any) -> Any:
        if not isinstance(other, (str, tuple, list)):
            return NotImplemented
        mine, theirs = _key(self), _key(other)
        return compare(str(self), other) if theirs is None else compare(mine, theirs)

    return method


class TorchVersion(str):
    """A version that compares by its numbers, with text or with a tuple of numbers.

    >>> version = TorchVersion("2.13.0+cpu")
    >>> version >= "2.2", version < (2, 13, 1)
    (True, True)
    """

    __slots__ = ()
    __eq__, __ne__ = _comparison("eq"), _comparison("ne")
    __lt__, __le__ = _comparison("lt"), _comparison("le")
    __gt__, __ge__ = _comparison("gt"), _comparison("ge")
    __hash__ = str.__hash__


# Written as PyTorch's own builds are: the release, and after "+" who built it.
__version__ = TorchVersion(f"2.13.0+funcgrad.{_funcgrad}")
