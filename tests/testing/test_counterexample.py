"""The words of a counterexample: the cause, the program that shows it, the maker of a NaN."""

import contextlib
import functools
import io
import subprocess
import sys
from collections import namedtuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from funcgrad.testing.counterexample import cause, first_nonfinite, source
from funcgrad.testing.counterexample.literals import literal
from funcgrad.testing.report import Counterexample

F = np.float32
RNG = np.random.default_rng(0)
X = RNG.normal(size=5).astype(F)
ROW, MATRIX, SQUARE = (RNG.normal(size=s).astype(F) for s in ((3,), (4, 3), (3, 3)))


# ---- the cause


def jacobians(value, backward, *arguments):
    """The facts of a rule: the right Jacobian, and the one that `backward` makes of cotangents."""
    out = value(*arguments)
    right = jax.jacrev(value, tuple(range(len(arguments))))(*arguments)
    rows = []
    for hot in np.eye(out.size, dtype=F):
        gradients = backward(jnp.asarray(hot.reshape(out.shape)), *arguments)
        rows.append(np.concatenate([np.ravel(g) for g in gradients]))
    ends = np.cumsum([0, *(np.size(a) for a in arguments)])
    names = [f"args[{n}]" for n in range(len(arguments))]
    shapes = map(np.shape, arguments)
    return {
        "numeric": np.concatenate([np.reshape(j, (out.size, -1)) for j in right], axis=1),
        "automatic": np.stack(rows),
        "inputs": list(zip(names, ends[:-1], ends[1:], shapes, strict=True)),
        "outputs": [("out", 0, out.size, out.shape)],
    }


def told(value, backward, *arguments):
    facts = jacobians(value, backward, *arguments)
    return cause(Counterexample("value", "", arguments, facts=facts))


def cubes(x):
    return x**3


def softmax_diagonal(ct, x):
    s = jax.nn.softmax(x)
    return [s * (1 - s) * ct]


