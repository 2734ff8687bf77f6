"""A subject at one shape signature: its traces compiled, and run on vectors.

A compiled program costs about as much as a thousand calls of it, so there are few, made when they
are first asked for, and all properties share them:

- `rule`: outputs, vjp(ct) and jvp(u) at x, custom rules included, in float64 (see `widening`).
- `plain`: the same as the user gets it, in the function's own dtypes.
- `second`: the derivative of x ↦ vjp(ct) along u, by jvp and by vjp, in float64.
- `mapped`: `rule` under `jax.vmap`, in float64.

All take rows (x, ct, u), laid out as in `coordinates`, and the leaves that are not differentiated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar

import jax
from jax.extend import core

from funcgrad.testing.coordinates import Coordinates
from funcgrad.testing.differences import STEPS
from funcgrad.testing.extent import extent
from funcgrad.testing.jumps import jumps
from funcgrad.testing.places import misplaced
from funcgrad.testing.rowwise import Rowwise
from funcgrad.testing.rules import without_rules
from funcgrad.testing.ties import tied
from funcgrad.testing.traces import tangents_mapped
from funcgrad.testing.widening import has_islands, widen


class Programs(Rowwise):
    """The programs of a subject for arguments of the shapes and dtypes of `leaves`.

    Attributes:
        slow: whether a row costs so much that there should be few.
    """

    slow: ClassVar[bool] = False

    @cached_property
    def rule(self) -> Callable[..., Any]:
        """(xs, cts, us, fixed) ↦ outputs, vjp(ct), jvp(u), and the outputs that the rule gives.

        A row each, in float64; None for a mode that is missing.
        """
        return self._compile(self._both(widened=True))

    @cached_property
    def plain(self) -> Callable[..., Any]:
        """`rule` in the function's own dtypes."""
        return self._compile(self._both(widened=False))

    @cached_property
    def unruled(self) -> Callable[..., Any]:
        """(xs, cts, us, fixed) ↦ the gradient that JAX takes where no rule is by hand.

        In the function's own dtypes.
        """
        function = without_rules(self.primal)

        def vjp(x: Any, fixed: Any, ct: Any) -> Any:
            return jax.vjp(lambda *x: function(*x, *fixed), *x)[1](ct)

        program = self._mode(vjp, self.outputs)

        def run(x: Any, ct: Any, u: Any, fixed: Any) -> Any:
            cotangent = self.outputs.unpack(ct, dual=True)
            got = core.jaxpr_as_fun(program)(*self.inputs.unpack(x), *fixed, *cotangent)
            return (self.inputs.pack(got, dual=True),)

        return self._compile(run)

    def _both(self, *, widened: bool) -> Callable[..., Any]:
        def evaluate(program: core.ClosedJaxpr, *arguments: Any) -> list[Any]:
            return (widen(program) if widened else core.jaxpr_as_fun(program))(*arguments)

        def run(x: Any, ct: Any, u: Any, fixed: Any) -> Any:
            leaves = self.inputs.unpack(x, widened=widened)
            count, gradient, tangent = len(self.outputs.shapes), None, None
            out = None
            if isinstance(self.forward, core.ClosedJaxpr):
                direction = self.inputs.unpack(u, widened=widened)
                results = evaluate(self.forward, *leaves, *fixed, *direction)
                out, tangent = results[:count], self.outputs.pack(results[count:])
            if isinstance(self.reverse, core.ClosedJaxpr):
                cotangent = self.outputs.unpack(ct, dual=True, widened=widened)
                results = evaluate(self.reverse, *leaves, *fixed, *cotangent)
                out, gradient = results[:count], self.inputs.pack(results[count:], dual=True)
            value = evaluate(self.primal, *leaves, *fixed)
            told = value if out is None else out  # a rule may give other outputs
            return self.outputs.pack(value), gradient, tangent, self.outputs.pack(told)

        return run

    @cached_property
    def second(self) -> Callable[..., Any]:
        """(xs, cts, us, fixed) ↦ the Hessian of ⟨ct, f⟩ times u, by jvp and by vjp of the vjp."""

        def run(x: Any, ct: Any, u: Any, fixed: Any) -> Any:
            leaves = self.inputs.unpack(x, widened=True)
            cotangent = self.outputs.unpack(ct, dual=True, widened=True)
            # A gradient is a cotangent; so what pairs with it, and pulls it back, is a tangent.
            direction = self.inputs.unpack(u, widened=True)

            def result(program: core.ClosedJaxpr | Exception | None) -> Any:
                if not isinstance(program, core.ClosedJaxpr):
                    return None
                got = widen(program)(*leaves, *fixed, *cotangent, *direction)
                return self.inputs.pack(got, dual=True)

            modes = self.modes_of_second
            return result(modes["jvp of vjp"]), result(modes.get("vjp of vjp"))

        return self._compile(run)

    def alone(self, place: int) -> Callable[..., Any]:
        """The gradient of one differentiated leaf, the others being constants, in float64."""

        def vjp(x: Any, fixed: Any, ct: Any) -> Any:
            def of(leaf: Any) -> Any:
                return self.subject.call([*x[:place], leaf, *x[place + 1 :]], fixed)

            return jax.vjp(of, x[place])[1](ct)[0]

        program = self._trace(vjp, self.outputs)
        one = slice(place, place + 1)
        inputs = self.inputs
        leaf_alone = Coordinates(inputs.labels[one], inputs.shapes[one], inputs.dtypes[one])

        def run(x: Any, ct: Any, u: Any, fixed: Any) -> Any:
            leaves = self.inputs.unpack(x, widened=True)
            cotangent = self.outputs.unpack(ct, dual=True, widened=True)
            return (leaf_alone.pack(widen(program)(*leaves, *fixed, *cotangent), dual=True),)

        return self._compile(run)

    @cached_property
    def value(self) -> Callable[..., Any]:
        """The outputs alone, a row each, in float64."""

        def run(x: Any, ct: Any, u: Any, fixed: Any) -> Any:
            leaves = self.inputs.unpack(x, widened=True)
            return (self.outputs.pack(widen(self.primal)(*leaves, *fixed)),)

        return self._compile(run)

    @cached_property
    def tied(self) -> Callable[..., Any]:
        """xs ↦ whether the function is at a kink inside, a row; True where nobody can tell."""
        return self._answered(tied(self.primal))

    @cached_property
    def misplaced(self) -> Callable[..., Any]:
        """xs ↦ whether the function takes an entry that is not there, a row."""
        return self._answered(misplaced(self.primal))

    @cached_property
    def jumps(self) -> Callable[..., Any] | None:
        """(xs, _, us) ↦ how many jumps and turns lie along a direction, a row; None if it has none.

        By how many lie along the shortest step.
        """
        question = jumps(self.primal)
        if question is None:
            return None

        def run(x: Any, ct: Any, u: Any, fixed: Any) -> Any:
            ends = [self.inputs.unpack(end, widened=True) for end in (x, x + STEPS[-1] * u)]
            return (question(*[[*leaves, *fixed] for leaves in ends]) / STEPS[-1],)

        return self._compile(run)

    @cached_property
    def extent(self) -> Callable[..., Any]:
        """(xs, cts) ↦ how large the numbers are that the function works with, a row.

        And those of its vjp, which by a rule by hand may be larger than they have to be.
        """
        if self.by_hand or not isinstance(self.reverse, core.ClosedJaxpr):
            return self._answered(extent(self.primal))
        reverse = extent(self.reverse)

        def run(x: Any, ct: Any, u: Any, fixed: Any) -> Any:
            cotangent = self.outputs.unpack(ct, dual=True, widened=True)
            return (reverse(*self.inputs.unpack(x, widened=True), *fixed, *cotangent),)

        return self._compile(run)

    def _answered(self, question: Callable[..., Any]) -> Callable[..., Any]:
        def run(x: Any, ct: Any, u: Any, fixed: Any) -> Any:
            return (question(*self.inputs.unpack(x, widened=True), *fixed),)

        return self._compile(run)

    def mapped(self, size: int, points: Sequence[bool], *, duals: bool) -> Callable[..., Any]:
        """`rule` of `size` rows as `jax.vmap` gives it, which runs the rules' own batching.

        Args:
            size: how many rows.
            points: which leaves it maps over; of the others it takes the first row for all.
            duals: whether it maps over cotangents and tangents.
        """
        program = self.trace_mapped(size, points, duals=duals)

        def unpacked(layout: Coordinates, rows: Any, many: Sequence[bool], dual: bool) -> list[Any]:
            leaves = jax.vmap(lambda row: layout.unpack(row, dual=dual, widened=True))(rows)
            return [leaf if all_ else leaf[0] for leaf, all_ in zip(leaves, many, strict=True)]

        def run(xs: Any, cts: Any, us: Any, fixed: Any) -> Any:
            leaves = unpacked(self.inputs, xs, points, False)
            cotangents = unpacked(self.outputs, cts, [duals] * len(self.outputs.shapes), True)
            directions = unpacked(self.inputs, us, tangents_mapped(points, duals), False)
            results = widen(program)(*leaves, *fixed, *cotangents, *directions)
            first = len(self.outputs.shapes)
            second = first + len(self.inputs.shapes) * isinstance(self.reverse, core.ClosedJaxpr)
            out = jax.vmap(self.outputs.pack)(results[:first])
            gradient = tangent = None
            if isinstance(self.reverse, core.ClosedJaxpr):
                gradient = jax.vmap(lambda g: self.inputs.pack(g, dual=True))(results[first:second])
            if isinstance(self.forward, core.ClosedJaxpr):
                tangent = jax.vmap(self.outputs.pack)(results[second:])
            return out, gradient, tangent

        return self._compile(run, rows=size, mapped=True)

    @cached_property
    def narrow(self) -> bool:
        """Whether outputs or derivatives go through a narrow type: a rule may call back, too."""
        programs = (self.reverse, self.forward)
        return self.islands or any(
            has_islands(program) for program in programs if isinstance(program, core.ClosedJaxpr)
        )
