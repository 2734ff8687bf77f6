"""A subject at one shape signature: traced in its own dtypes, compiled, and run on vectors.

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
import numpy as np
from jax.extend import core

from funcgrad.testing.compiled import Compiled
from funcgrad.testing.coordinates import Coordinates, dtype_of, is_inexact
from funcgrad.testing.rows import Moved, Rows, each, take, together
from funcgrad.testing.subject import Subject, is_key, layout, outputs
from funcgrad.testing.ties import tied
from funcgrad.testing.widening import equations, has_islands, widen

# What JAX says where a mode of differentiation is not meant to exist.
_NO_MODE = (
    "forward-mode differentiation (jvp) to a custom_vjp",
    "forward-mode autodiff (jvp) to a custom_vjp",
    "Reverse-mode differentiation does not work for lax.while_loop",
    "do not support JVP",
    "does not support JVP",
    "not support reverse",
    "Linearization failed",
    "Differentiation rule for",
    "not implemented",
)

_SMALL = 20_000  # coordinates: below, a program's compilation costs more than its runs


class Missing(Exception):
    """A mode of differentiation that the function is not meant to have."""


def is_missing(error: Exception) -> bool:
    """Whether an error says that a mode of differentiation is not meant to exist."""
    missing = any(words in str(error) for words in _NO_MODE)
    return missing or isinstance(error, NotImplementedError)


class Programs:
    """The programs of a subject for arguments of the shapes and dtypes of `leaves`.

    Attributes:
        slow: whether a row costs so much that there should be few.
        lean: whether one of the two second derivatives is enough.
    """

    slow: ClassVar[bool] = False
    lean: bool = False

    def __init__(
        self,
        subject: Subject,
        leaves: Sequence[Any],
        *,
        x64: bool,
        modes: str = "auto",
        reference: Callable[..., Any] | None = None,
    ) -> None:
        self.subject, self.x64, self._modes = subject, x64, modes
        self.compilations = 0
        differentiated, fixed = subject.split(leaves)
        self._weak = [isinstance(leaf, float | complex) for leaf in differentiated]
        with jax.enable_x64(x64):
            self.inputs = subject.inputs(leaves)
            self._fixed = [leaf if is_key(leaf) else _aval(leaf) for leaf in fixed]
            self._examples = [
                jax.ShapeDtypeStruct(shape, dtype, weak_type=weak)
                for shape, dtype, weak in zip(
                    self.inputs.shapes, self.inputs.dtypes, self._weak, strict=True
                )
            ]
            labels: list[str] = []

            def call(differentiated: Any, fixed: Any) -> list[Any]:
                function = reference or subject.function
                result = function(*subject.arguments(differentiated, fixed))
                found = outputs(result)
                labels[:] = [label for label, _ in found]
                return [leaf for _, leaf in found]

            self.primal = jax.make_jaxpr(call)(self._examples, self._fixed)
            self.outputs = layout(labels, self.primal.out_avals)
        self.islands = has_islands(self.primal)

    # Traces, in the function's own dtypes

    def _trace(self, function: Callable[..., Any], *more: Coordinates) -> core.ClosedJaxpr:
        with jax.enable_x64(self.x64):
            extra = [_avals(coordinates) for coordinates in more]
            return jax.make_jaxpr(function)(self._examples, self._fixed, *extra)

    def _mode(self, function: Callable[..., Any], *more: Coordinates) -> core.ClosedJaxpr:
        """The trace of a derivative, or `Missing`."""
        try:
            program = self._trace(function, *more)
            # JAX leaves this behind where it refuses only when the program is run.
            if any(found.primitive.name == "custom_lin" for found in equations(program.jaxpr)):
                raise Missing("a custom_vjp has no forward mode")
            return program
        except Missing:
            raise
        except Exception as error:
            if is_missing(error):
                raise Missing(str(error).splitlines()[0]) from error
            raise

    def _vjp(self, x: Any, fixed: Any, ct: Any) -> Any:
        out, pullback = jax.vjp(lambda *x: self.subject.call(x, fixed), *x)
        return out, list(pullback(ct))

    def _jvp(self, x: Any, fixed: Any, u: Any) -> Any:
        return jax.jvp(lambda *x: self.subject.call(x, fixed), tuple(x), tuple(u))

    def trace_reverse(self) -> core.ClosedJaxpr:
        """Outputs and vjp(ct), traced anew."""
        return self._mode(self._vjp, self.outputs)

    def trace_forward(self) -> core.ClosedJaxpr:
        """Outputs and jvp(u), traced anew."""
        return self._mode(self._jvp, self.inputs)

    @cached_property
    def reverse(self) -> core.ClosedJaxpr | Exception:
        """The trace of the vjp, or why there is none."""
        if self._modes == "forward":
            return Missing('modes="forward" was asked for')
        return _attempt(self.trace_reverse)

    @cached_property
    def forward(self) -> core.ClosedJaxpr | Exception:
        """The trace of the jvp, or why there is none."""
        if self._modes == "reverse":
            return Missing('modes="reverse" was asked for')
        return _attempt(self.trace_forward)

    @cached_property
    def forward_of_reverse(self) -> core.ClosedJaxpr | Exception:
        """The jvp of x ↦ vjp(ct) along u."""

        def derivative(x: Any, fixed: Any, ct: Any, u: Any) -> Any:
            return jax.jvp(lambda *x: self._vjp(x, fixed, ct)[1], tuple(x), tuple(u))[1]

        return _attempt(lambda: self._mode(derivative, self.outputs, self.inputs))

    @cached_property
    def reverse_of_reverse(self) -> core.ClosedJaxpr | Exception:
        """The vjp of x ↦ vjp(ct) at u, taken as a cotangent."""

        def derivative(x: Any, fixed: Any, ct: Any, u: Any) -> Any:
            _, pullback = jax.vjp(lambda *x: self._vjp(x, fixed, ct)[1], *x)
            return list(pullback(u))

        return _attempt(lambda: self._mode(derivative, self.outputs, self.inputs))

    # Programs, on rows of vectors

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

            def result(program: core.ClosedJaxpr | Exception) -> Any:
                if not isinstance(program, core.ClosedJaxpr):
                    return None
                got = widen(program)(*leaves, *fixed, *cotangent, *direction)
                return self.inputs.pack(got, dual=True)

            by_jvp = result(self.forward_of_reverse)
            if self.lean and by_jvp is not None:
                return by_jvp, None
            return by_jvp, result(self.reverse_of_reverse)

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

        def run(x: Any, ct: Any, u: Any, fixed: Any) -> Any:
            leaves = self.inputs.unpack(x, widened=True)
            return (tied(self.primal)(*leaves, *fixed),)

        return self._compile(run)

    def trace_mapped(self, size: int) -> core.ClosedJaxpr:
        """Outputs, vjp and jvp under `jax.vmap` over points, cotangents and tangents."""

        def both(x: Any, fixed: Any, ct: Any, u: Any) -> Any:
            out, gradient, tangent = self.subject.call(x, fixed), [], []
            if isinstance(self.forward, core.ClosedJaxpr):
                tangent = self._jvp(x, fixed, u)[1]
            if isinstance(self.reverse, core.ClosedJaxpr):
                gradient = self._vjp(x, fixed, ct)[1]
            return list(out), list(gradient), list(tangent)

        def stacked(avals: Sequence[jax.ShapeDtypeStruct]) -> list[jax.ShapeDtypeStruct]:
            return [jax.ShapeDtypeStruct((size, *aval.shape), aval.dtype) for aval in avals]

        with jax.enable_x64(self.x64):
            cts, us = stacked(_avals(self.outputs)), stacked(_avals(self.inputs))
            mapped = jax.vmap(both, in_axes=(0, None, 0, 0))
            return jax.make_jaxpr(mapped)(stacked(self._examples), self._fixed, cts, us)

    def mapped(self, size: int) -> Callable[..., Any]:
        """`rule` of `size` rows as `jax.vmap` gives it, which runs the rules' own batching."""
        program = self.trace_mapped(size)

        def run(xs: Any, cts: Any, us: Any, fixed: Any) -> Any:
            leaves = jax.vmap(lambda x: self.inputs.unpack(x, widened=True))(xs)
            cotangents = jax.vmap(lambda c: self.outputs.unpack(c, dual=True, widened=True))(cts)
            directions = jax.vmap(lambda u: self.inputs.unpack(u, widened=True))(us)
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


def _attempt(trace: Callable[[], core.ClosedJaxpr]) -> core.ClosedJaxpr | Exception:
    try:
        return trace()
    except Exception as error:  # noqa: BLE001 - a rule may raise anything, and that is a finding
        return error


def _aval(leaf: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(np.shape(leaf), jax.dtypes.canonicalize_dtype(dtype_of(leaf)))


def _avals(coordinates: Coordinates) -> list[jax.ShapeDtypeStruct]:
    pairs = zip(coordinates.shapes, coordinates.dtypes, strict=True)
    return [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in pairs if is_inexact(dtype)]