VALUES = np.array([0, 1, 2, 0, 3], F)
PLANTED = {
    "2 times": (jnp.sin, lambda ct, x: [2 * jnp.cos(x) * ct], X),
    "π times": (jnp.sin, lambda ct, x: [np.pi * jnp.cos(x) * ct], X),
    "wrong sign, in all 5": (jnp.sin, lambda ct, x: [-jnp.cos(x) * ct], X),
    "1/5 times": (jnp.sum, lambda ct, x: [jnp.full(5, ct / 5)], X),
    "a mean in the place of a sum": (jnp.sum, lambda ct, x: [jnp.full(5, ct / 5)], X),
    "1.234 times": (jnp.sin, lambda ct, x: [1.234 * jnp.cos(x) * ct], X),
    "wrong sign, in all 2 entries where args[0] is negative": (
        lambda x: x * abs(x),
        lambda ct, x: [2 * x * ct],
        X,
    ),
    "its sign is lost": (jnp.cos, lambda ct, x: [abs(jnp.sin(x)) * ct], X),
    "zero for d out / d args[1]": (jnp.multiply, lambda ct, x, y: [y * ct, 0 * ct], X, X + 2),
    "args[0] and args[1] are exchanged": (
        jnp.multiply,
        lambda ct, x, y: [x * ct, y * ct],
        X,
        X + 2,
    ),
    "no gradient at all": (jnp.sin, lambda ct, x: [0 * ct], X),
    "args[0] transposed": (jnp.square, lambda ct, x: [(2 * x * ct).T], SQUARE),
    "args[0] transposed (": (jnp.square, lambda ct, x: [(2 * x * ct).T.reshape(4, 3)], MATRIX),
    "the transpose of the Jacobian": (lambda x: SQUARE @ x, lambda ct, x: [SQUARE @ ct], ROW),
    "a sum over the broadcast axis is missing": (
        jnp.add,
        lambda ct, x, y: [ct, ct[0]],
        MATRIX,
        ROW,
    ),
    "axis 0 of out has length 4": (
        jnp.add,
        lambda ct, x, y: [ct, ct.mean(0)],
        MATRIX,
        ROW,
    ),
    "reversed order": (jnp.sin, lambda ct, x: [(jnp.cos(x) * ct)[::-1]], X),
    "moved on by 2": (jnp.sin, lambda ct, x: [jnp.roll(jnp.cos(x) * ct, 2)], X),
    "the diagonal of the Jacobian only": (jax.nn.softmax, softmax_diagonal, X),
    "right off the diagonal only": (
        jax.nn.softmax,
        lambda ct, x: [-jax.nn.softmax(x) * (jax.nn.softmax(x) @ ct)],
        X,
    ),
    "1 less than the derivative on the diagonal": (
        lambda x: x * x + x,
        lambda ct, x: [2 * x * ct],
        X,
    ),
    "1 less than the derivative in all 5": (
        lambda x: (x * x + x).sum(),
        lambda ct, x: [2 * x * ct],
        X,
    ),
    "times 1/args[0]": (cubes, lambda ct, x: [3 * x * ct], X),
    "clipped to ±1/2": (
        lambda x: cubes(x).sum(),
        lambda ct, x: [jnp.clip(3 * x * x * ct, -0.5, 0.5)],
        X,
    ),
    "zero where args[0] is 0": (
        lambda x: cubes(x) + x,
        lambda ct, x: [jnp.where(x == 0, 0, 3 * x * x + 1) * ct],
        VALUES,
    ),
    "NaN in 10 of 25 entries": (
        cubes,
        lambda ct, x: [jnp.where(x == 0, jnp.nan, 3 * x * x) * ct],
        VALUES,
    ),
    "where args[0] is tied with another entry": (
        cubes,
        lambda ct, x: [jnp.array([2, 1, 2, 1]) * 3 * x * x * ct],
        np.array([7, 2, 7, 1.5], F),
    ),
    "where args[0] is large in size (wrong from 5 on, right up to 1)": (
        jnp.sin,
        lambda ct, x: [jnp.where(abs(x) > 2, 1, jnp.cos(x)) * ct],
        np.array([0.1, 5, -0.5, 1, -7], F),
    ),
    "6/5 times the derivative, in all 2 entries in args[0][2:4]": (
        jnp.sin,
        lambda ct, x: [jnp.cos(x) * ct * jnp.array([1, 1, 1.2, 1.2, 1])],
        X,
    ),
    "for every entry along axis 0 of args[0] their sum": (
        jnp.sin,
        lambda ct, x: [jnp.broadcast_to((jnp.cos(x) * ct).sum(), (5,))],
        X,
    ),
    "Only the derivative by args[1] is wrong": (
        jnp.multiply,
        lambda ct, x, y: [y * ct, jnp.cos(7 * x) * ct + jnp.sin(9 * y)],
        X,
        X + 2,
    ),
}


@pytest.mark.parametrize("words", PLANTED)
def test_the_cause_is_recognised(words):
    value, backward, *arguments = PLANTED[words]
    assert words in told(value, backward, *arguments)


def test_no_cause_is_made_up():
    """Noise has no cause, nor has one number that is 1.77 of another."""
    assert told(jnp.sin, lambda ct, x: [jnp.sin(9 * x) * ct + jnp.cos(5 * x)], X) == ""
    assert told(jnp.sin, lambda ct, x: [1.77 * jnp.cos(x) * ct], F(1.3)) == ""
    assert told(jnp.sin, lambda ct, x: [jnp.cos(x) * ct], X) == ""
    assert cause(Counterexample("value", "", (F(1),), expected=1.0, got=2.23)) == ""
    assert cause(Counterexample("structure", "", (F(1),), expected="a tuple", got="a list")) == ""


def test_unknown_entries_are_left_out():
    facts = jacobians(jnp.sin, lambda ct, x: [2 * jnp.cos(x) * ct], X)
    facts["numeric"] = np.where(np.eye(5) * [1, 0, 0, 0, 0], np.nan, facts["numeric"])
    assert "2 times the derivative, in all 4" in cause(
        Counterexample("value", "", (X,), facts=facts)
    )


