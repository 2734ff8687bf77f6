"""A traced function whose small operands are packed."""

import copy
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...ops import equations as eqs
from ..storage import Cell
from .met import Met
from .pack import Pack, join, split
from .places import Held
from .recipes import New
from .results import Results
from .traced import Traced

Array = jax.Array
Small = dict[Cell, Array]

_SMALL = 4096  # bytes up to which an array is worth a copy
_NUMBERS = -1  # the slot of numbers that are one operand
_FEW = 2  # arrays from which on a pack is worth it


class PackMet:
    """An operand that is a pack.

    Attributes:
        pack: it.
        tensors: whose cells are in it.
        array: its shape and dtype.
    """

    cell = tensor = read = result = None
    always = False

    def __init__(self, pack: Pack, tensors: Sequence[Any], array: Any) -> None:
        self.pack, self.tensors, self.array = pack, tensors, array


class Packed(Traced):
    """A function with packs for its first operands, and for results beyond the others.

    Args:
        traced: the function.
        groups: numbers of the operands that go into each pack, with those of their results.
        fresh: numbers of results for new cells, in groups.
        known: of operands that hold what every call leaves in them, that array.

    Attributes:
        known: these operands, and the arrays.
        parts: of a result that is one of many: the number of the result that has them all, its
            place there, and the shapes of all.
    """

    def __init__(
        self,
        traced: Traced,
        groups: Sequence[dict[int, int]],
        fresh: Sequence[Sequence[int]],
        known: dict[int, Array],
    ) -> None:
        self.__dict__.update(vars(traced))
        self.known = [(traced.operands[i], array) for i, array in known.items()]
        self._constants = {traced.given[i]: array for i, array in known.items()}
        self._groups, self._fresh = groups, fresh
        first = len(traced.targets) + len(groups)
        shapes = [tuple(traced.avals[i].shape for i in group) for group in fresh]
        self.parts = {
            i: (first + f, place, shapes[f])
            for f, group in enumerate(fresh) for place, i in enumerate(group)
        }  # fmt: skip
        members = {*known, *(i for group in groups for i in group)}
        self._slots = [[traced.given[i] for i in group] for group in groups]
        self._shapes = [tuple(traced.operands[i].array.shape for i in group) for group in groups]
        packs = [self._pack(g, traced.operands) for g in range(len(groups))]
        numbers = [i for i, met in enumerate(traced.operands) if _is_float(met)]
        self._numbers = [traced.given[i] for i in numbers]
        together = [_together([traced.operands[i] for i in numbers])] if numbers else []
        rest = [i for i in range(len(traced.operands)) if i not in members and i not in numbers]
        self.operands = [*packs, *together, *(traced.operands[i] for i in rest)]
        self.given = [*[_NUMBERS] * len(together), *(traced.given[i] for i in rest)]
        gone = {number for group in groups for number in group.values()}
        self.ending.writes = [w for w in self.ending.writes if w.number not in gone]

    def _pack(self, g: int, operands: Sequence[Met]) -> Any:
        mets = [operands[i] for i in self._groups[g]]
        size = sum(met.array.size for met in mets)
        array = jax.ShapeDtypeStruct((size,), mets[0].array.dtype)
        return PackMet(Pack(self._shapes[g]), [met.tensor for met in mets], array)

    def function(self, results: Results) -> Callable[..., tuple[Array, ...]]:
        count, packs = len(self.targets), len(self._groups)
        numbers = [*(list(group.values()) for group in self._groups), *self._fresh]
        plain = [i for i in results.computed if i < count]

        def program(*arrays: Array) -> tuple[Array, ...]:
            values = self._constants | dict(zip(self.given, arrays[packs:], strict=True))
            for slots, shapes, array in zip(self._slots, self._shapes, arrays, strict=False):
                values.update(zip(slots, split(array, shapes), strict=True))
            values.update((slot, values[_NUMBERS][i]) for i, slot in enumerate(self._numbers))
            wanted = [*plain, *(i for group in numbers for i in group)]
            found = eqs.evaluate(self.equations, [self.targets[i] for i in wanted], values)
            by = {i: jnp.asarray(f, self.dtypes[i]) for i, f in zip(wanted, found, strict=True)}
            by |= {count + g: join([by[i] for i in group]) for g, group in enumerate(numbers)}
            return tuple(by[i] for i in results.computed)

        return program


def _is_float(met: Any) -> bool:
    """Whether an operand is a number of the host's, of float64."""
    return met.read is not None and not met.always and met.array.dtype == np.float64


