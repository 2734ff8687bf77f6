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
from funcgrad.testing.programs import Programs
from funcgrad.testing.properties.check import Check
from funcgrad.testing.subject import Subject, is_key
from funcgrad.testing.widening import equations


def others(subject: Subject, leaves: Sequence[Any]) -> Iterator[list[Any]]:
    """The example in other shapes, those first that are most often meant."""
    arrays = [
        place
        for place, role in enumerate(subject.roles)
        if role != "static" and not is_key(leaves[place]) and np.ndim(leaves[place])
    ]
    sizes = list(dict.fromkeys(size for place in arrays for size in np.shape(leaves[place])))
    larger = [size for size in sizes if size > 1]
    changes = [(size, 1) for size in larger[:1]] + [(1, 3)] * (1 in sizes)
    # One less: what is right for an even length may not be for an odd one.
    changes += [(size, size - 1) for size in larger[:1] if size > 2]
    for old, new in changes:
        yield [_resized(leaf, old, new) for leaf in leaves]
    if len(arrays) > 1:
        for place in arrays:
            size = np.shape(leaves[place])[0]
            if sum(size in np.shape(leaves[other]) for other in arrays) > 1 and size > 1:
                other = list(leaves)
                other[place] = np.take(leaves[place], np.arange(size - 1), axis=0)
                yield other
    for old, new in [(size, 0) for size in larger[:1]] + [(size, 1) for size in larger[1:]]:
        yield [_resized(leaf, old, new) for leaf in leaves]


def _resized(leaf: Any, old: int, new: int) -> Any:
    if is_key(leaf) or not np.ndim(leaf) or not hasattr(leaf, "dtype"):
        return leaf
    if leaf.dtype.kind in "iu" and new and leaf.size and leaf.min() >= 0 and leaf.max() < old:
        leaf = leaf % new  # they may be places in what has this size
    for axis, size in enumerate(np.shape(leaf)):
        if size == old:
            leaf = np.take(leaf, np.arange(new) % old, axis=axis)
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
    checks = examiner.point(leaves, seed, first_order=True)
    if checks is None:
        return [Check("size", 0.0, 0, note=f"in the shapes {shape} there is no finite value")]
    worst = max((check.ratio for check in checks), default=0.0)
    count = sum(check.count for check in checks)
    broken = next((check.finding for check in checks if check.finding), None)
    if broken is None:
        return [Check("size", worst, count)]
    if broken.property == "finite":
        return [Check("size", 0.0, count, note=f"in the shapes {shape} the gradient is not finite")]
    if _indexes(programs):
        # An index of the example may be none here; JAX clips it, and drops its gradient.
        return [Check("size", 0.0, count, note=f"in the shapes {shape} an index may be too large")]
    claim = f"{broken.claim}, in other shapes, too"
    return [Check("size", worst, count, finding=replace(broken, property="size", claim=claim))]


def _indexes(programs: Programs) -> bool:
    """Whether the function takes entries by their places."""
    names = {found.primitive.name for found in equations(programs.primal.jaxpr)}
    return any(name.startswith(("gather", "scatter", "dynamic_")) for name in names)
