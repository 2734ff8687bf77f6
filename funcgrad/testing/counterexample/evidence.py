"""The two Jacobians of a counterexample, by differences and by the rule, ready to be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import jax
import numpy as np

from funcgrad.testing.counterexample.literals import inexact
from funcgrad.testing.report import Counterexample

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

_STEP = re.compile(r"\[(\d+)\]|\[['\"]([^'\"]+)['\"]\]|\.(\w+)")


class Slice(NamedTuple):
    """The coordinates of one array among all: those of `label`, from `start` up to `stop`."""

    label: str
    start: int
    stop: int
    shape: tuple[int, ...]

    @property
    def complex(self) -> bool:
        """Whether each entry has two coordinates."""
        return self.stop - self.start == 2 * int(np.prod(self.shape)) > 0


@dataclass(frozen=True)
class Block:
    """Some rows and columns of both Jacobians.

    Attributes:
        numeric: by differences, float64.
        automatic: by the rule.
        rows: the array of outputs that the rows are of; None where there is more than one.
        columns: the array of inputs that the columns are of; None where there is more than one.
        values: the values of that input at the point, or None.
        relative: how far two numbers may be apart and still be one.
        order: 1, or 2 where these are derivatives of the gradient.
    """

    numeric: Matrix
    automatic: Matrix
    rows: Slice | None
    columns: Slice | None
    values: Matrix | None = None
    relative: float = 2e-3
    order: int = 1
    floor: float = field(default=0.0)

    @property
    def known(self) -> Mask:
        """Where both are known."""
        mask: Mask = np.isfinite(self.numeric) & np.isfinite(self.automatic)
        return mask

    def close(self, other: Any) -> Mask:
        """Where the rule gives `other`; what is not known counts as close."""
        other = np.broadcast_to(np.asarray(other, dtype=np.float64), self.numeric.shape)
        scale = max(np.abs(self.numeric[self.known]).max(initial=0.0), 1e-300)
        with np.errstate(invalid="ignore"):
            gap = np.abs(self.automatic - other)
            size = np.maximum(np.abs(self.automatic), np.abs(other))
            near = gap <= self.relative * (size + 0.05 * scale) + self.floor
        mask: Mask = near | ~self.known | ~np.isfinite(other)
        return mask

    def same(self, other: Any) -> bool:
        """Whether the rule gives `other` everywhere, at one entry or more that is known."""
        return bool(self.known.any()) and bool(self.close(other).all())

    @property
    def wrong(self) -> Mask:
        """Where the rule is wrong."""
        mask: Mask = ~self.close(self.numeric)
        return mask

    @property
    def telling(self) -> Mask:
        """Where there is anything to be right or wrong about."""
        size = np.maximum(np.abs(self.numeric), np.abs(self.automatic))
        least = 1e-6 * size[self.known].max(initial=0.0)  # below it differences are but noise
        mask: Mask = self.known & (size > least)
        return mask

    @property
    def name(self) -> str:
        """What the block is of: "d out / d args[0]"."""
        above = self.rows.label if self.rows else "the outputs"
        return f"d {above} / d {self.columns.label if self.columns else 'the arguments'}"

    @property
    def sizes(self) -> dict[str, int]:
        """The lengths of the axes, by name."""
        return {
            f"axis {axis} of {each.label}": length
            for each in (self.columns, self.rows)
            if each is not None
            for axis, length in enumerate(each.shape)
        }

    def part(self, rows: Mask | slice, columns: Mask | slice) -> Block:
        """Some of it, no longer in the shape of an array."""
        values = None if self.values is None else self.values[columns]
        return replace(
            self,
            numeric=self.numeric[rows][:, columns],
            automatic=self.automatic[rows][:, columns],
            values=values,
        )


def evidence(found: Counterexample) -> Block | None:
    """Both Jacobians whole, or None where they are not among the facts."""
    facts = found.facts
    numeric, automatic = facts.get("numeric"), facts.get("automatic")
    if numeric is None or automatic is None:
        return None
    numeric = np.atleast_2d(np.asarray(numeric, dtype=np.float64))
    automatic = np.atleast_2d(np.asarray(automatic, dtype=np.float64))
    if numeric.shape != automatic.shape or numeric.size == 0:
        return None
    inputs, outputs = slices(facts.get("inputs")), slices(facts.get("outputs"))
    order = int(facts.get("order", 1))
    return Block(
        numeric,
        automatic,
        outputs[0] if len(outputs) == 1 else None,
        inputs[0] if len(inputs) == 1 else None,
        values(found, inputs[0]) if len(inputs) == 1 else None,
        _relative(found, order),
        order,
        float(np.max(facts.get("tolerance", 0.0))),
    )


def blocks(found: Counterexample, whole: Block) -> Iterator[Block]:
    """The block of every input array."""
    inputs, outputs = slices(found.facts.get("inputs")), slices(found.facts.get("outputs"))
    for each in inputs:
        block = whole.part(slice(None), slice(each.start, each.stop))
        block = replace(block, columns=each, values=values(found, each))
        yield replace(block, rows=outputs[0] if len(outputs) == 1 else None)


def split_rows(found: Counterexample, block: Block) -> Iterator[Block]:
    """The part of a block for every output array."""
    for each in slices(found.facts.get("outputs")):
        part = block.part(slice(each.start, each.stop), slice(None))
        yield replace(part, rows=each, values=block.values)


def slices(given: Any) -> list[Slice]:
    """What the facts say of the coordinates, as slices."""
    return [
        Slice(str(label), int(start), int(stop), tuple(map(int, shape)))
        for label, start, stop, shape in given or ()
    ]


def values(found: Counterexample, each: Slice) -> Matrix | None:
    """The values of an input, flat, one for each coordinate; None where they are not to be had."""
    array = _at(found.arguments, each.label)
    if array is None or not inexact(array) or np.shape(array) != each.shape:
        same = [x for x in jax.tree.leaves(found.arguments) if inexact(x)]
        same = [x for x in same if np.shape(x) == each.shape]
        if len(same) != 1:
            return None
        array = same[0]
    array = np.asarray(array)
    if np.iscomplexobj(array) or array.size != each.stop - each.start:
        return None
    flat: Matrix = array.astype(np.float64).reshape(-1)
    return flat


def _at(arguments: tuple[Any, ...], label: str) -> Any:
    """What a label names: the label "args[1]['w']" is a path through the arguments."""
    if not label.startswith("args"):
        return None
    found: Any = arguments
    for number, key, attribute in _STEP.findall(label.removeprefix("args")):
        try:
            if attribute:
                found = getattr(found, attribute)
            else:
                found = found[int(number)] if number else found[key]
        except (LookupError, AttributeError, TypeError):
            return None
    return found


def _relative(found: Counterexample, order: int) -> float:
    leaves = [x for x in jax.tree.leaves(found.arguments) if inexact(x)]
    half = any(np.asarray(each).dtype.itemsize < 4 for each in leaves)
    return 3e-2 if half else 5e-3 if order == 2 else 2e-3