def test_the_second_derivative_is_told_apart():
    facts = {"numeric": np.diag([2.0, 3.0]), "automatic": np.zeros((2, 2)), "order": 2}
    assert "stops second derivatives" in cause(Counterexample("second", "", (X[:2],), facts=facts))
    facts["automatic"] = facts["numeric"] / 2
    words = cause(Counterexample("second", "", (X[:2],), facts=facts))
    assert words.startswith("Differentiated once more, the rule gives 1/2 times")


@pytest.mark.parametrize("signs", [[[1, -1], [1, -1]], [[1, 1], [-1, -1]]])
def test_a_conjugate_is_seen_on_either_side(signs):
    numeric = np.array([[1.0, -2.0], [2.0, 1.0]])
    facts = {
        "numeric": numeric,
        "automatic": numeric * signs,
        "inputs": [("args[0]", 0, 2, (1,))],
        "outputs": [("out", 0, 2, (1,))],
    }
    point = (np.complex64([1 + 2j]),)
    assert "complex conjugate" in cause(Counterexample("value", "", point, facts=facts))


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_the_mode_that_is_wrong_is_named(mode):
    facts = jacobians(jnp.sin, lambda ct, x: [2 * jnp.cos(x) * ct], X)
    wrong = facts.pop("automatic")
    facts |= {"reverse": facts["numeric"], "forward": facts["numeric"], mode: wrong}
    words = cause(Counterexample("duality", "", (X,), facts=facts))
    assert f"{mode} mode does not. The rule gives 2 times" in words


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (lambda a: 1 / a, "does not depend on the cotangent"),
        (lambda a: np.minimum(1, 1 / abs(a)), "It is clipped: right up to 1 times"),
        (lambda a: a > 0.01, "A small cotangent is lost"),
        (lambda a: a, "to the power 2"),
        (np.ones_like, ""),
    ],
)
def test_what_becomes_of_the_cotangent(ratio, words):
    scales = np.array([1e-3, 1.0, 1e3])
    facts = {"cotangents": {"scales": scales, "ratio": ratio(scales)}}
    found = cause(Counterexample("cotangent", "", (F(1),), facts=facts))
    assert words in found
    assert bool(words) == bool(found)


def test_a_batch_that_is_none():
    rows = RNG.normal(size=(3, 4))
    for got, words in ((rows[:1], "the first"), (rows.mean(0), "the mean of all")):
        batch = np.broadcast_to(got, rows.shape)
        assert words in cause(Counterexample("vmap", "", (X,), expected=rows, got=batch))


def only_forward():
    rule = jax.custom_vjp(jnp.sin)
    rule.defvjp(lambda x: (x, None), lambda _, ct: (jnp.zeros(3),))
    return rule


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: jax.jit(lambda x: x if x > 0 else -x)(1.0), "branches on a value"),
        (lambda: jax.jit(lambda x: np.sin(x) + 1)(1.0), "hands a traced value to NumPy"),
        (lambda: jax.jit(float)(1.0), "needs the value"),
        (lambda: jax.jit(lambda x: x[x > 0])(X), "selects by a mask"),
        (lambda: jnp.zeros(0).max(), "the max of an array without entries"),
        (lambda: jax.grad(only_forward())(1.0), "Its backward rule returns"),
        (lambda: jax.jvp(only_forward(), (1.0,), (1.0,)), "reverse rule only"),
    ],
)
def test_exceptions_are_explained(call, words):
    with pytest.raises(Exception) as info:  # noqa: PT011 - each is one of JAX's own
        call()
    found = Counterexample("jit", "", (F(1),), facts={"exception": info.value})
    assert words in cause(found)


def test_lost_digits_and_plain_numbers():
    lost = Counterexample("precision", "", (F(1),), expected=1.0, got=1.003)
    assert "about 2 digits are right" in cause(lost)
    assert "2 times" in cause(Counterexample("value", "", (F(1),), expected=1.5, got=3.0))


# ---- the program


@jax.custom_vjp
def tripled(x):
    """The square; its rule is three times x."""
    return x * x


tripled.defvjp(lambda x: (x * x, x), lambda x, ct: (3 * x * ct,))

Weights = namedtuple("Weights", "w n")
SLOPE = 2.0


