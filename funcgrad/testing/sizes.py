"""Other shapes for a function that was given one: a batch of one, axes of length one, no entries.

Equal sizes in an example are taken for one size. A shape that the function does not take is none
of its shapes; so a guess that is wrong costs a trace, and no false alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from funcgrad.testing.examiner import Examiner
from funcgrad.testing.properties.check import Check
from funcgrad.testing.subject import Subject, is_key


def others(subject: Subject, leaves: Sequence[Any]) -> list[list[Any]]:
    """The example in other shapes: each size to 1, 1 to 3, the first to 0."""
    arrays = [
        leaf
        for leaf, role in zip(leaves, subject.roles, strict=True)
        if role != "static" and not is_key(leaf) and np.ndim(leaf)
    ]
    found = list(dict.fromkeys(size for leaf in arrays for size in np.shape(leaf)))
    changes = [(size, 1) for size in found if size > 1][:1]
    changes += [(1, 3)] * (1 in found)
    changes += [(size, 0) for size in found if size > 1][:1]
    changes += [(size, 1) for size in found if size > 1][1:]
    return [[_resized(leaf, old, new) for leaf in leaves] for old, new in changes]


def _resized(leaf: Any, old: int, new: int) -> Any:
    if is_key(leaf) or not np.ndim(leaf) or not hasattr(leaf, "dtype"):
        return leaf
    if leaf.dtype.kind in "iu" and new and leaf.size and leaf.min() >= 0 and leaf.max() < old:
        leaf = leaf % new  # they may be places in what has this size
    for axis, size in enumerate(np.shape(leaf)):
        if size == old:
            leaf = np.take(leaf, np.arange(new) % old, axis=axis)
    return np.array(leaf)


def check(examiner: Examiner, leaves: Sequence[Any], seed: int) -> list[Check]:
    """`size`: the derivative exists in these shapes, and is right."""
    try:
        programs = examiner.at(leaves)
    except Exception:  # noqa: BLE001 - the function does not take these shapes
        return []
    modes = examiner.modes(leaves)
    if modes[0].finding:
        return [
            replace(modes[0], property="size", finding=replace(modes[0].finding, property="size"))
        ]
    empty = programs.inputs.size == 0 or programs.outputs.size == 0
    if empty:
        return [Check("size", 0.0, 1)]
    checks = examiner.point(leaves, seed) or []
    found = [check.finding for check in checks if check.finding]
    told = None
    if found:
        broken = found[0]
        told = replace(broken, property="size", claim=f"{broken.claim}, in other shapes, too")
    worst = max((check.ratio for check in checks), default=0.0)
    return [Check("size", worst, sum(check.count for check in checks), finding=told)]
