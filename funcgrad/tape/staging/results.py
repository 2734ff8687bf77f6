"""What of a traced function's results a program must compute at each call."""

from collections.abc import Sequence
from typing import Any, Self

import jax
import jax.numpy as jnp

from ...cache import keeping
from ...ops import equations as eqs

Array = jax.Array


class Results:
    """The results of some equations, sorted.

    An array never changes, so the one that depends on no operand (the zeros that `zero_()` leaves
    behind) is made once, and the one that is an operand is that.

    Args:
        equations: that compute them.
        targets: slots of the results, or literals.
        dtypes: of the results; None for that of the slot.
        given: slots of the operands.

    Attributes:
        computed: numbers of those to compute.
        constants: the others, or
        forwarded: of which operand they are the same array, or
        same: of which other result.
    """

    def __init__(
        self,
        equations: Sequence[eqs.Equation],
        targets: Sequence[Any],
        dtypes: Sequence[Any],
        given: Sequence[int],
    ) -> None:
        operands = {slot: i for i, slot in enumerate(given)}
        depends = eqs.depending(equations, given)
        slots = {i: slot for i, slot in enumerate(targets) if not isinstance(slot, eqs.Literal)}
        self.forwarded = {i: operands[slot] for i, slot in slots.items() if slot in operands}
        self.computed = [i for i, s in slots.items() if s in depends and s not in operands]
        fixed = [i for i in range(len(targets)) if slots.get(i) not in depends]

        def constants() -> list[Array]:
            needed, _ = eqs.needed(equations, [targets[i] for i in fixed], ())
            found = eqs.evaluate(needed, [targets[i] for i in fixed], {})
            return [jnp.asarray(f, dtypes[i]) for i, f in zip(fixed, found, strict=True)]

        made: list[Array] = []
        if fixed:
            with jax.enable_x64(True), keeping():
                made = jax.jit(constants)()
        self.constants = dict(zip(fixed, made, strict=True))
        self.same: dict[int, int] = {}

    def begin_with(self, numbers: Sequence[int]) -> None:
        """Compute these first: XLA gives each result the first memory that fits."""
        place = {number: i for i, number in enumerate(numbers)}
        self.computed.sort(key=lambda i: place.get(i, len(place)))

    @classmethod
    def of_all(cls, count: int) -> Self:
        """Results all of which are computed."""
        made = cls((), (), (), ())
        made.computed = list(range(count))
        return made
