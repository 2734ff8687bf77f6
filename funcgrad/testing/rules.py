"""Rules that are written by hand: where they stand in a program, and the program without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
from jax.extend import core

from funcgrad import _version
from funcgrad.testing.widening import equations

#: Where functions come from whose rules are not by hand.
_LIBRARIES = [str(Path(file).parent) for file in (jax.__file__, _version.__file__)]


def by_hand(equation: core.JaxprEqn) -> bool:
    """Whether it calls a function with a rule of its own, written neither by JAX nor here."""
    inner = equation.params.get("call_jaxpr")
    if not equation.primitive.name.startswith("custom_") or inner is None:
        return False
    # The rule tells where it stands, but where `defjvps` has made it of several; then the function.
    rule = equation.params.get("bwd") or equation.params.get("jvp_jaxpr_fun")
    source = _source(rule)
    if not source or "custom_derivatives.py" in source:
        source = _source(getattr(inner, "jaxpr", inner))
    return not any(folder in source for folder in _LIBRARIES)


def _source(of: Any) -> str:
    """Where a program or a rule was written: "relu at …/jax/_src/nn/functions.py:71"."""
    return str(getattr(getattr(of, "debug_info", None), "func_src_info", ""))


def has_rules_by_hand(program: core.ClosedJaxpr) -> bool:
    """Whether one is anywhere in a program."""
    return any(map(by_hand, equations(program.jaxpr)))


def without_rules(program: core.ClosedJaxpr) -> Callable[..., list[Any]]:
    """The same function, in its own dtypes, which JAX differentiates without rules by hand.

    Those inside loops and branches stay.
    """

    def function(*arguments: Any) -> list[Any]:
        return _evaluate(program.jaxpr, program.consts, arguments)

    return function


def _evaluate(jaxpr: core.Jaxpr, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    values: dict[core.Var, Any] = dict(zip(jaxpr.constvars, consts, strict=True))
    values.update(zip(jaxpr.invars, arguments, strict=True))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, core.Literal) else values[atom]

    for equation in jaxpr.eqns:
        inner: Any = equation.params.get("call_jaxpr" if by_hand(equation) else "jaxpr")
        if by_hand(equation) or equation.primitive.name in {"jit", "pjit"}:
            results = _evaluate(inner.jaxpr, inner.consts, list(map(read, equation.invars)))
        else:  # as a program of its own, which knows how to bind whatever it calls
            taken = [atom for atom in equation.invars if not isinstance(atom, core.Literal)]
            taken = list(dict.fromkeys(taken))
            alone = jaxpr.replace(
                constvars=[], invars=taken, outvars=equation.outvars, eqns=[equation]
            )
            results = core.jaxpr_as_fun(core.ClosedJaxpr(alone, []))(*map(read, taken))
        values.update(zip(equation.outvars, results, strict=True))
    return [read(atom) for atom in jaxpr.outvars]
