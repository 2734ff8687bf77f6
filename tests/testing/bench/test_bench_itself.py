"""The bench's labels, proved without any judge: every bug is one, and nothing else is.

What is called correct is held against central differences in float64: at its arguments, and where
its bug shows. At a kink the derivative has to lie between the one-sided ones, entry by entry.
The nightly profile proves every label, in two minutes; otherwise every eighth is proved.
"""

import os
from contextlib import nullcontext
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from .cases import CASES, MENDED, cast
from .witness import evidence, gradient, of_floats, random_like, same, second

BUGS = [case for case in CASES.values() if case.wrong]
SOUND = [case for case in CASES.values() if not case.wrong]

FORWARD_ONLY = "while loop, forward only"  # a loop of unknown length has no reverse mode

# Where exact differentiation itself loses digits: what is left of float64 and float32.
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}


def some(cases):
    """All of them in the nightly profile, every eighth otherwise."""
    return cases if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else cases[::8]


def x64(dtype):
    return jax.enable_x64(True) if dtype == "float64" else nullcontext()


def wide(args):
    """The arguments in double precision."""

    def one(leaf):
        if jnp.issubdtype(jnp.result_type(leaf), jnp.complexfloating):
            return np.asarray(leaf).astype(np.complex128)
        if jnp.issubdtype(jnp.result_type(leaf), jnp.floating) and not isinstance(leaf, float):
            return np.asarray(leaf).astype(np.float64)
        return leaf

    return jax.tree.map(one, args)


def paired(one, other):
    """The real pairing Σ Re(a b) of two lists of arrays, as JAX's cotangents have it."""
    return sum(jnp.sum(jnp.real(a * b)) for a, b in zip(one, other, strict=True))


def scaled(x, h):
    """How far to go from x, entry by entry: relative where x is large or small."""
    size = np.abs(np.asarray(x))
    return h * np.where(size > 0, np.clip(size, 1e-6, 1e6), 1)


STEPS = np.array([0.0, *(s * h for h in (1e-4, 1e-5, 1e-6) for s in (1, 2, -1, -2))])

# What is compiled here runs a few times only: the quickest compilation is the best.
quick = partial(jax.jit, compiler_options={"xla_backend_optimization_level": 0})


def probe(flat):
    """A program that gives values along a line, the automatic slope, and its scale."""

    @quick
    def run(floats, direction, weights, scales):
        out, back = jax.vjp(flat, *floats)
        ct = [w / (1 + c * jnp.abs(o)) for w, c, o in zip(weights, scales, out, strict=True)]
        ct = [c.astype(o.dtype) for c, o in zip(ct, out, strict=True)]
        grads = back(ct)
        terms = [jnp.real(g * u) for g, u in zip(grads, direction, strict=True)]

        def value(s):
            moved = flat(*(x + s * u for x, u in zip(floats, direction, strict=True)))
            return paired(moved, ct)

        slope = sum(jnp.sum(t) for t in terms)
        return jax.lax.map(value, STEPS), slope, sum(jnp.sum(jnp.abs(t)) for t in terms)

    return run


def slopes(values):
    """For each step: the slopes to the right, to the left (of second order), and the central."""
    found = []
    for at, h in enumerate((1e-4, 1e-5, 1e-6)):
        one, two, back, back_two = values[1 + 4 * at : 5 + 4 * at]
        right = (4 * one - two - 3 * values[0]) / (2 * h)
        left = -(4 * back - back_two - 3 * values[0]) / (2 * h)
        found.append((right, left, (one - back) / (2 * h)))
    return found


def check_smooth(flat, floats, tolerance=1e-5):
    """The derivative along three directions against central differences."""
    rng = np.random.default_rng(1)
    shapes = jax.eval_shape(flat, *floats)
    run = probe(flat)
    for _ in range(3):
        u = [scaled(x, 1.0) * random_like(x, rng) for x in floats]
        weights = [np.asarray(random_like(o, rng)) for o in shapes]
        values, got, size = run(floats, u, weights, [1.0 for _ in shapes])
        # Of the steps, the one that agrees best: each has its own truncation and its own rounding.
        error = min(abs(central - got) for _, _, central in slopes(np.asarray(values)))
        assert error <= tolerance * (size + 1e-3), (error, got, size)


