"""Where a function is tested: at the example, and at values around it.

A bug hides where ordinary numbers do not go: at 0, at equal entries, beyond a threshold, at a
large number. So the points are few kinds of whole arrays, made from the example (its sign, its
scale, ties) and from a pool of special numbers, among them those that the traced function and its
rule compare with: a `where(x > 6, …)` has 6 in its program.

What lies outside the function's domain is seen from its values, which are not finite there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from funcgrad.testing.coordinates import dtype_of, is_complex, is_inexact
from funcgrad.testing.subject import Subject, is_key
from funcgrad.testing.widening import equations

#: From the plainest: this is also the order in which a counterexample is made simple.
SPECIAL = (1.0, 2.0, 0.5, -1.0, 3.0, 0.0, -2.0, -0.5, 10.0, -3.0, 0.1, 100.0, -10.0, 1e-3, 1e3)
_MANY = 24  # literals of a program that are looked at


def literals(programs: Iterable[core.ClosedJaxpr]) -> list[float]:
    """The numbers that stand in programs, the simplest first."""
    found: set[float] = set()
    for program in programs:
        for equation in equations(program.jaxpr):
            for atom in equation.invars:
                if isinstance(atom, core.Literal) and np.ndim(atom.val) == 0:
                    found.add(_number(atom.val))
        for const in program.consts:
            if np.size(const) == 1 and not is_key(const):
                found.add(_number(np.asarray(const).item()))
    usable = {value for value in found if 1e-12 < abs(value) < 1e12}
    return sorted(usable, key=lambda value: (len(f"{abs(value):g}"), abs(value), value))[:_MANY]


def _number(value: Any) -> float:
    try:
        return float(np.real(value))
    except (TypeError, ValueError):
        return 0.0


def pool(numbers: Sequence[float]) -> list[float]:
    """Special numbers, the literals of the programs among them, and their close neighbours."""
    special = list(SPECIAL)
    for number in numbers:
        for near in (
            number,
            number * 1.01,
            number * 0.99,
            number + 1,
            number - 1,
            -number,
            2 * number,
        ):
            if near not in special:
                special.append(near)
    return special


def cast(values: Any, like: Any) -> Any:
    """Values in the shape and dtype of an example's leaf, within the dtype's range."""
    dtype, shape = dtype_of(like), np.shape(like)
    values = np.broadcast_to(np.asarray(values), shape)
    if is_inexact(dtype):
        info = jnp.finfo(dtype)
        largest, tiny = float(info.max) / 16, float(info.tiny)
        real = np.clip(values.real, -largest, largest)
        values = np.where(np.abs(real) < tiny, 0.0, real) + (
            1j * values.imag if is_complex(dtype) else 0.0
        )
        values = values if is_complex(dtype) else values.real
    result = values.astype(dtype)
    return (
        result.item()
        if isinstance(like, float | complex) and not hasattr(like, "dtype")
        else result
    )


def bases(example: Any, special: Sequence[float]) -> list[tuple[str, Any]]:
    """Arrays like the example, the simplest first, with what they are."""
    values = np.asarray(example)
    values = values.astype(np.complex128 if is_complex(values.dtype) else np.float64)
    size, shape = values.size, values.shape
    random = np.random.default_rng(size)

    def cycle(numbers: Any, start: int = 0) -> Any:
        return np.resize(np.roll(np.asarray(numbers), -start), shape)

    normal = random.standard_normal(shape)
    turn = np.exp(0.7j) if is_complex(values.dtype) else 1.0
    made = [
        ("ones", np.ones(shape)),
        ("zeros", np.zeros(shape)),
        ("minus ones", -np.ones(shape)),
        ("small integers", cycle([1.0, 2.0, 3.0, 4.0, 5.0])),
        ("the example", values),
        ("integers with ties", cycle([1.0, -1.0, 0.0, 2.0, 1.0, -2.0])),
        ("the example, negative", -values),
        ("a part of the example", np.resize(values.ravel()[: max(1, size // 2)], shape)),
        ("halves", cycle([0.5, 1.5, -0.5, 0.25])),
        ("normal", normal * turn),
        ("between 0 and 1", cycle(random.uniform(0.02, 0.98, max(size, 1))) * turn),
        ("near 0", 0.05 * normal * turn),
    ]
    made.append(("the example × 10", 10 * values))
    made.append(("mixed", cycle([3.0, -0.2, 40.0, 0.0, -7.0, 1e-2, 0.7, -1.3])))
    made += [
        (f"the example × {factor:g}", factor * values)
        for factor in (0.1, 100.0, 1e-3, 1e3, 1e-6, 1e4)
    ]
    made.append(("positive, 30 times", 30 * np.abs(normal) + 5))
    made.append(("wide", normal * 10.0 ** random.uniform(-4, 3, shape)))
    made += [
        (f"special numbers from {start}", cycle(special, start))
        for start in range(0, min(len(special), 8 * max(size, 1)), max(size, 1))
    ]
    return [(name, cast(array, example)) for name, array in made]


def fixed_bases(example: Any) -> list[tuple[str, Any]]:
    """Arrays like one that is not differentiated: its own values in other places, other keys."""
    if is_key(example):
        return [("the example", example), *_keys(example)]
    values = np.asarray(example)
    if is_inexact(values.dtype):
        return [("the example", example)]
    flat = values.ravel()
    made = [("the example", values), ("reversed", flat[::-1].reshape(values.shape))]
    if flat.size > 1:
        made += [("rolled", np.roll(flat, 1).reshape(values.shape))]
        made += [("all the first", np.full_like(values, flat[0]))]
        made += [("all the last", np.full_like(values, flat[-1]))]
    if values.dtype == bool:
        made += [("flipped", ~values)]
    return made


def _keys(example: Any) -> list[tuple[str, Any]]:
    impl = jax.random.key_impl(example)
    count = int(np.prod(np.shape(example)))
    made = []
    for seed in range(3):
        keys = (
            jax.random.split(jax.random.key(seed, impl=impl), count) if np.shape(example) else None
        )
        key = jax.random.key(seed, impl=impl) if keys is None else keys.reshape(np.shape(example))
        made.append((f"key {seed}", key))
    return made


def sweep(subject: Subject, leaves: Sequence[Any], special: Sequence[float]) -> Iterator[list[Any]]:
    """The points that every check tries: the example, then all leaves of one kind."""
    yield list(leaves)
    choices = [
        bases(leaf, special)
        if role == "differentiated"
        else fixed_bases(leaf)
        if role == "fixed"
        else [("static", leaf)]
        for leaf, role in zip(leaves, subject.roles, strict=True)
    ]
    kinds = range(max(map(len, choices), default=0))
    for kind in kinds:
        yield [chosen[kind % len(chosen)][1] for chosen in choices]
