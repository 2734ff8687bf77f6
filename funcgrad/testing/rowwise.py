"""A function of one point, compiled to take rows of points, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import jax
import numpy as np

from funcgrad.testing.compiled import Compiled
from funcgrad.testing.rows import Moved, Rows, each, take, together
from funcgrad.testing.subject import is_key
from funcgrad.testing.traces import Traces
from funcgrad.testing.widening import equations

_SMALL = 20_000  # coordinates: below, a program's compilation costs more than its runs


class Rowwise(Traces):
    """Traces that can be compiled and run.

    Attributes:
        compilations: how many programs were compiled so far.
    """

    @cached_property
    def _in_turn(self) -> bool:
        """Whether rows are taken in a loop, since many at once would take far longer.

        A convolution mapped over points with their filters is one of as many groups, which XLA
        makes dense: 64 rows cost as much as 4096.
        """
        return any(
            found.primitive.name == "conv_general_dilated" for found in equations(self.primal.jaxpr)
        )

    @cached_property
    def rows(self) -> int:
        """How many rows a program takes at once: many where they are short."""
        return max(1, min(64, 2**16 // (self.inputs.size + self.outputs.size + 1)))

    def _compile(
        self, run: Callable[..., Any], *, rows: int | None = None, mapped: bool = False
    ) -> Callable[..., Any]:
        """`run` of vectors as a compiled program of rows, taken some at a time."""
        size = rows or (1 if self.islands else self.rows)
        small = self.inputs.size + self.outputs.size < _SMALL
        one = run if mapped else each(run)
        many = run if mapped else together(run, in_turn=self._in_turn)
        compiled = Compiled(one if size == 1 else many, small=small, loops=self._in_turn)
        self.compilations += 1

        def call(
            xs: Rows | Moved,
            cts: Rows,
            us: Rows,
            fixed: Sequence[Any],
            observe: Callable[..., Any] = lambda *results: results,
        ) -> Any:
            nonlocal compiled, size
            count = max(len(xs), len(cts), len(us))
            fixed = self.cast(fixed)
            parts = []
            with jax.enable_x64(True):
                for start in range(0, count, size):
                    chunk = [take(rows, start, size, count) for rows in (xs, cts, us)]
                    try:
                        results = compiled(*chunk, fixed)
                    except NotImplementedError:  # an operation that JAX cannot map over rows
                        if mapped or size == 1:
                            raise
                        compiled, size = Compiled(one, small=small, loops=self._in_turn), 1
                        return call(xs, cts, us, fixed, observe)
                    parts.append(observe(*jax.tree.map(np.asarray, results)))
            return jax.tree.map(lambda *got: np.concatenate(got)[:count], *parts)

        return call

    def cast(self, fixed: Sequence[Any]) -> list[Any]:
        """The fixed leaves in the dtypes that were traced: int32 where 64 bits are off."""
        return [
            leaf if is_key(leaf) else np.asarray(leaf, aval.dtype)
            for leaf, aval in zip(fixed, self._fixed, strict=True)
        ]