def stopped(d, n):
    return jax.lax.stop_gradient(d["w"]) * d["b"][0] * n


def local():
    size = 3.0

    @jax.custom_vjp
    def inner(x):
        y = x * size
        return y + 0.0

    def fwd(x):
        return x * size, None

    def bwd(_, ct):
        g = ct * size
        return (jnp.clip(g, -1, 1),)

    inner.defvjp(fwd, bwd)
    return inner


def dotted(x, y):
    return jnp.sin(x) @ y


def branching():
    return lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0).sum()


def steep_abs():
    """|x|, with a derivative of 3 at 0."""
    return lambda x: jnp.abs(x) + 3 * (x - jax.lax.stop_gradient(x))


def by_branch(x):
    """A function that `jit` cannot trace."""
    return x if x > 0 else -x


def of_other_dtype():
    def fwd(x):
        return jnp.sin(x), x

    fn = jax.custom_vjp(jnp.sin)
    fn.defvjp(fwd, lambda x, ct: (jnp.zeros(3),))
    return fn


def remembered(x, calls=[]):  # noqa: B006 - it is to remember
    calls.append(0)
    return x * len(calls)


rule = jax.custom_vjp(dotted)
rule.defvjp(
    lambda x, y: (dotted(x, y), (x, y)),
    lambda r, ct: (SLOPE * ct * jnp.cos(r[0]) * r[1], ct * jnp.sin(r[0])),
)
half_hessian = jax.custom_jvp(cubes)
half_hessian.defjvp(lambda p, t: (p[0] ** 3, 3 * p[0] * jax.lax.stop_gradient(p[0]) * t[0]))

LARGE = np.zeros((40, 30), F)
LARGE[3, 4] = 2
ONES = np.ones(2, F)
PROGRAMS = {
    "a number": (tripled, "value", (F(3),), F(1), F(1), 6.0, 9.0),
    "an array": (tripled, "value", (F([1, 0.1, 3]),), F([0, 1, 0]), np.ones(3, F), 0.2, 0.3),
    "a cotangent": (tripled, "value", (F([1, 0.1]),), ONES, F([0.5, 2]), 1.4, 2.1),
    "two arrays": (rule, "value", (X, X + 1), (np.eye(5, dtype=F)[1], 0 * X), F(1), 0.86, 1.72),
    "a closure": (local(), "value", (F(2),), F(1), F(1), 3.0, 1.0),
    "a pytree in bfloat16": (
        stopped,
        "value",
        ({"w": jnp.array([1.5, 0.1], jnp.bfloat16), "b": (jnp.bfloat16(2), None)}, 3),
        ({"w": ONES, "b": (F(0), None)}, 0),
        ONES,
        12.0,
        0.0,
    ),
    "a key and a named tuple": (
        lambda p, k: jax.lax.stop_gradient(p[0]) * p[1] + jax.random.normal(k),
        "value",
        (Weights(F(2), 3), jax.random.key(7)),
        F(1),
        F(1),
        3.0,
        0.0,
    ),
    "complex": (
        lambda z: jax.lax.stop_gradient(z) * z,
        "value",
        (np.complex64([1 + 2j, 3]),),
        np.complex64([1, 1j]),
        np.complex64([1, 1]),
        2.0,
        1.0,
    ),
    "a large array": (
        lambda x: jax.lax.stop_gradient(x) * x,
        "value",
        (LARGE,),
        LARGE,
        np.ones_like(LARGE),
        8.0,
        4.0,
    ),
    "a partial": (functools.partial(tripled), "value", (F(3),), F(1), F(1), 6.0, 9.0),
    "taylor": (tripled, "taylor", (F(3),), None, None, None, None),
    "second": (half_hessian, "second", (F(2),), F(1), F(1), 12.0, 6.0),
    "finite": (branching(), "finite", (np.zeros(3, F),), None, F(1), None, None),
    "cotangent": (local(), "cotangent", (F(2),), None, None, None, None),
    "precision": (
        lambda x: (1 - jnp.cos(x)) / x**2,
        "precision",
        (F(2e-3),),
        F(1),
        F(1),
        -8e-5,
        -0.2,
    ),
    "interval": (steep_abs(), "interval", (F(0),), F(1), F(1), None, None),
    "state": (remembered, "state", (F(2),), None, F(1), None, None),
}


