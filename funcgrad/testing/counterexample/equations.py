"""Which equation makes the NaN: a traced function, run one equation at a time.

`jax_debug_nans` stops at the first NaN that any program makes, be it one that a `where` throws
away. Here every value carries where its NaN or infinity came from, so that what is told is the
equation behind the NaN that came *out*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from funcgrad.testing.counterexample import source_lines
from funcgrad.testing.counterexample.equation import Equation

# Programs within a program that run once, with the equation's own inputs, and where they are kept.
_CALLS = {
    name: key
    for key, names in {
        "jaxpr": "jit pjit remat remat2 checkpoint",
        "call_jaxpr": "closed_call core_call custom_jvp_call custom_vjp_call",
        "fun_jaxpr": "custom_vjp_call_jaxpr",
    }.items()
    for name in names.split()
}


class _Trail(NamedTuple):
    """Where the NaN and the infinity in a value came from; None where it has none of our making."""

    nan: Equation | None = None
    inf: Equation | None = None


_CLEAN = _Trail()


class _Place(NamedTuple):
    """Where in the nest of programs the walk is."""

    inside: tuple[str, ...] = ()
    line: str = ""

    def within(self, equation: core.JaxprEqn, words: str) -> _Place:
        return _Place((*self.inside, words), source_lines.line(equation) or self.line)


def first_nonfinite(function: Callable[..., Any], *args: Any) -> Equation | None:
    """Find the equation that makes the NaN, or the infinity, in the result of a function.

    The function is traced, and its equations are evaluated in order, those within `jit`,
    `jax.checkpoint`, custom rules, the taken branch of a `cond` and each step of a loop included.
    A NaN that no output depends on is passed over. A NaN made of an infinity names both equations.

    Args:
        function: a function of arrays in pytrees, such as the gradient of another.
        *args: the point.

    Returns:
        The equation, or None where the result is finite or the arguments themselves are not.

    Example:
        >>> import jax
        >>> import jax.numpy as jnp
        >>> from funcgrad.testing.counterexample.equations import first_nonfinite
        >>> guarded = lambda x: jnp.where(x > 0, x * jnp.log(x), 0.0)
        >>> guarded(0.0), first_nonfinite(guarded, 0.0)
        (Array(0., dtype=float32, weak_type=True), None)
        >>> found = first_nonfinite(jax.grad(guarded), 0.0)
        >>> found.primitive, found.inputs, found.origin.text, found.origin.inputs
        ('mul', ('0.0', '-inf'), 'c = log a', ('0.0',))
    """
    closed = jax.make_jaxpr(function)(*args)
    values = [jnp.asarray(leaf) for leaf in jax.tree.leaves(args)]
    outputs, trails = _run(closed, values, [_CLEAN] * len(values), _Place())
    for kind in ("nan", "inf"):
        for value, trail in zip(outputs, trails, strict=True):
            found: Equation | None = getattr(trail, kind)
            if _has(value, kind) and found is not None:
                return found
    return None


def _run(
    closed: core.ClosedJaxpr, arguments: Sequence[Any], trails: Sequence[_Trail], place: _Place
) -> tuple[list[Any], list[_Trail]]:
    """Evaluate a program equation by equation."""
    jaxpr = closed.jaxpr
    known: dict[Any, tuple[Any, _Trail]] = {}
    for variable, value in zip(jaxpr.constvars, closed.consts, strict=True):
        known[variable] = value, _CLEAN
    for variable, value, trail in zip(jaxpr.invars, arguments, trails, strict=True):
        known[variable] = value, trail

    def read(variable: Any) -> tuple[Any, _Trail]:
        return (variable.val, _CLEAN) if isinstance(variable, core.Literal) else known[variable]

    for number, equation in enumerate(jaxpr.eqns, start=1):
        pairs = [read(variable) for variable in equation.invars]
        inputs, before = [value for value, _ in pairs], [trail for _, trail in pairs]
        outputs = _whole(equation, inputs)
        after = [_CLEAN] * len(outputs)
        if any(_has(value, kind) for value in outputs for kind in ("nan", "inf")):
            after = _followed(equation, inputs, before, outputs, place)
            fresh = _told(equation, number, jaxpr, inputs, outputs, before, place)
            after = [
                _settled(value, trail, made, inputs, before)
                for value, trail, made in zip(outputs, after, fresh, strict=True)
            ]
        for variable, value, trail in zip(equation.outvars, outputs, after, strict=True):
            known[variable] = value, trail
    pairs = [read(variable) for variable in jaxpr.outvars]
    return [value for value, _ in pairs], [trail for _, trail in pairs]


def _whole(equation: core.JaxprEqn, inputs: Sequence[Any]) -> list[Any]:
    """The outputs of an equation, whatever is in it, as one program."""
    primitive, params = equation.primitive, equation.params
    if primitive.name in _CALLS:
        return list(jax.jit(core.jaxpr_as_fun(_inner(equation)))(*inputs))
    with equation.ctx.manager:  # the settings under which it was traced: 64 bits, precision
        outputs = primitive.bind(*inputs, **primitive.get_bind_params(params))
    return list(outputs) if primitive.multiple_results else [outputs]


def _inner(equation: core.JaxprEqn) -> core.ClosedJaxpr:
    """The program that a call runs."""
    inner = equation.params[_CALLS[equation.primitive.name]]
    return inner if isinstance(inner, core.ClosedJaxpr) else core.ClosedJaxpr(inner, ())


def _followed(
    equation: core.JaxprEqn,
    inputs: list[Any],
    before: list[_Trail],
    outputs: list[Any],
    place: _Place,
) -> list[_Trail]:
    """The trails of the outputs as the programs within the equation tell them."""
    name, params = equation.primitive.name, equation.params
    trails = [_CLEAN] * len(outputs)
    if name in _CALLS:
        inner = _inner(equation)
        kind = "checkpoint" if "remat" in name else name.removesuffix("_call")
        words = f"{kind} {params.get('name') or inner.jaxpr.debug_info.func_name}"
        _, trails = _run(inner, inputs, before, place.within(equation, words))
    elif name == "cond":
        branches = params["branches"]
        taken = int(np.clip(inputs[0], 0, len(branches) - 1))
        within = place.within(equation, f"branch {taken} of cond")
        _, trails = _run(branches[taken], inputs[1:], before[1:], within)
    elif name == "scan":
        trails = _scan(equation, inputs, before, place)
    elif name == "while":
        trails = _while(equation, inputs, before, place)
    return trails


def _stepped(
    body: core.ClosedJaxpr, run: Any, inputs: list[Any], before: list[_Trail], place: _Place
) -> tuple[list[Any], list[_Trail]]:
    """One step of a loop: as a whole while all is finite, else by its equations."""
    outputs = list(run(*inputs))
    if any(_has(value, kind) for value in outputs for kind in ("nan", "inf")):
        _, trails = _run(body, inputs, before, place)
        return outputs, trails
    return outputs, [_CLEAN] * len(outputs)


def _scan(
    equation: core.JaxprEqn, inputs: list[Any], before: list[_Trail], place: _Place
) -> list[_Trail]:
    params = equation.params
    body, length = params["jaxpr"], params["length"]
    shared, carried = params["num_consts"], params["num_carry"]
    run = jax.jit(core.jaxpr_as_fun(body))
    first = shared + carried
    carry, trails = inputs[shared:first], before[shared:first]
    stacked = [_CLEAN] * (len(body.jaxpr.outvars) - carried)
    steps = reversed(range(length)) if params["reverse"] else range(length)
    for step in steps:
        rows = [value[step] for value in inputs[first:]]
        outputs, after = _stepped(
            body,
            run,
            [*inputs[:shared], *carry, *rows],
            [*before[:shared], *trails, *before[first:]],
            place.within(equation, f"scan, step {step}"),
        )
        carry, trails = outputs[:carried], after[:carried]
        # The first step that spoils a stacked output is the one to tell of.
        stacked = [
            _Trail(old.nan or new.nan, old.inf or new.inf)
            for old, new in zip(stacked, after[carried:], strict=True)
        ]
    return [*trails, *stacked]


def _while(
    equation: core.JaxprEqn, inputs: list[Any], before: list[_Trail], place: _Place
) -> list[_Trail]:
    params = equation.params
    body, test = params["body_jaxpr"], jax.jit(core.jaxpr_as_fun(params["cond_jaxpr"]))
    run = jax.jit(core.jaxpr_as_fun(body))
    tested = params["cond_nconsts"]
    first = tested + params["body_nconsts"]
    carry, trails = inputs[first:], before[first:]
    step = 0
    while bool(test(*inputs[:tested], *carry)[0]):
        carry, trails = _stepped(
            body,
            run,
            [*inputs[tested:first], *carry],
            [*before[tested:first], *trails],
            place.within(equation, f"while, step {step}"),
        )
        step += 1
    return trails


def _settled(
    value: Any, within: _Trail, made: Equation, inputs: list[Any], before: list[_Trail]
) -> _Trail:
    """The trail of an output: what made it within, what it inherits, or this equation."""
    nan = inf = None
    if _has(value, "nan"):
        spoilt = any(_has(each, "nan") for each in inputs)
        inherited = next((trail.nan for trail in before if trail.nan is not None), None)
        nan = within.nan or inherited or (None if spoilt else made)
    if _has(value, "inf"):
        spoilt = any(_has(each, kind) for each in inputs for kind in ("nan", "inf"))
        inherited = next((trail.inf for trail in before if trail.inf is not None), None)
        inf = within.inf or inherited or (None if spoilt else made)
    return _Trail(nan, inf)


def _told(
    equation: core.JaxprEqn,
    number: int,
    jaxpr: core.Jaxpr,
    inputs: list[Any],
    outputs: list[Any],
    before: list[_Trail],
    place: _Place,
) -> list[Equation]:
    """The equation in words, once for each of its outputs."""
    names = source_lines.names(jaxpr)
    origin = next((trail.inf for trail in before if trail.inf is not None), None)
    told = []
    for value in outputs:
        result = "nan" if _has(value, "nan") else "inf"
        spots = np.argwhere(_where(value, result)) if _has(value, result) else np.zeros((1, 0), int)
        entry = tuple(map(int, spots[0]))
        told.append(
            Equation(
                primitive=equation.primitive.name,
                index=number,
                text=source_lines.text(equation, names),
                inputs=source_lines.operands(equation, inputs, np.shape(value), entry),
                result=result,
                entry=entry,
                inside=place.inside,
                line=source_lines.line(equation) or place.line,
                backward="transpose(" in str(equation.source_info.name_stack),
                origin=origin if result == "nan" else None,
            )
        )
    return told


def _where(value: Any, kind: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    array = np.asarray(value)
    found = np.isnan(array) if kind == "nan" else np.isinf(array)
    return np.asarray(found, dtype=bool)


def _has(value: Any, kind: str) -> bool:
    """Whether a value has a NaN, or an infinity; what is no number has none."""
    dtype = getattr(value, "dtype", None)
    if dtype is None:
        return isinstance(value, (float, complex)) and bool(_where(value, kind).any())
    return bool(jnp.issubdtype(dtype, jnp.inexact)) and bool(_where(value, kind).any())