def check_kinked(flat, floats, tolerance=1e-5):
    """Every entry of the Jacobian lies between the one-sided slopes."""
    shapes = jax.eval_shape(flat, *floats)
    run = probe(flat)
    for at, leaf in enumerate(shapes):
        for entry in np.ndindex(leaf.shape):
            weights = [np.zeros(o.shape, o.dtype) for o in shapes]
            weights[at][entry] = 1
            for place, x in enumerate(floats):
                for spot in np.ndindex(np.shape(x)):
                    u = [np.zeros(np.shape(y), y.dtype) for y in floats]
                    u[place][spot] = 1
                    values, got, _ = run(floats, u, weights, [0.0 for _ in shapes])
                    right, left, _ = slopes(np.asarray(values))[1]
                    low, high = min(right, left), max(right, left)
                    assert low - tolerance <= got <= high + tolerance, (entry, spot, got, low, high)


def test_enough_of_each() -> None:
    assert len(BUGS) >= 48
    assert sum(case.kind == "correct" for case in SOUND) >= 48
    assert all(case.name == name for name, case in CASES.items())


@pytest.mark.parametrize("case", some(BUGS), ids=lambda case: case.name)
def test_bug_shows(case) -> None:
    twin = CASES[case.twin]
    assert twin.kind == "twin"
    assert case.bug
    assert case.name + MENDED == twin.name
    dtype = case.dtypes[-1]
    with x64(dtype):
        (wrong, args), (right, _) = case.make(dtype), twin.make(dtype)
        # Rules that ask for values, or hold a state, show it outside of a compilation only.
        run = (lambda f, a: evidence(case.shows, f, a)) if case.family == "transforms" else seen_by(
            case.shows)  # fmt: skip
        seen = run(right, args)
        assert not isinstance(seen, str), f"the twin raises {seen}"
        assert all(np.isfinite(leaf).all() for leaf in seen if leaf.dtype.kind in "fc")
        assert not same(run(wrong, args), seen, TOLERANCE[dtype]), "the bug is none"


def seen_by(shows):
    """The evidence, compiled in one piece."""
    return lambda function, args: evidence(lambda f, a: quick(lambda: (shows or gradient)(f, a))(),
                                           function, args)  # fmt: skip


@pytest.mark.parametrize("case", some(SOUND), ids=lambda case: case.name)
def test_correct_is_correct(case) -> None:
    with jax.enable_x64(True):
        function, args = case.make(case.dtypes[-1])
        flat, floats = of_floats(function, wide(args))
        if case.name == FORWARD_ONLY:
            _check_forward(flat, floats)
        elif case.smooth:
            check_smooth(flat, floats)
        else:
            check_kinked(flat, floats)
        places = getattr(case.shows, "args", None)
        if places is not None:
            flat, floats = of_floats(function, jax.tree.map(lambda x: cast(x, "float64"), places))
            _check_near(flat, floats)


def _check_near(flat, floats):
    """Where a bug shows, a kink may stand; the derivative still has to be a fair one."""
    try:
        check_smooth(flat, floats)
    except AssertionError:
        check_kinked(flat, floats)


def _check_forward(flat, floats):
    u = [jnp.ones_like(x) for x in floats]
    _, got = jax.jvp(flat, floats, u)
    for sides in zip(flat(*(x + 1e-6 for x in floats)), flat(*(x - 1e-6 for x in floats)), got,
                     strict=True):  # fmt: skip
        assert np.allclose((sides[0] - sides[1]) / 2e-6, sides[2], atol=1e-6)


@pytest.mark.parametrize(
    "case", [case for case in SOUND if case.shows is second], ids=lambda case: case.name
)
def test_twins_second_derivative(case) -> None:
    with jax.enable_x64(True):
        function, args = case.make("float64")
        flat, floats = of_floats(function, args)
        check_smooth(lambda *xs: list(jax.tree.leaves(gradient(flat, xs))), floats)


# JAX draws other random numbers where 64 bits are on: there is nothing to compare.
KEYED = ("dropout by a key", "sampled by a key", "maximum of noise by a key",
         "dropout, another mask" + MENDED)  # fmt: skip
NARROW = [case for case in SOUND
          if "float32" in case.dtypes and case.name not in (FORWARD_ONLY, *KEYED)]  # fmt: skip


@pytest.mark.parametrize("case", some(NARROW), ids=lambda case: case.name)
def test_float32_gradient_is_near_that_of_float64(case) -> None:
    """A correct function is correct in the dtype in which it is a case, too."""
    function, args = case.make("float32")
    narrow = seen_by(None)(function, args)
    with jax.enable_x64(True):
        full = seen_by(None)(case.make("float64")[0], wide(args))
    assert not isinstance(narrow, str), narrow
    for a, b in zip(narrow, full, strict=True):
        eps = float(jnp.finfo(a.dtype).eps)
        size = float(np.max(np.abs(b), initial=0))
        error = float(np.max(np.abs(a.astype(b.dtype) - b), initial=0))
        assert error <= 200 * eps * (size + 1e-6), (error, size)
