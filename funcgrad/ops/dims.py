"""Dimension arguments: negative ones count from the end, and one that is not there is an error."""

from collections.abc import Sequence


def dim(d: int, ndim: int) -> int:
    """A dimension as a number from 0; a tensor without dimensions accepts 0 and -1.

    Raises:
        IndexError: there is no such dimension.

    >>> dim(-1, 3)
    2
    """
    if isinstance(d, bool) or not hasattr(d, "__index__"):
        raise TypeError(f"argument 'dim' must be int, not {type(d).__name__}")
    n = max(ndim, 1)
    if not -n <= d < n:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {d})"
        )
    return d % n


def dims(ds: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """Several dimensions in the order given; None and the empty tuple mean all of them.

    Raises:
        IndexError: there is no such dimension.
        RuntimeError: one dimension is named twice.

    >>> dims((-1, 0), 3)
    (2, 0)
    """
    if ds is None:
        return tuple(range(ndim))
    found = tuple(dim(d, ndim) for d in (ds if isinstance(ds, (tuple, list)) else (ds,)))
    for i, d in enumerate(found):
        if d in found[:i]:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    return found or tuple(range(ndim))
