"""A subject at one shape signature: its traces, in its own dtypes.

The function, its vjp and its jvp, and both derivatives of the vjp, custom rules included, as JAX
would run them. A derivative that cannot be traced is the exception that was raised, which is
`Missing` where JAX means it not to exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import jax
import numpy as np
from jax.extend import core

from funcgrad.testing.coordinates import Coordinates, dtype_of, is_inexact
from funcgrad.testing.rules import has_rules_by_hand
from funcgrad.testing.subject import Subject, is_key, layout, outputs
from funcgrad.testing.widening import equations, has_islands

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


class Missing(Exception):
    """A mode of differentiation that the function is not meant to have."""


def is_missing(error: Exception) -> bool:
    """Whether an error says that a mode of differentiation is not meant to exist."""
    missing = any(words in str(error) for words in _NO_MODE)
    return missing or isinstance(error, NotImplementedError)


class Traces:
    """The traces of a subject for arguments of the shapes and dtypes of `leaves`.

    Attributes:
        lean: whether one of the two second derivatives is enough.
    """

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
            if escaped(program):
                raise jax.errors.JAXTypeError(
                    "a value of one trace is kept and used in another, so this cannot be run"
                )
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

    @property
    def modes_of_second(self) -> dict[str, core.ClosedJaxpr | Exception]:
        """The second derivatives that are looked at, by name: traces, or why there is none."""
        modes = {"jvp of vjp": self.forward_of_reverse}
        if not self.lean or isinstance(self.forward_of_reverse, Exception):
            modes["vjp of vjp"] = self.reverse_of_reverse
        return modes

    @property
    def derived(self) -> list[core.ClosedJaxpr]:
        """The traces that there are, of the function and its first derivatives."""
        found = (self.primal, self.reverse, self.forward)
        return [program for program in found if isinstance(program, core.ClosedJaxpr)]

    @cached_property
    def by_hand(self) -> bool:
        """Whether the function has a rule by hand anywhere."""
        return has_rules_by_hand(self.primal)

    @property
    def words(self) -> str:
        """The signature, as in "float32[3,2], float32[2]"."""
        pairs = zip(self.inputs.dtypes, self.inputs.shapes, strict=True)
        return ", ".join(
            f"{np.dtype(dtype).name}[{','.join(map(str, shape))}]" for dtype, shape in pairs
        )

    def trace_mapped(self, size: int, points: Sequence[bool], *, duals: bool) -> core.ClosedJaxpr:
        """Outputs, vjp and jvp under `jax.vmap` over some leaves, and over what is dual to all."""

        def both(x: Any, fixed: Any, ct: Any, u: Any) -> Any:
            out, gradient, tangent = self.subject.call(x, fixed), [], []
            if isinstance(self.forward, core.ClosedJaxpr):
                tangent = self._jvp(x, fixed, u)[1]
            if isinstance(self.reverse, core.ClosedJaxpr):
                gradient = self._vjp(x, fixed, ct)[1]
            return list(out), list(gradient), list(tangent)

        def stacked(avals: Sequence[jax.ShapeDtypeStruct], many: Sequence[bool]) -> Any:
            return [
                jax.ShapeDtypeStruct((size, *aval.shape) if mapped else aval.shape, aval.dtype)
                for aval, mapped in zip(avals, many, strict=True)
            ]

        with jax.enable_x64(self.x64):
            cts, us = _avals(self.outputs), _avals(self.inputs)
            many = points, [duals] * len(cts), tangents_mapped(points, duals)
            axes = [[0 if mapped else None for mapped in leaves] for leaves in many]
            mapped = jax.vmap(both, (axes[0], None, *axes[1:]), axis_size=size)
            rows = [stacked(*pair) for pair in zip((self._examples, cts, us), many, strict=True)]
            return jax.make_jaxpr(mapped)(rows[0], self._fixed, *rows[1:])


def tangents_mapped(points: Sequence[bool], duals: bool) -> list[bool]:
    """Whether the tangent of each leaf is mapped: that of a leaf alone, or where none is, all."""
    return [duals and (mapped or not any(points)) for mapped in points]


def escaped(program: core.ClosedJaxpr) -> bool:
    """Whether a tracer of another trace stands in a program as a constant."""
    inner = [
        closed
        for found in equations(program.jaxpr)
        for closed in jax.tree.leaves(list(found.params.values()))
        if isinstance(closed, core.ClosedJaxpr)
    ]
    return any(isinstance(c, jax.core.Tracer) for one in (program, *inner) for c in one.consts)


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
