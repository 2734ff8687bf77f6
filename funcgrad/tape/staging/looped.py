"""A traced step as the body of one compiled loop."""

import copy
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...ops import equations as eqs
from .code import Code
from .ending import Raised, Write
from .met import Met
from .packed import known_operands
from .places import Argument, Gradient, Held, Place
from .recipes import New
from .refusals import Untraceable
from .results import Results
from .traced import Traced
from .twins import twins

Array = jax.Array

# What an operand is in step after step: a row of an array, the same, or else the result of this
# number of the step before.
EACH, SAME = "each", "same"
Role = str | int


class Looped(Traced):
    """Many steps as one program.

    What a step writes that it read before is carried; what it gives back is stacked. After the
    stacked arguments a call gets the host's numbers, stacked, if they change from step to step;
    then two int32 arrays, the first step and the one before which it ends; and how many that are.

    Args:
        traced: one step, traced so that its results can be stacked, and steady.
        stacked: values of the arguments of all steps.
        steps: how many there are in all.

    Raises:
        Untraceable: what it does cannot be carried.
    """

    def __init__(self, traced: Traced, stacked: Sequence[Array], steps: int) -> None:
        self.__dict__.update(vars(traced))
        self._steps, self._stacked = steps, stacked
        self._leave_out(known_operands(traced, traced.results()), twins(traced))
        self._replaced = {id(_owner(c.place)): c.value for c in self.ending.changed}
        self._roles: list[Role] = [self._role(met) for met in self.operands]
        host = [met for met in self.operands if met.read is not None]
        moves = bool(self.options or self.acts) or any(met.always for met in host)
        self.numbers = self._numbers(host) if moves else None
        self._read_rows(moves)
        ending = self.ending
        ending.writes = [Write(p, number, f"{by} * leaves[-1]") for p, number, by in ending.writes]
        ending.raised = [Raised(place, f"{by} * leaves[-1]") for place, by in ending.raised]

    def _leave_out(self, known: dict[int, Array], alike: dict[int, int]) -> None:
        """Carry nothing that each step leaves as it finds it, and of twins one."""
        operands, given = self.operands, self.given
        alike = {i: other for i, other in alike.items() if i not in known and other not in known}
        self.known = [(operands[i], array) for i, array in known.items()]
        self._constants = {given[i]: array for i, array in known.items()}
        self.twins = [(operands[i], operands[other]) for i, other in alike.items()]
        self._alike = {given[i]: given[other] for i, other in alike.items()}
        rest = [i for i in range(len(operands)) if i not in known and i not in alike]
        self.operands = [self.operands[i] for i in rest]
        self.given = [self.given[i] for i in rest]

    def _role(self, met: Met) -> Role:
        if met.read is not None:
            return SAME
        place = None if met.tensor is None else self.places.of(met.tensor)
        if isinstance(place, Argument):
            if met.result is not None:
                raise Untraceable("edits what it is given at each step in place", "clone() it")
            return EACH
        number = met.result
        replacing = (
            self._replaced.get(id(_owner(place.of))) if isinstance(place, Gradient) else None
        )
        if replacing is not None:
            if not isinstance(replacing, New) or not isinstance(replacing.cell, int):
                raise Untraceable(
                    "puts another tensor into a `.grad` that it reads", "copy_() into it"
                )
            number = replacing.cell
        if number is None:
            return SAME
        before, after = met.array, self.avals[number]
        if (before.shape, before.dtype) != (after.shape, after.dtype):
            raise Untraceable(
                f"makes {after.dtype}{list(after.shape)} of what was "
                f"{before.dtype}{list(before.shape)} before the step",
                "keep shape and dtype",
            )
        return number

    def _numbers(self, host: Sequence[Met]) -> Callable[[Sequence[Any]], Any]:
        """What the host does at each step: it reads and draws numbers, and sets options."""
        code = Code()
        code.begin()
        found = [code.local(met.read(code)) for met in host if met.read is not None]
        for write in self.acts:
            write(code)
        values = [code.local(option.read(code)) for option in self.options]
        for option, value in zip(self.options, values, strict=True):
            code.add(f"{code.bind(option.group)}[{option.key!r}] = {value}")
        code.add(f"return ({''.join(f'{name}, ' for name in found)})")
        self.options, self.acts = [], []
        return code.function("numbers")

    def _read_rows(self, moves: bool) -> None:
        """Let operands be read where the rows of all steps are."""
        stacked = self._stacked
        leaf = len(stacked)
        for i, met in enumerate(self.operands):
            place = None if met.tensor is None else self.places.of(met.tensor)
            if isinstance(place, Argument):
                rows: Any = stacked[place.number]
            elif moves and met.read is not None:
                rows = jax.ShapeDtypeStruct((self._steps, *met.array.shape), met.array.dtype)
                self._roles[i] = EACH
            else:
                continue
            moved = self.operands[i] = copy.copy(met)
            moved.array = rows
            if met.read is not None:
                moved.read, moved.always = _leaf(leaf), True
                leaf += 1
        for i in (leaf, leaf + 1):
            bound = Met(index(0), 0, read=_leaf(i))
            bound.always = True
            self.operands.append(bound)
        self.more = leaf + 3 - len(stacked)

    def checked(self, runs: bool) -> Collection[int]:
        return range(len(self._stacked))

    def results(self) -> Results:
        results = Results.of_all(len(self.avals))
        results.constants = {
            met.result: array for met, array in self.known if met.result is not None
        }
        results.same = {
            one.result: other.result for one, other in self.twins
            if one.result is not None and other.result is not None
        }  # fmt: skip
        gone = results.constants.keys() | results.same.keys()
        results.computed = [i for i in results.computed if i not in gone]
        return results

    def function(self, results: Results) -> Callable[..., tuple[Array, ...]]:
        roles, stacked, avals = self._roles, self.ending.stacked, self.avals
        carried = {number: i for i, number in enumerate(roles) if isinstance(number, int)}
        last = [k for k in results.computed if k not in carried and k not in stacked]

        # Steps are counted from 0, so no program needs to look whether an index is negative.
        row = partial(jax.lax.dynamic_index_in_dim, keepdims=False, allow_negative_indices=False)
        put = partial(jax.lax.dynamic_update_index_in_dim, allow_negative_indices=False)

        def program(*arrays: Array) -> tuple[Array, ...]:
            *operands, first, end = arrays

            def step(t: Array, state: Any, wanted: Sequence[int]) -> Any:
                before, rows = state
                values: dict[int, Any] = dict(self._constants)
                for slot, role, array in zip(self.given, roles, operands, strict=True):
                    if role == EACH:
                        values[slot] = row(array, t)
                    else:
                        values[slot] = before[role] if isinstance(role, int) else array
                values |= {slot: values[other] for slot, other in self._alike.items()}
                made = eqs.evaluate(self.equations, [self.targets[k] for k in wanted], values)
                found = {
                    k: jnp.asarray(f, avals[k].dtype) for k, f in zip(wanted, made, strict=True)
                }
                rows = {k: put(rows[k], found[k], t, 0) for k in stacked}
                return ({k: found[k] for k in carried}, rows), found

            start = (
                {k: jnp.asarray(operands[i], avals[k].dtype) for k, i in carried.items()},
                {k: jnp.zeros((self._steps, *avals[k].shape), avals[k].dtype) for k in stacked},
            )
            going_on = [*carried, *stacked]
            # What only the last step leaves behind, as gradients, the others need not write down.
            ending = end - 1 if last else end
            state = jax.lax.fori_loop(first, ending, lambda t, s: step(t, s, going_on)[0], start)
            left: dict[int, Array] = {}
            if last:
                state, left = step(ending, state, [*going_on, *last])
            found = left | state[0] | state[1]
            return tuple(found[k] for k in results.computed)

        return program


@lru_cache(maxsize=1024)
def index(i: int) -> Array:
    """The number of a step, as an array."""
    with jax.ensure_compile_time_eval():
        return jax.device_put(np.int32(i))


def _leaf(i: int) -> Callable[[Code], str]:
    return lambda code: code.local(f"leaves[{i}]")


def _owner(place: Place) -> Any:
    """What tells a place."""
    return place.held if isinstance(place, Held) else place