def program(name, **options):
    function, kind, arguments, direction, cotangent, expected, got = PROGRAMS[name]
    found = Counterexample(
        kind, "", arguments, cotangent, direction, expected=expected, got=got, error=10.0
    )
    return source(function, found, **options)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_program_fails_as_the_rule_does(name):
    text = program(name)
    assert len(text.splitlines()) <= 12
    assert max(map(len, text.splitlines())) <= 100
    assert "funcgrad" not in text.replace("funcgrad/", "")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), pytest.raises(AssertionError):
        exec(compile(text, "<reproducer>", "exec"), {"__name__": "pasted"})
    _, *expected = PROGRAMS[name][-2:]
    assert printed.getvalue().count("\n") >= 1
    if expected != [None] and name != "precision":
        assert f"automatic {expected[0]:.1f}"[:12] in printed.getvalue()


@pytest.mark.parametrize(
    ("function", "kind", "error"),
    [
        (by_branch, "jit", jax.errors.TracerBoolConversionError),
        (by_branch, "vmap", jax.errors.TracerBoolConversionError),
        (of_other_dtype(), "structure", ValueError),
    ],
)
def test_the_program_raises_what_the_check_met(function, kind, error):
    for facts in ({}, {"exception": ValueError()}):
        found = Counterexample(kind, "", (F(2),), F(1), facts=facts)
        text = source(function, found)
        assert len(text.splitlines()) <= 12
        with contextlib.redirect_stdout(io.StringIO()), pytest.raises(error):
            exec(compile(text, "<reproducer>", "exec"), {"__name__": "pasted"})


def test_a_right_batch_passes_its_program():
    for kind in ("vmap", "jit", "structure", "size", "state"):
        found = Counterexample(kind, "", (X, X + 1), None, F(1))
        with contextlib.redirect_stdout(io.StringIO()):
            exec(source(dotted, found), {"__name__": "pasted"})


def run(text):
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text, "<reproducer>", "exec"), {"__name__": "pasted"})


def test_forward_mode_is_shown_where_it_is_wrong():
    """A rule that is not linear in its tangent is right along 1 and wrong along −1."""
    fn = jax.custom_jvp(jnp.exp)
    fn.defjvp(lambda p, t: (jnp.exp(p[0]), jnp.exp(p[0]) * abs(t[0])))
    found = Counterexample("value", "", (F(0),), F(1), F(-1), -1.0, 1.0, facts={"mode": "jvp"})
    with pytest.raises(AssertionError):
        run(source(fn, found))


def test_a_value_that_is_another_beside_the_derivative_is_shown():
    fn = jax.custom_vjp(jnp.exp)
    fn.defvjp(lambda x: (jnp.exp(x) + 1, x), lambda x, ct: (ct * jnp.exp(x),))
    found = Counterexample("structure", "", (F(0),), facts={"told": True})
    with pytest.raises(AssertionError):
        run(source(fn, found))


def test_what_breaks_in_another_shape_is_shown_in_it():
    found = Counterexample("size", "", (F([3]),), F([1]), F([1]), 6.0, 9.0,
                           facts={"within": "value"})  # fmt: skip
    with pytest.raises(AssertionError):
        run(source(tripled, found))


def test_of_several_lambdas_on_a_line_each_is_itself():
    fn = jax.custom_vjp(lambda x: x * x)
    fn.defvjp(lambda x: (x * x, x), lambda x, ct: (ct * x,))
    found = Counterexample("value", "", (F(3),), F(1), F(1), 6.0, 3.0)
    text = source(fn, found)
    assert "lambda x: (x * x, x), lambda x, ct: (ct * x,)" in text
    with pytest.raises(AssertionError):
        run(text)


def test_a_program_is_without_annotations():
    def typed(*args: np.ndarray, **more: float) -> np.ndarray:
        return jax.lax.stop_gradient(args[0]) * args[0]

    text = source(typed, Counterexample("value", "", (F(3),), F(1), F(1), 6.0, 3.0))
    assert "ndarray" not in text and "paste" not in text
    with pytest.raises(AssertionError):
        run(text)