def _together(mets: Sequence[Met]) -> Any:
    """Numbers as one operand."""
    made: Any = copy.copy(mets[0])
    reads = [met.read for met in mets if met.read is not None]
    made.read = lambda code: f"({''.join(f'{read(code)}, ' for read in reads)})"
    made.array = jax.ShapeDtypeStruct((len(mets),), np.float64)
    return made


def packed(
    traced: Traced, results: Results, given: dict[int, int], before: Sequence[Small]
) -> tuple[Traced, dict[int, int]]:
    """The function with its small operands packed, if there are enough of them.

    Args:
        traced: the function.
        results: what of its results is computed; becomes that of what is returned.
        given: numbers of the operands that are given away, and of the results they become.
        before: what earlier programs of the same function have read, by cell.

    Returns:
        The function, and what `given` is for it.
    """
    if type(traced) is not Traced or traced.pulling is not None or not _in_one_place(traced):
        return traced, given
    groups: defaultdict[Any, dict[int, int]] = defaultdict(dict)
    for i, number in given.items():
        met = traced.operands[i]
        held = met.tensor is not None and isinstance(traced.places.of(met.tensor), Held)
        if held and not met.tensor._steps and met.array.nbytes <= _SMALL:
            groups[met.array.dtype][i] = number
    chosen = [group for group in groups.values() if len(group) >= _FEW]
    fresh = _fresh(traced, results)
    known = known_operands(traced, results) | _lasting(traced, before)
    if not (chosen or fresh or known or sum(map(_is_float, traced.operands)) > 1):
        return traced, given
    made, count = Packed(traced, chosen, fresh, known), len(traced.targets)
    gone = {number for group in chosen for number in group.values()}
    results.computed = [i for i in results.computed if i not in gone and i not in made.parts]
    results.computed += range(count, count + len(chosen) + len(fresh))
    places = {id(met): i for i, met in enumerate(made.operands)}
    results.forwarded = {n: places[id(traced.operands[i])] for n, i in results.forwarded.items()}
    kept = {places[id(traced.operands[i])]: n for i, n in given.items() if n not in gone}
    return made, {g: count + g for g in range(len(chosen))} | kept


def _in_one_place(traced: Traced) -> bool:
    """Whether all operands are on one device: what is packed cannot be spread over several."""
    arrays = [met.array for met in traced.operands if isinstance(met.array, jax.Array)]
    return len({device for array in arrays for device in array.sharding.device_set}) <= 1


def _fresh(traced: Traced, results: Results) -> list[list[int]]:
    """Small new gradients: numbers of their results, in groups of one dtype."""
    groups: defaultdict[Any, list[int]] = defaultdict(list)
    for changed in traced.ending.changed:
        new = changed.value
        if changed.name == "_grad" and isinstance(new, New) and isinstance(new.cell, int):
            aval = traced.avals[new.cell]
            if new.cell in results.computed and aval.size * aval.dtype.itemsize <= _SMALL:
                groups[aval.dtype].append(new.cell)
    return [group for group in groups.values() if len(group) > 1]


def known_operands(traced: Traced, results: Results) -> dict[int, Array]:
    """Small operands that hold what every call leaves in them, such as cleared gradients.

    Returns:
        Their numbers, and what they hold.
    """
    found = {}
    for i, met in enumerate(traced.operands):
        left = results.constants.get(met.result)
        if left is not None and i not in results.forwarded.values() and is_same(met.array, left):
            found[i] = left
    return found


def only_read(traced: Traced) -> Small:
    """Small operands that the function reaches by itself, and does not change: data, say.

    Returns:
        What their cells hold.
    """
    return {
        met.cell: met.array for met in traced.operands if met.cell and _is_only_read(traced, met)
    }


def _is_only_read(traced: Traced, met: Met) -> bool:
    tensor = met.tensor
    return (
        tensor is not None and met.result is None and met.array.nbytes <= _SMALL
        and not (tensor._steps or tensor.requires_grad)
        and isinstance(traced.places.of(tensor), Held)
    )  # fmt: skip


def _lasting(traced: Traced, before: Sequence[Small]) -> dict[int, Array]:
    """Operands that are only read, and hold what they held for every earlier program.

    A program has them as constants. So one that changes after all costs one program more.
    """
    small = only_read(traced) if before else {}
    lasting = {
        cell for cell, array in small.items() if all(read.get(cell) is array for read in before)
    }
    return {i: met.array for i, met in enumerate(traced.operands) if met.cell in lasting}


def is_same(one: Array, other: Array) -> bool:
    """Whether two arrays are small and the same to the bit."""
    alike = (one.shape, one.dtype) == (other.shape, other.dtype) and one.nbytes <= _SMALL
    return alike and np.asarray(one).tobytes() == np.asarray(other).tobytes()
