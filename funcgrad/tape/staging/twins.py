"""Operands that are the same and stay so: the counters of steps that an optimizer has for each
parameter. Of such twins a program computes one.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ops import equations as eqs
from .traced import Traced


def twins(traced: Traced) -> dict[int, int]:
    """Scalar operands that hold what another one holds, and that a step changes as it changes that.

    Returns:
        Their numbers, each with that of the other one.
    """
    first: dict[Any, int] = {}
    found = {}
    for i, met in enumerate(traced.operands):
        if met.tensor is None or met.result is None or met.array.ndim:
            continue
        change = _change(traced, traced.given[i], traced.targets[met.result])
        if change is not None:
            key = (met.array.dtype, np.asarray(met.array).tobytes(), change)
            other = first.setdefault(key, i)
            if other != i:
                found[i] = other
    return found


def _change(traced: Traced, slot: int, target: Any) -> tuple[Any, ...] | None:
    """What is computed of a slot, as it can be compared; None if something else is read for it."""
    steps, read = eqs.needed(traced.equations, [target], [slot])
    if slot not in read or (read & set(traced.given)) != {slot}:
        return None
    names = {slot: 0}
    written: list[Any] = []
    for source, inputs, outputs in steps:
        for output in outputs:
            names[output] = len(names)
        written.append((source.primitive.name, str(source.params), _named(inputs, names)))
    return (*written, _named([target], names))


def _named(slots: Sequence[Any], names: dict[int, int]) -> tuple[Any, ...]:
    return tuple(
        (np.asarray(slot.value).dtype, np.asarray(slot.value).tobytes())
        if isinstance(slot, eqs.Literal)
        else names[slot]
        for slot in slots
    )
