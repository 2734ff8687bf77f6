"""A function that is called at a point, and its derivatives there, on concrete numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from funcgrad.testing.rows import Rows

if TYPE_CHECKING:
    from funcgrad.testing.eager import EagerPrograms


class RuleError(Exception):
    """A derivative raised where the function has a value; the cause says what."""


class Called:
    """The function and its derivatives at a point; each is computed once, when it is asked for."""

    def __init__(
        self, programs: EagerPrograms, x: Rows, fixed: Sequence[Any], *, widened: bool
    ) -> None:
        self.programs, self.x, self.fixed, self.widened = programs, x, fixed, widened

    @cached_property
    def value(self) -> Rows:
        return self.programs.value_at(self.x, self.fixed, widened=self.widened)

    @cached_property
    def told(self) -> Rows:
        """The outputs that come with the derivative."""
        vector: Rows = self.programs.outputs.vector(self._vjp[0]) if self._inside else self.value
        return vector

    @property
    def _inside(self) -> bool:
        return not len(self.value) or bool(np.any(np.isfinite(self.value)))

    def _pulled(self, *leaves: Any) -> Any:
        subject, fixed = self.programs.subject, self.programs.fixed(self.fixed)
        return jax.vjp(lambda *x: subject.call(x, fixed), *leaves)

    @cached_property
    def _leaves(self) -> list[Any]:
        return self.programs.leaves(self.x, widened=self.widened)

    @cached_property
    def _vjp(self) -> Any:
        return _ruled(lambda: self._pulled(*self._leaves))

    def _cotangent(self, ct: Rows) -> list[Any]:
        found = self.programs.outputs.unpack(ct, dual=True, widened=self.widened)
        return [jnp.asarray(leaf) for leaf in found]

    def _direction(self, u: Rows) -> list[Any]:
        return [jnp.asarray(leaf) for leaf in self.programs.inputs.unpack(u, widened=self.widened)]

    def gradient(self, ct: Rows) -> Rows:
        """vjp(ct); NaN outside of the function's domain."""
        if not self._inside:
            return np.full(len(self.x), np.nan)
        pull = self._vjp[1]
        found = _ruled(lambda: pull(self._cotangent(ct)))
        return self.programs.inputs.vector(found, dual=True)

    def tangent(self, u: Rows) -> Rows:
        """jvp(u)."""
        if not self._inside:
            return np.full(self.programs.outputs.size, np.nan)
        subject, fixed = self.programs.subject, self.programs.fixed(self.fixed)
        primals, tangents = tuple(map(jnp.asarray, self._leaves)), tuple(self._direction(u))
        found = _ruled(lambda: jax.jvp(lambda *x: subject.call(x, fixed), primals, tangents))
        return self.programs.outputs.vector(found[1])

    def second(self, ct: Rows, u: Rows, *, forward: bool) -> Rows:
        """The derivative of x ↦ vjp(ct) along u, by jvp or by vjp."""
        if not self._inside:
            return np.full(len(self.x), np.nan)
        cotangent, direction = self._cotangent(ct), self._direction(u)

        def gradient(*x: Any) -> Any:
            return list(self._pulled(*x)[1](cotangent))

        primals = tuple(map(jnp.asarray, self._leaves))
        if forward:
            found = _ruled(lambda: jax.jvp(gradient, primals, tuple(direction))[1])
        else:
            found = _ruled(lambda: list(jax.vjp(gradient, *primals)[1](direction)))
        return self.programs.inputs.vector(found, dual=True)


def _ruled(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:  # a rule may raise anything
        raise RuleError(str(error)) from error
