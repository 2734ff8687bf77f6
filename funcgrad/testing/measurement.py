"""What all properties look at: one point, its neighbourhood, and the rule there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import fields
from functools import cached_property
from typing import Any

import jax.numpy as jnp
import numpy as np

from funcgrad.testing.differences import STEPS, Kind, Slopes, contract, slopes
from funcgrad.testing.probes import Probes
from funcgrad.testing.programs import Programs
from funcgrad.testing.rows import Moved, Rows
from funcgrad.testing.tolerances import Tolerance

_GREAT = 2**16  # coordinates, beyond which there are few looks
_WHOLE = 512  # up to here whole outputs are kept; beyond, their products with the cotangents


class Measurement:
    """A subject at a point, with directions and cotangents drawn from a seed."""

    def __init__(
        self,
        programs: Programs,
        leaves: Sequence[Any],
        seed: int,
        tolerance: Tolerance,
        *,
        plain: bool = False,
        bending: bool = True,
    ) -> None:
        self.programs, self.tolerance, self.seed = programs, tolerance, seed
        self.leaves = list(leaves)
        differentiated, self.fixed = programs.subject.split(leaves)
        self.x = programs.inputs.vector(differentiated)
        self.run = programs.plain if plain else programs.rule
        inputs, outputs = programs.inputs.size, programs.outputs.size
        self.great = inputs + outputs > _GREAT and not programs.slow
        # Where a gradient takes its time, values alone are asked for, if they are all that is seen.
        values = (programs.slow and (programs.islands or not plain)) or (self.great and not plain)
        self.run_values = programs.value if values else self.run
        self.bending = bending and not self.great
        rounding = plain or programs.islands
        self.epsilon = 2 * tolerance.epsilon if rounding else 2.0**-51
        self.plain = plain
        probes = Probes.at(
            self.x,
            programs.subject,
            programs.inputs,
            outputs,
            seed,
            great=self.great,
            slow=programs.slow,
        )
        self.scale, self.coordinates, self.one_hot = (
            probes.scale,
            probes.coordinates,
            probes.one_hot,
        )
        self.directions, self.cotangents = probes.directions, probes.cotangents
        self.random_cotangent = probes.cotangents[-1]
        self.steps = STEPS[1:7] if self.great or programs.slow else STEPS
        self.whole = inputs <= _WHOLE and outputs <= _WHOLE
        self.rounding: Any = 0.0  # of the gradient, once the neighbourhood is measured
        self._values = np.zeros((0, 0))
        self._reach = 0.0  # how large the outputs are around the point, once it is measured

    def moved(self, x: Rows) -> Measurement:
        """The same directions and cotangents at another point of the same shapes."""
        other = copy(self)
        for name, kept in vars(Measurement).items():
            if isinstance(kept, cached_property):
                other.__dict__.pop(name, None)
        other.x, other._reach, other.rounding = x, 0.0, 0.0
        return other

    def nearby(self) -> Measurement:
        """The same at an ordinary point close by."""
        random = np.random.default_rng(self.seed + 5)
        return self.moved(self.x + 1e-3 * self.anywhere(random, 1)[0])

    def anywhere(self, random: np.random.Generator, count: int) -> Rows:
        """Random directions that the arguments may move along, `(count, N)`."""
        rows = self.scale * random.standard_normal((count, len(self.x)))
        along: Rows = self.programs.subject.along(rows, self.programs.inputs)
        return along

    # The rule

    @cached_property
    def _base(self) -> Any:
        count = max(len(self.cotangents), len(self.directions))
        cts = _repeated(self.cotangents, count)
        us = _repeated(self.directions, count)
        return self.run(self.x[None], cts, us, self.fixed)

    @property
    def outputs(self) -> Rows:
        """The outputs, `(M,)`."""
        outputs: Rows = self._base[0][0]
        return outputs

    @property
    def gradients(self) -> Rows | None:
        """vjp of each cotangent, `(C, N)`."""
        gradients = self._base[1]
        return None if gradients is None else gradients[: len(self.cotangents)]

    @property
    def told(self) -> Rows:
        """The outputs that the rule gives beside the derivative, `(M,)`."""
        told: Rows = self._base[3][0]
        return told

    @property
    def tangents(self) -> Rows | None:
        """jvp of each direction, `(D, M)`, or its products with the cotangents, `(D, C)`."""
        tangents = self._base[2]
        return None if tangents is None else self.seen(tangents[: len(self.directions)])

    def seen(self, outputs: Rows) -> Rows:
        """Outputs as the differences see them: whole, or as products with the cotangents."""
        return outputs if self.whole else outputs @ self.cotangents.T

    # The neighbourhood

    @cached_property
    def _ladders(self) -> tuple[Slopes, Slopes | None]:
        return self.ladders(self.directions, self.steps)

    def ladders(
        self, directions: Rows, steps: Rows, *, bends: bool | None = None
    ) -> tuple[Slopes, Slopes | None]:
        """Slopes of the outputs, and of the gradient at the random cotangent, along directions.

        The second only where `bends` are asked for; by default, where rows are not very long.
        """
        run = self.run if (self.bending if bends is None else bends) else self.run_values
        sides = np.concatenate([steps, -steps])
        factors = np.concatenate([[0.0], np.repeat(sides, len(directions))])
        lines = np.concatenate([[0], np.tile(np.arange(len(directions)), len(sides))]).astype(int)
        points = Moved(self.x, factors, lines, directions) if len(directions) else self.x[None]
        us = self.directions[:1] if len(self.directions) else np.zeros((1, len(self.x)))
        basis = self.directions

        def observe(out: Rows, gradient: Rows | None = None, *_: Any) -> tuple[Any, Any]:
            if gradient is not None and not self.whole:
                gradient = gradient @ basis.T
            return self.seen(out), gradient

        cts = self.random_cotangent[None]
        out, gradient = run(points, cts, us, self.fixed, observe)
        jumps = self._jumps(directions)

        def of(rows: Rows, floor: Any = 0.0) -> Slopes:
            ladder = rows[1:].reshape(2, len(steps), len(directions), -1).transpose(0, 2, 1, 3)
            return slopes(rows[0], ladder[0], ladder[1], steps, self.epsilon, floor, jumps)

        reach = largest_finite(out)
        if directions is self.directions:
            self._values, self._reach = out, reach
            self.rounding = self._scatter(gradient, len(steps))
        if gradient is None:
            return of(out), None
        # 1 − tanh² of a large number is a small one, and rounded as 1 is.
        rounding = self.epsilon * self._natural(reach)
        return of(out), of(gradient, rounding / self.scale if self.whole else rounding)

    def ladder_values(self, line: int) -> Rows:
        """The outputs at the point and at every rung along a direction, `(K + 1, M)`."""
        _ = self._ladders
        count = len(self.directions)
        rungs = self._values[1:].reshape(2, -1, count, self._values.shape[-1])[0, :, line]
        return np.concatenate([self._values[:1], rungs])

    def _scatter(self, gradient: Rows | None, rungs: int) -> float:
        """How far rounding throws the gradient about: by its values at steps too small to matter.

        The point itself does not count. Were the rule wrong there alone, it would not be rounding.
        """
        if gradient is None or not self.whole or not len(self.directions):
            return 0.0
        with np.errstate(all="ignore"):
            rows = gradient[1:].reshape(2, rungs, len(self.directions), -1)[:, -2:] * self.scale
            means = rows.mean(0)
            scatter = np.abs(means[0] - means[1])
        return 16 * largest_finite(scatter)

    @property
    def slopes(self) -> Slopes:
        """Slopes of the outputs along each direction, `(D, M)`, or of their products, `(D, C)`."""
        return self._ladders[0]

    @property
    def bends(self) -> Slopes | None:
        """Slopes of the gradient at the random cotangent, `(D, N)` or `(D, D)`."""
        return self._bent if self.great else self._ladders[1]

    @cached_property
    def _bent(self) -> Slopes | None:
        """`bends` along the last direction alone, which is a random one; none along the others."""
        bends = self.ladders(self.directions[-1:], self.steps, bends=True)[1]
        if bends is None:
            return None
        rows = len(self.directions), bends.value.shape[-1]
        none = np.zeros(rows)
        padded = Slopes(none, none + np.inf, none, none, np.full(rows, Kind.POLE))
        return Slopes(
            *(
                np.concatenate([getattr(padded, field.name)[:-1], getattr(bends, field.name)])
                for field in fields(Slopes)
            )
        )

    @cached_property
    def inside(self) -> bool:
        """Whether the point is in the function's domain: some output is finite, none overflows."""
        if not self.outputs.size:
            return True
        with np.errstate(all="ignore"):
            overflows = np.abs(self.outputs) > self.largest
        return bool(np.any(np.isfinite(self.outputs)) and not np.any(overflows))

    @cached_property
    def largest(self) -> float:
        """The largest number that the function's own dtypes can hold."""
        dtypes = (*self.programs.inputs.dtypes, *self.programs.outputs.dtypes)
        return min((float(jnp.finfo(dtype).max) for dtype in dtypes), default=np.inf)

    @cached_property
    def natural(self) -> float:
        """How large a derivative may be expected to be, from the size of the outputs.

        Directions are relative, so a derivative, and the terms that it is the sum of, are as large
        as the outputs in the neighbourhood; what is smaller by fifteen digits is rounding. An
        argument of 100 in an exponent makes them a hundred times larger.
        """
        _ = self._ladders
        return self._natural(max(largest_finite(self.outputs), self._reach))

    def _natural(self, reach: float) -> float:
        return reach * max(1.0, float(self.scale.max(initial=0.0)))

    @cached_property
    def nothing(self) -> float:
        """What rounding leaves of a zero that terms of size one make, along steps of the scale."""
        return 2.0**-48 * max(1.0, float(self.scale.max(initial=0.0)))

    @cached_property
    def tied(self) -> bool:
        """Whether the function is at a kink inside, though it may be smooth as a whole."""
        return bool(self._answer(self.programs.tied))

    @cached_property
    def misplaced(self) -> bool:
        """Whether the function takes an entry that is not there."""
        return bool(self._answer(self.programs.misplaced))

    @cached_property
    def extent(self) -> float:
        """How large the numbers are that the function and its vjp work with, along its steps."""
        found = float(self._answer(self.programs.extent))
        return max(self.natural, self._natural(found))

    def _answer(self, asked: Callable[..., Any]) -> Any:
        return self._answers(asked, np.zeros((1, len(self.x))))[0]

    def _answers(self, asked: Callable[..., Any], us: Rows) -> Any:
        return asked(self.x[None], self.random_cotangent[None], us, self.fixed)[0]

    def _jumps(self, directions: Rows) -> float:
        """How many jumps of staircases and turns of waves lie along a direction, at most."""
        asked = self.programs.jumps
        return float(self._answers(asked, directions).max(initial=0.0)) if asked else 0.0

    @cached_property
    def contracted(self) -> Slopes:
        """Slopes of each cotangent's product with the outputs, `(D, C)`."""
        return contract(self.slopes, self.cotangents) if self.whole else self.slopes

    @cached_property
    def regular(self) -> Rows:
        """Which directions have slopes in every output, on both sides at least, `(D,)`."""
        regular: Rows = np.all(self.slopes.kind != Kind.POLE, axis=-1)
        return regular


def largest_finite(values: Rows) -> float:
    """The size of the largest finite entry, or 0."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def _repeated(rows: Rows, count: int) -> Rows:
    return rows[np.minimum(np.arange(count), len(rows) - 1)] if len(rows) else np.zeros((count, 0))