def test_a_key_keeps_a_program_in_its_own_dtype():
    """With 64 bits it would draw other numbers."""

    def masked(x, key):
        keep = jax.random.bernoulli(key, 0.5, x.shape)
        return jax.lax.stop_gradient(x) * jnp.where(keep, x, 0.0)

    x = np.arange(1, 5, dtype=F)
    found = Counterexample("value", "", (x, jax.random.key(3)), np.ones(4, F), np.ones(4, F), 6, 3)
    assert "x64" not in source(masked, found)


def test_the_numbers_are_those_of_the_check():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), pytest.raises(AssertionError):
        exec(program("a number"), {"__name__": "pasted"})
    assert printed.getvalue().startswith("automatic 9.0 differences 5.99999")


def test_a_right_rule_passes_its_program():
    """Or the program would prove nothing: the sum of two kinks has a derivative between them."""
    for function, kind in ((jnp.sin, "value"), (jnp.sin, "second"), (jnp.abs, "interval")):
        found = Counterexample(kind, "", (F(0),), F(1), F(1))
        with contextlib.redirect_stdout(io.StringIO()):
            exec(source(function, found), {"__name__": "pasted"})


def test_a_program_in_64_bits_runs_in_a_process_of_its_own():
    """It switches 64 bits on, in its own first lines."""
    found = Counterexample(
        "value", "", (np.array([1, 0.1]),), np.ones(2), np.ones(2), expected=2.2, got=1.1, error=9.0
    )
    text = source(lambda x: x * jax.lax.stop_gradient(x), found)
    assert 'jax.config.update("jax_enable_x64", True)' in text.splitlines()[1]
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("automatic 1.1 differences 2.1999")
    assert done.stderr.strip().endswith("AssertionError")


def test_what_cannot_be_written_is_asked_for():
    class Thing:
        __name__ = "thing"

        def __call__(self, x):
            return x

    text = source(Thing(), Counterexample("value", "", (F(3),), F(1), F(1)))
    assert text.startswith("# paste where thing is defined (")
    assert len(text.splitlines()) <= 12


def test_arguments_that_do_not_fit_are_drawn_again():
    noise = RNG.normal(size=600).astype(F)
    found = Counterexample("value", "", (noise,), noise, noise, facts={"seed": 5})
    assert source(jnp.sin, found).splitlines() == [
        "import jax",
        "from funcgrad import testing as gt",
        "from jax.numpy import sin",
        'gt.check_gradients(sin, jax.ShapeDtypeStruct((600,), "float32"), seed=5)',
    ]


@pytest.mark.parametrize(
    "value",
    [
        F([0.1, -0.0, np.nan, np.inf, 1e-45, 3.4e38]),
        jnp.array([0.1, 1e30, -2], jnp.bfloat16),
        np.float16([[0.1, 65504]]),
        np.arange(6, dtype=np.int8).reshape(2, 3),
        np.array([True, False]),
        np.array(True),
        np.complex64([1 + 2j, complex(0.0, -0.0)]),
        np.zeros((0, 3), F),
        RNG.normal(size=(7, 8)).astype(F),
        np.where(np.arange(30) == 4, F(0.1), F(-0.0)),
        np.uint32([0, 4294967295]),
    ],
    ids=lambda value: f"{value.dtype}{list(value.shape)}",
)
def test_literals_are_exact(value):
    import base64
    import zlib

    names = {"jnp": jnp, "np": np, "jax": jax, "base64": base64, "zlib": zlib}
    back = np.asarray(eval(literal(value), names))  # noqa: S307 - it is what was just written
    assert (back.dtype, back.shape) == (value.dtype, value.shape)
    assert back.tobytes() == np.asarray(value).tobytes()


def test_a_key_is_written_as_its_seed():
    assert literal(jax.random.key(3)) == "jax.random.key(3)"
    other = literal(jax.random.split(jax.random.key(3))[0])
    assert other.startswith("jax.random.wrap_key_data(")


# ---- the equation


