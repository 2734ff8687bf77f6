"""Other shapes for a function that was given one: a batch of one, axes of length one, no entries.

Equal sizes in an example are taken for one size, and then each axis for one of its own. A shape
that the function does not take is none of its shapes; so a guess that is wrong costs a trace, and
no false alarm. A rule that raises in a shape that nobody asked for is told, and not held against
the function: it may be no shape of its own, either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from funcgrad.testing.examiner import Examiner
from funcgrad.testing.properties.check import Check, in_words
from funcgrad.testing.subject import Subject, is_key

Leaves = list[Any]


def others(subject: Subject, leaves: Sequence[Any]) -> Iterator[list[Leaves]]:
    """The example in other shapes, those first that are most often meant.

    Each is a list: of a function that does not take the first, the next is tried.
    """
    arrays = [
        place
        for place, role in enumerate(subject.roles)
        if role != "static" and not is_key(leaves[place]) and np.ndim(leaves[place])
    ]
    sizes = list(dict.fromkeys(size for place in arrays for size in np.shape(leaves[place])))
    larger = [size for size in sizes if size > 1]

    def changed(old: int, new: int) -> list[Leaves]:
        return [[_resized(leaf, {old: new}) for leaf in leaves]]

    yield from (changed(size, 1) for size in larger[:1])
    yield from (changed(size, 3) for size in sizes if size == 1)
    # One less of each: what is right for even lengths may not be for odd ones. And a square apart:
    # there an axis that is taken for the other is not seen.
    less = {size: size - 1 for size in sizes if size > 2}
    apart = [_resized(leaf, less, apart=True) for leaf in leaves]
    smaller = [_resized(leaf, less) for leaf in leaves]
    if less:
        square = any(np.shape(a) != np.shape(b) for a, b in zip(apart, smaller, strict=True))
        yield [apart, smaller] if square else [smaller]
    for place in arrays if len(arrays) > 1 else []:
        size = np.shape(leaves[place])[0]
        if sum(size in np.shape(leaves[other]) for other in arrays) > 1 and size > 1:
            other = list(leaves)
            other[place] = np.take(leaves[place], np.arange(size - 1), axis=0)
            yield [other]
    yield from (changed(size, 0) for size in larger[:1])
    yield from (changed(size, 1) for size in larger[1:])


def _resized(leaf: Any, changes: dict[int, int], *, apart: bool = False) -> Any:
    """A leaf with sizes changed; `apart`, an axis is one less than another of the same size."""
    if is_key(leaf) or not np.ndim(leaf) or not hasattr(leaf, "dtype"):
        return leaf
    if leaf.dtype.kind in "iu" and leaf.size and leaf.min() >= 0:
        for old, new in sorted(changes.items()):  # they may be places in what has this size
            leaf = leaf % new if new and leaf.max() < old else leaf
    shape = np.shape(leaf)
    for axis, size in enumerate(shape):
        if size in changes:
            new = changes[size]
            if apart:
                new = max(1, new - shape[:axis].count(size))
            leaf = np.take(leaf, np.arange(new) % size, axis=axis)
    return np.array(leaf)


def check(examiner: Examiner, leaves: Sequence[Any], seed: int) -> list[Check] | None:
    """`size`: the derivative is right in these shapes; None where the function has none such."""
    try:
        programs = examiner.at(leaves)
    except Exception:  # noqa: BLE001 - the function does not take these shapes
        return None
    shape = ", ".join(str(tuple(np.shape(leaf))) for leaf in leaves)
    raised = examiner.modes(leaves)[0].finding
    if raised:
        return [Check("size", 0.0, 0, note=f"in the shapes {shape} the rule raises: {raised.got}")]
    if not programs.inputs.size or not programs.outputs.size:
        return [Check("size", 0.0, 1)]
    try:
        checks = examiner.point(leaves, seed, first_order=True)
    except Exception as error:  # noqa: BLE001 - it can be traced there, and not be run
        why = f"in the shapes {shape} the function cannot be run: {in_words(error)}"
        return [Check("size", 0.0, 0, note=why)]
    if checks is None:
        return [Check("size", 0.0, 0, note=f"in the shapes {shape} there is no finite value")]
    worst = max((check.ratio for check in checks), default=0.0)
    count = sum(check.count for check in checks)
    broken = next((check.finding for check in checks if check.finding), None)
    if broken is None:
        return [Check("size", worst, count)]
    if broken.property == "finite":
        return [Check("size", 0.0, count, note=f"in the shapes {shape} the gradient is not finite")]
    if not examiner.eager and examiner.measure(leaves, seed).misplaced:
        return [Check("size", 0.0, count, note=f"in the shapes {shape} an index may be too large")]
    claim = f"{broken.claim}, in other shapes, too"
    facts = {**broken.facts, "within": broken.property}
    told = replace(broken, property="size", claim=claim, facts=facts)
    return [Check("size", worst, count, finding=told)]
