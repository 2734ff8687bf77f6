"""The same program with wider numbers: a traced function, run in float64.

In float32 a difference quotient has three good digits, so a gradient that is wrong by a tenth of a
percent goes through. But a traced function is a list of equations, and these can be evaluated with
every float32 (or half, or complex64) value held in float64. Constants keep the value that they
have in the narrow program, so it is the same mathematical function, and casts to a narrow type
are casts to a wide one. A function's derivative is a traced program, too, custom rules included;
so rule and differences are compared with fifteen digits, whatever the dtype is.

What is made of other programs (loops, branches, `jit`) is entered. A callback into Python cannot
be widened: its arguments are narrowed, and the program says so (`has_islands`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend import core

from funcgrad.testing.coordinates import dtype_of, is_complex, is_inexact, wide

# They stand for the program that they call.
_CALLS = {
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "closed_call": "call_jaxpr",
    "core_call": "call_jaxpr",
    "checkpoint": "jaxpr",
    "remat": "jaxpr",
    "remat2": "jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
    "custom_vjp_call_jaxpr": "fun_jaxpr",
    "custom_vmap_call": "call",
}
_ISLANDS = {"pure_callback", "io_callback", "debug_callback", "ffi_call", "xla_call"}


@dataclass
class Watch:
    """Is shown the equations of a program as it is evaluated; but not those inside branches.

    Attributes:
        look: gives something of an equation and its operands, or None; it is traced.
        enters: whether the equations inside another are looked at, too.
        found: what was seen so far; of a loop of so many turns all turns, stacked.
    """

    look: Callable[[core.JaxprEqn, list[Any]], Any]
    enters: Callable[[core.JaxprEqn], bool]
    found: list[Any] = field(default_factory=list)


def widen(program: core.ClosedJaxpr, watch: Watch | None = None) -> Callable[..., list[Any]]:
    """The function that the program is, of wide arguments, in wide numbers.

    Call it, or trace it, under `jax.enable_x64(True)`.

    Args:
        program: the trace of a function.
        watch: is shown its equations.
    """

    def widened(*arguments: Any) -> list[Any]:
        pairs = zip(arguments, program.in_avals, strict=True)
        values = [_widened(argument, dtype_of(aval)) for argument, aval in pairs]
        return _evaluate(program.jaxpr, program.consts, values, watch)

    return widened


def dtypes(program: core.ClosedJaxpr) -> list[Any]:
    """The dtypes that a program computes in; a rounding to so many bits is one of as many."""
    found = []
    for equation in equations(program.jaxpr):
        found += [getattr(variable.aval, "dtype", None) for variable in equation.outvars]
        if equation.primitive.name == "reduce_precision":
            bits = equation.params["mantissa_bits"]
            found.append(np.dtype(np.float16) if bits >= 10 else jnp.dtype(jnp.bfloat16))
    return [dtype for dtype in dict.fromkeys(found) if dtype is not None and is_inexact(dtype)]


def has_islands(program: core.ClosedJaxpr) -> bool:
    """Whether somewhere in the program values go through a narrow type all the same."""
    return any(
        equation.primitive.name in _ISLANDS
        or (equation.primitive.name == "bitcast_convert_type" and _reads_bits(equation))
        for equation in equations(program.jaxpr)
    )


def _reads_bits(equation: core.JaxprEqn) -> bool:
    return is_inexact(dtype_of(equation.invars[0].aval))


def equations(jaxpr: core.Jaxpr) -> list[core.JaxprEqn]:
    """All equations of a program, those of the programs inside it included."""
    found = []
    for equation in jaxpr.eqns:
        found.append(equation)
        for inner in core.jaxprs_in_params(equation.params):
            found += equations(inner)
    return found


def _widened(value: Any, dtype: Any) -> Any:
    """A value of the narrow program in the wide one."""
    if not is_inexact(dtype):
        return value
    if isinstance(value, bool | int | float | complex | np.generic | np.ndarray):
        return np.asarray(value, dtype).astype(wide(dtype))
    return lax.convert_element_type(value, wide(dtype))


def _evaluate(
    jaxpr: core.Jaxpr, consts: Sequence[Any], arguments: Sequence[Any], watch: Watch | None
) -> list[Any]:
    values: dict[core.Var, Any] = {}

    def read(atom: Any) -> Any:
        if isinstance(atom, core.Literal):
            return _widened(atom.val, dtype_of(atom.aval))
        return values[atom]

    for variable, value in zip(jaxpr.constvars, consts, strict=True):
        values[variable] = _widened(value, getattr(variable.aval, "dtype", np.dtype(bool)))
    values.update(zip(jaxpr.invars, arguments, strict=True))
    for equation in jaxpr.eqns:
        results = _apply(equation, [read(atom) for atom in equation.invars], watch)
        values.update(zip(equation.outvars, results, strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def _apply(equation: core.JaxprEqn, operands: list[Any], watch: Watch | None) -> Sequence[Any]:
    if watch is not None:
        seen = watch.look(equation, operands)
        watch.found += [] if seen is None else [seen]
        watch = watch if watch.enters(equation) else None
    name, params = equation.primitive.name, equation.params
    if name in _CALLS and _CALLS[name] in params:
        inner = params[_CALLS[name]]
        consts = inner.consts if isinstance(inner, core.ClosedJaxpr) else ()
        return _evaluate(getattr(inner, "jaxpr", inner), consts, operands, watch)
    special = _SPECIAL.get(name)
    if special is not None:
        return special(equation, operands, watch)
    if name in _ISLANDS:
        return _narrow(equation, operands, watch)
    return _bind(equation, operands, {key: _parameter(value) for key, value in params.items()})


def _bind(equation: core.JaxprEqn, operands: list[Any], params: dict[str, Any]) -> Sequence[Any]:
    results: Any = equation.primitive.bind(*operands, **params)
    return results if equation.primitive.multiple_results else [results]


def _narrow(equation: core.JaxprEqn, operands: list[Any], _: Watch | None) -> Sequence[Any]:
    """The equation as it is, between casts."""
    narrowed = [
        lax.convert_element_type(operand, dtype_of(atom.aval))
        if is_inexact(dtype_of(atom.aval))
        else operand
        for operand, atom in zip(operands, equation.invars, strict=True)
    ]
    results = _bind(equation, narrowed, equation.params)
    return [
        _widened(result, dtype_of(variable.aval))
        for result, variable in zip(results, equation.outvars, strict=True)
    ]


def _parameter(value: Any) -> Any:
    """A parameter of an equation, with the dtypes and programs in it made wide."""
    if isinstance(value, np.dtype):
        return wide(value)
    if isinstance(value, type) and issubclass(value, np.generic):
        return wide(np.dtype(value))
    if isinstance(value, core.ClosedJaxpr):
        return jax.make_jaxpr(widen(value))(*map(_shape, value.in_avals))
    if isinstance(value, core.Jaxpr):
        closed = core.ClosedJaxpr(value, ())
        return jax.make_jaxpr(widen(closed))(*map(_shape, closed.in_avals)).jaxpr
    if isinstance(value, tuple):
        inner = [_parameter(item) for item in value]
        return type(value)(*inner) if hasattr(value, "_fields") else tuple(inner)
    if isinstance(value, lax.DotAlgorithmPreset | lax.DotAlgorithm):
        return None  # it names narrow types
    return value


def _shape(aval: Any) -> Any:
    return jax.ShapeDtypeStruct(aval.shape, wide(aval.dtype))


def _cast(equation: core.JaxprEqn, operands: list[Any], _: Watch | None) -> Sequence[Any]:
    operand, dtype = operands[0], wide(equation.params["new_dtype"])
    if is_complex(operand.dtype) and not is_complex(dtype):
        operand = lax.real(operand)
    return [lax.convert_element_type(operand, dtype)]


def _identity(equation: core.JaxprEqn, operands: list[Any], _: Watch | None) -> Sequence[Any]:
    return operands


def _scan(equation: core.JaxprEqn, operands: list[Any], watch: Watch | None) -> Sequence[Any]:
    params = equation.params
    consts, carried = params["num_consts"], params["num_consts"] + params["num_carry"]
    carries = params["num_carry"]

    def step(carry: list[Any], items: list[Any]) -> tuple[list[Any], Any]:
        inside = None if watch is None else Watch(watch.look, watch.enters)
        results = widen(params["jaxpr"], inside)(*operands[:consts], *carry, *items)
        return results[:carries], (results[carries:], inside.found if inside else [])

    carry, (stacked, found) = lax.scan(
        step,
        operands[consts:carried],
        operands[carried:],
        length=params["length"],
        reverse=params["reverse"],
    )
    if watch is not None:
        watch.found += found
    return [*carry, *stacked]


def _while(equation: core.JaxprEqn, operands: list[Any], _: Watch | None) -> Sequence[Any]:
    params = equation.params
    first, second = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
    test, body = widen(params["cond_jaxpr"]), widen(params["body_jaxpr"])

    def going(carry: list[Any]) -> Any:
        return test(*operands[:first], *carry)[0]

    def step(carry: list[Any]) -> list[Any]:
        after = body(*operands[first:second], *carry)
        goes = going(carry)
        if not goes.ndim:
            return after
        # Under vmap a row whose loop is done keeps what it has.
        return [
            jnp.where(goes.reshape(goes.shape + (1,) * (new.ndim - goes.ndim)), new, old)
            for new, old in zip(after, carry, strict=True)
        ]

    results: list[Any] = lax.while_loop(lambda carry: going(carry).any(), step, operands[second:])
    return results


def _cond(equation: core.JaxprEqn, operands: list[Any], _: Watch | None) -> Sequence[Any]:
    branches = [widen(branch) for branch in equation.params["branches"]]
    results: list[Any] = lax.switch(operands[0], branches, *operands[1:])
    return results


_SPECIAL: dict[str, Callable[[core.JaxprEqn, list[Any], Watch | None], Sequence[Any]]] = {
    "convert_element_type": _cast,
    "bitcast_convert_type": _narrow,  # the bits of a float32 are those of a float32
    "reduce_precision": _identity,  # a rounding, which is what the wide program is without
    "scan": _scan,
    "while": _while,
    "cond": _cond,
}