def safe_sqrt(x):
    return jnp.where(x > 0, jnp.sqrt(x), 0.0)


def entropy(x):
    return x * jnp.log(x)


def counted_down(x):
    def step(carry, _):
        return carry - 1.0, entropy(carry)

    return jax.lax.scan(step, x, None, length=4)[1].sum()


def rooted(x):
    def step(state):
        return state[0] + 1, jnp.sqrt(state[1] - 1.0)

    return jax.lax.while_loop(lambda state: state[0] < 5, step, (0, x))[1]


def chosen(x):
    return jax.lax.cond(x > 0, lambda x: x, jnp.log, x)


def test_the_maker_of_a_nan_and_the_infinity_behind_it():
    found = first_nonfinite(jax.grad(safe_sqrt), 0.0)
    assert (found.primitive, found.inputs, found.backward) == ("mul", ("0.0", "inf"), True)
    assert (found.origin.primitive, found.origin.inputs) == ("div", ("0.5", "0.0"))
    line = safe_sqrt.__code__.co_firstlineno + 1
    assert str(found) == (
        "equation 6 of the backward pass: h = mul g d (inputs 0.0, inf) at "
        f"test_counterexample.py:{line} in safe_sqrt; its inf comes from equation 3: "
        f"d = div 0.5 c (inputs 0.5, 0.0) at test_counterexample.py:{line} in safe_sqrt"
    )


def test_the_entry_is_found_in_an_array():
    found = first_nonfinite(jax.grad(lambda x: safe_sqrt(x).sum()), F([1, 0, 2]))
    assert (found.entry, found.inputs) == ((1,), ("0.0", "inf"))


@pytest.mark.parametrize(
    ("function", "point", "primitive", "inside", "within"),
    [
        (entropy, 0.0, "mul", (), "entropy"),
        (jax.jit(entropy), 0.0, "mul", ("jit entropy",), "entropy"),
        (jax.jit(jax.jit(entropy)), 0.0, "mul", ("jit entropy", "jit entropy"), "entropy"),
        (jax.checkpoint(entropy), 0.0, "mul", ("checkpoint entropy",), "entropy"),
        (jax.grad(jnp.linalg.norm), np.zeros(3, F), "mul", ("jit norm",), ""),
        (counted_down, 2.0, "mul", ("scan, step 2",), "entropy"),
        (jax.grad(counted_down), 2.0, "log", ("scan, step 3",), "entropy"),
        (rooted, 2.0, "sqrt", ("while, step 2",), "step"),
        (chosen, -2.0, "log", ("branch 0 of cond",), "chosen"),
        (jax.custom_vjp(entropy), 0.0, "mul", ("custom_vjp entropy",), "entropy"),
    ],
)
def test_programs_within_programs_are_entered(function, point, primitive, inside, within):
    if isinstance(function, jax.custom_vjp):
        function.defvjp(lambda x: (entropy(x), x), lambda x, ct: (ct,))
    found = first_nonfinite(function, point)
    assert (found.primitive, found.inside) == (primitive, inside)
    assert found.line.endswith(within)
    assert (
        f"of {' in '.join(reversed(inside))}" in str(found) if inside else "equation" in str(found)
    )


def test_what_is_thrown_away_or_given_is_not_told():
    assert first_nonfinite(safe_sqrt, -1.0) is None  # the NaN of sqrt(-1) goes nowhere
    assert first_nonfinite(chosen, 2.0) is None
    assert first_nonfinite(jnp.sqrt, jnp.nan) is None
    assert first_nonfinite(lambda x: jnp.where(x, 0.0, -jnp.inf), True) is None


def test_keys_and_trees_are_arguments_too():
    found = first_nonfinite(lambda d: jax.random.normal(d["key"]) / 0, {"key": jax.random.key(0)})
    assert found.primitive == "div"


def test_the_cause_of_a_nan_is_its_equation():
    found = first_nonfinite(entropy, 0.0)
    words = cause(Counterexample("finite", "", (F(0),), facts={"equation": found}))
    assert words.startswith("The NaN is made by equation 2: c = mul a b (inputs 0.0, -inf) at ")
