"""The largest of some values in the order of PyTorch's `topk`, where values are equal too.

PyTorch calls two algorithms of C++'s standard library, which leave equal values in an order that
follows from their steps. So these are the steps, as libstdc++ takes them: a heap of the first k
(D. Knuth, "The Art of Computer Programming", vol. 3, 5.2.3), or a partition around medians of three
(D. Musser, "Introspective sorting and selection algorithms", 1997).
"""

import numpy as np

Entry = tuple[float, int]  # a value and its place
_SMALL = 16


def largest(row: np.ndarray, k: int) -> list[int]:
    """The places of the k largest values, in PyTorch's order."""
    order = np.argsort(-row, kind="stable")
    values = row[order]
    # Values that differ have one order; so has an equal one beyond the k, if it differs from them.
    if not (values[1 : k + 1] == values[:k][: len(values) - 1]).any():
        return order[:k].tolist()
    entries = list(zip(row.tolist(), range(len(row)), strict=True))
    if k * 64 <= len(entries):
        _partial_sort(entries, k)
    else:
        _select(entries, k - 1)
        _sort(entries, k - 1)
    return [place for _, place in entries[:k]]


def _before(a: Entry, b: Entry) -> bool:
    return a[0] > b[0]


def _partial_sort(entries: list[Entry], k: int) -> None:
    _heap_select(entries, 0, k, len(entries))
    _sort_heap(entries, 0, k)


def _heap_select(entries: list[Entry], first: int, middle: int, last: int) -> None:
    """Make a heap of [first, middle), its last in order on top, and exchange what comes before."""
    length = middle - first
    for parent in range((length - 2) // 2, -1, -1):
        _sift(entries, first, parent, length, entries[first + parent])
    for i in range(middle, last):
        if _before(entries[i], entries[first]):
            entry, entries[i] = entries[i], entries[first]
            _sift(entries, first, 0, length, entry)


def _sift(entries: list[Entry], first: int, hole: int, length: int, entry: Entry) -> None:
    """Let the hole sink to a leaf, then the entry rise from there."""
    top, child = hole, hole
    while child < (length - 1) // 2:
        child = 2 * (child + 1)
        if _before(entries[first + child], entries[first + child - 1]):
            child -= 1
        entries[first + hole] = entries[first + child]
        hole = child
    if length % 2 == 0 and child == (length - 2) // 2:
        child = 2 * (child + 1)
        entries[first + hole] = entries[first + child - 1]
        hole = child - 1
    parent = (hole - 1) // 2
    while hole > top and _before(entries[first + parent], entry):
        entries[first + hole] = entries[first + parent]
        hole = parent
        parent = (hole - 1) // 2
    entries[first + hole] = entry


def _sort_heap(entries: list[Entry], first: int, last: int) -> None:
    while last - first > 1:
        last -= 1
        entry, entries[last] = entries[last], entries[first]
        _sift(entries, first, 0, last - first, entry)


def _partition(entries: list[Entry], first: int, last: int) -> int:
    """Around the median of three, which comes to the front; where the second part begins."""
    a, b, c = first + 1, first + (last - first) // 2, last - 1
    if _before(entries[a], entries[b]):
        if _before(entries[b], entries[c]):
            median = b
        else:
            median = c if _before(entries[a], entries[c]) else a
    elif _before(entries[a], entries[c]):
        median = a
    else:
        median = c if _before(entries[b], entries[c]) else b
    entries[first], entries[median] = entries[median], entries[first]
    pivot, low, high = entries[first], first + 1, last
    while True:
        while _before(entries[low], pivot):
            low += 1
        high -= 1
        while _before(pivot, entries[high]):
            high -= 1
        if low >= high:
            return low
        entries[low], entries[high] = entries[high], entries[low]
        low += 1


def _insertion_sort(entries: list[Entry], first: int, last: int) -> None:
    for i in range(first + 1, last):
        entry, at = entries[i], i
        while at > first and _before(entry, entries[at - 1]):
            entries[at] = entries[at - 1]
            at -= 1
        entries[at] = entry


def _depth(length: int) -> int:
    return 2 * (length.bit_length() - 1) if length > 0 else 0


def _select(entries: list[Entry], place: int) -> None:
    """Put in place the entry that belongs there, with none that belongs after it before it."""
    first, last = 0, len(entries)
    if place == last:
        return
    depth = _depth(last)
    while last - first > 3:
        if depth == 0:
            _heap_select(entries, first, place + 1, last)
            entries[first], entries[place] = entries[place], entries[first]
            return
        depth -= 1
        cut = _partition(entries, first, last)
        if cut <= place:
            first = cut
        else:
            last = cut
    _insertion_sort(entries, first, last)


def _sort(entries: list[Entry], last: int) -> None:
    """Sort [0, last): partitions down to small runs, then insertion over all."""
    _sort_loosely(entries, 0, last, _depth(last))
    _insertion_sort(entries, 0, last)


def _sort_loosely(entries: list[Entry], first: int, last: int, depth: int) -> None:
    while last - first > _SMALL:
        if depth == 0:
            _heap_select(entries, first, last, last)
            _sort_heap(entries, first, last)
            return
        depth -= 1
        cut = _partition(entries, first, last)
        _sort_loosely(entries, cut, last, depth)
        last = cut
