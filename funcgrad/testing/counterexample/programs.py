"""The part of a program that differs from property to property: what is computed and compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from funcgrad.testing.counterexample.point import Point

#: What the programs call things: no function that is put into one may bear such a name.
NAMES = frozenset(
    "jax jnp np zlib base64 call x u ct t h k a c o v w i at along across slope slopes automatic "
    "numeric left right scale got expected rows batched single pairs one two values pull".split()
)


def statements(point: Point) -> list[str]:
    """What computes both sides of the property, prints them and fails."""
    found = point.found
    return _BY_PROPERTY[found.facts.get("within", found.property)](point)


def _quotient(along: str, point: Point, before: str = "") -> str:
    """A central difference, as a statement."""
    h = point.step
    ends = f"{along}({before}{h}{point.kind}) - {along}({before}-{h}{point.kind})"
    return f"numeric = {_float(point)}({ends}) / (2 * {h})"


def _float(point: Point) -> str:
    """What takes a result out of 64 bits, where an array of them would be cut outside."""
    return "float" if point.wide else ""


def _compared(point: Point, other: str) -> list[str]:
    return [
        f'print("automatic", automatic, "{other}", numeric)',
        f"assert abs(automatic - numeric) <= {_tolerance(point)}",
    ]


def _tolerance(point: Point) -> str:
    """What the two numbers may differ by: well below what they differed by in the check."""
    found = point.found
    try:
        gap = abs(complex(np.asarray(found.expected)) - complex(np.asarray(found.got)))
    except (TypeError, ValueError):
        gap = math.nan
    if not math.isfinite(gap) or gap == 0:
        return "1e-3 * (abs(automatic) + abs(numeric)) + 1e-6"
    within = min(max(found.error, 2.0), 10.0)
    return f"{gap / within:.1g}"


def _automatic(point: Point) -> str:
    """The derivative along the line, as a statement, in the mode that is wrong."""
    if point.found.facts.get("mode") == "jvp":
        return "automatic = jax.jvp(along, (0.0,), (1.0,))[1]"
    return "automatic = jax.grad(along)(0.0)"


def _value(point: Point) -> list[str]:
    return [
        *point.line("along"),
        _automatic(point),
        *point.widened(_quotient("along", point)),
        *_compared(point, "differences"),
    ]


def _second(point: Point) -> list[str]:
    """The slope along one direction, and how it changes along it or along another."""
    across = point.found.facts.get("across")
    if across is None:
        return [
            *point.line("along", exactly=True),
            "slope = jax.grad(along)",
            "automatic = jax.grad(slope)(0.0)",
            *point.widened(_quotient("slope", point)),
            *_compared(point, "differences"),
        ]
    return [
        f"across = {point.listed(point.like_leaves(across))}",
        *point.line("along", exactly=True, across=True),
        "slope = jax.grad(along)",
        "automatic = jax.grad(slope, 1)(0.0, 0.0)",
        *point.widened(_quotient("slope", point, before="0.0, ")),
        *_compared(point, "differences"),
    ]


def _interval(point: Point) -> list[str]:
    h, kind = point.step, point.kind
    zero = f"along(0.0{kind})"
    return [
        *point.line("along"),
        _automatic(point),
        *point.widened(f"right = {_float(point)}(along({h}{kind}) - {zero}) / {h}"),
        *point.widened(f"left = {_float(point)}({zero} - along(-{h}{kind})) / {h}"),
        'print("automatic", automatic, "from the left", left, "from the right", right)',
        "assert min(left, right) - 1e-3 <= automatic <= max(left, right) + 1e-3",
    ]


def _duality(point: Point) -> list[str]:
    return [
        *point.line("along"),
        "automatic = jax.grad(along)(0.0)",
        "numeric = jax.jvp(along, (0.0,), (1.0,))[1]",
        *_compared(point, "forward mode"),
    ]


def _cotangent(point: Point) -> list[str]:
    scale = f"{_scale(point):g}"
    return [
        *point.line("along"),
        f"got = jax.grad(lambda h: {scale} * along(h))(0.0)",
        f"expected = {scale} * jax.grad(along)(0.0)",
        'print("of the scaled cotangent", got, "scaled", expected)',
        "assert abs(got - expected) <= 1e-3 * abs(expected) + 1e-9",
    ]


def _scale(point: Point) -> float:
    """The scale at which the rule is least linear."""
    facts: dict[str, Any] = {**point.found.facts, **(point.found.facts.get("cotangents") or {})}
    if isinstance(facts.get("scale"), (int, float)):
        return float(facts["scale"])
    scales, ratios = facts.get("scales"), facts.get("ratio")
    if scales is None or ratios is None or np.shape(scales) != np.shape(ratios):
        return 1000.0
    sizes = np.abs(np.asarray(ratios, dtype=float))
    with np.errstate(divide="ignore"):
        off = np.abs(np.log(np.where(np.isfinite(sizes), sizes, 0.0)))
    return float(np.ravel(scales)[int(np.argmax(off))])


def _raises(point: Point) -> bool:
    return isinstance(point.found.facts.get("exception"), BaseException)


def _gradients(point: Point) -> str:
    return f"slopes = jax.value_and_grad(lambda x: {point.inner(f'call({point.given})')})"


def _jit(point: Point) -> list[str]:
    if _raises(point):
        return [
            _gradients(point),
            'print("without jit", slopes(x))',
            'print("under jit", jax.jit(slopes)(x))',
        ]
    return [
        _gradients(point),
        "one, two = slopes(x), jax.jit(slopes)(x)",
        'print("without jit", one, "under jit", two)',
        "pairs = zip(jax.tree.leaves(one), jax.tree.leaves(two))",
        "assert all(jnp.allclose(a, b, 1e-4, 1e-6) for a, b in pairs)",
    ]


def _vmap(point: Point) -> list[str]:
    three = "jnp.stack([{0}, {0} / 2, {0} / 3])"
    rows = three.format("x") if point.single else f"[{three.format('a')} for a in x]"
    row = "rows[i]" if point.single else "[a[i] for a in rows]"
    lines = [_gradients(point), f"rows = {rows}"]
    one = f"one = jax.tree.map(lambda *a: jnp.stack(a), *[slopes({row}) for i in (0, 1, 2)])"
    if _raises(point):
        return [*lines, one, 'print("one by one", one)', 'print("vmapped", jax.vmap(slopes)(rows))']
    return [
        *lines,
        one,
        "two = jax.vmap(slopes)(rows)",
        'print("one by one", one, "vmapped", two)',
        "pairs = zip(jax.tree.leaves(one), jax.tree.leaves(two))",
        "assert all(jnp.allclose(a, b, 1e-4, 1e-6) for a, b in pairs)",
    ]


def _finite(point: Point) -> list[str]:
    return [
        _gradients(point),
        "automatic = slopes(x)[1]",
        f'print("value", call({point.given}), "gradient", automatic)',
        "assert all(jnp.isfinite(a).all() for a in jax.tree.leaves(automatic))",
    ]


def _state(point: Point) -> list[str]:
    return [
        _gradients(point),
        "one, two = slopes(x), slopes(x)",
        'print("the first time", one, "the second", two)',
        "pairs = zip(jax.tree.leaves(one), jax.tree.leaves(two))",
        "assert all(jnp.array_equal(a, b) for a, b in pairs)",
    ]


def _structure(point: Point) -> list[str]:
    if point.found.facts.get("told"):
        return [
            f"one, two = call({point.given}), jax.vjp(call, {point.given})[0]",
            'print("value", one, "beside the derivative", two)',
            "pairs = zip(jax.tree.leaves(one), jax.tree.leaves(two))",
            "assert all(jnp.allclose(a, b, 1e-4, 1e-6) for a, b in pairs)",
        ]
    if _raises(point):  # in the mode that the place names; where values are needed, under jit
        dual = "jax.tree.map(jnp.ones_like, call(*x))"
        taken = f"jax.vjp(call, *x)[1]({dual})"
        if point.found.where == "jvp":
            taken = "jax.jvp(call, x, x)"
        return [f"print(jax.jit(lambda *x: {taken})({point.given}))"]
    given = "[x]" if point.single else "x"
    return [
        f"values, pull = jax.vjp(call, {point.given})",
        "got = pull(jax.tree.map(jnp.ones_like, values))",
        "one = [(jnp.shape(a), jnp.result_type(a)) for a in got]",
        f"two = [(jnp.shape(a), jnp.result_type(a)) for a in {given}]",
        'print("cotangents", one, "arguments", two)',
        "assert one == two",
    ]


_BY_PROPERTY: dict[str, Callable[[Point], list[str]]] = {
    "value": _value,
    "taylor": _value,
    "interval": _interval,
    "duality": _duality,
    "cotangent": _cotangent,
    "second": _second,
    "jit": _jit,
    "vmap": _vmap,
    "structure": _structure,
    "size": _structure,
    "finite": _finite,
    "state": _state,
    "precision": _value,
}
