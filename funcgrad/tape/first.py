"""The first run of a program, which compiles it."""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax

from ..cache import keeping
from .saved import x64
from .storage import PLAIN


@contextmanager
def first_run(ran: set[Any], key: Hashable, arrays: Sequence[Any]) -> Iterator[None]:
    """`x64(True)` around what compiles; what is compiled is kept on disk.

    Args:
        ran: keys of what has run, for which `x64(True)` is enough, and less to do.
        key: of what runs now; it is added.
        arrays: the operands.
    """
    with x64(True), keeping():
        yield
    # What is traced is compiled as a part of something else.
    if not any(isinstance(array, jax.core.Tracer) for array in arrays):
        ran.add(key)
        PLAIN.update(map(type, arrays))
