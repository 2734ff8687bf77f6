"""`check_gradients`: its options, the arguments that it takes, and what it leaves as it was."""

import functools
import pickle
import subprocess
import sys
import threading
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from funcgrad import testing as gt
from funcgrad.testing.telling.text import message

X = np.array([0.5, -1.25, 2.0], np.float32)
# Enough for what these functions are; most of a check's time is compilation.
QUICK = {"profile": "fast", "max_examples": 2, "properties": ("value", "finite")}


class Layer(NamedTuple):
    w: np.ndarray
    b: np.ndarray


def ruled(function, backward):
    made = jax.custom_vjp(function)
    made.defvjp(lambda x: (function(x), x), lambda x, ct: (backward(x, ct),))
    return made


def sine(factor=1.0):
    return ruled(jnp.sin, lambda x, ct: factor * ct * jnp.cos(x))


def check(function, *arguments, **options):
    return gt.check_gradients(function, *arguments, **(QUICK | options))


def broken(function, *arguments, **options):
    with pytest.raises(gt.GradientError) as raised:
        check(function, *arguments, **options)
    return raised.value.counterexample


# What it gives back


def test_a_report():
    report = gt.check_gradients(jnp.tanh, X, max_examples=2, profile="fast", seed=3)
    assert report.ok and report.counterexample is None
    assert (report.function, report.profile, report.seed) == ("tanh", "fast", 3)
    assert tuple(report.properties) == gt.PROPERTIES
    assert all(name == result.name for name, result in report.properties.items())
    assert all(r.checks > 0 for r in report.properties.values() if r.verdict == "pass")
    assert all(r.reason for r in report.properties.values() if r.verdict != "pass")
    assert report.shapes == ("float32[3]",)
    assert report.examples > 5 and report.compilations > 0 and report.seconds > 0
    assert report.worst == max(r.worst for r in report.properties.values()) <= 1


def test_a_counterexample():
    found = broken(sine(1.5), X)
    assert found.property == "value" and found.claim and found.where.startswith("d out")
    assert isinstance(found.arguments, tuple) and found.arguments[0].dtype == np.float32
    assert found.cotangent is not None and found.direction is not None
    assert found.got == pytest.approx(1.5 * found.expected, rel=1e-5)
    assert found.error > 1000
    assert "3/2" in found.cause
    assert 0 < len(found.reproducer.splitlines()) <= 12


def test_the_error_is_an_assertion_with_the_report():
    with pytest.raises(AssertionError) as raised:
        check(sine(2), X)
    error = raised.value
    assert isinstance(error, gt.GradientError)
    assert error.report.counterexample is error.counterexample is not None
    assert not error.report.ok
    assert "sin" in str(error) and error.counterexample.claim.split()[0] in str(error)


def test_reports_and_errors_travel():
    report = check(jnp.sin, X)
    assert pickle.loads(pickle.dumps(report)) == report
    with pytest.raises(gt.GradientError) as raised:
        check(sine(2), X)
    again = pickle.loads(pickle.dumps(raised.value))
    assert isinstance(again, gt.GradientError) and str(again) == str(raised.value)
    assert again.report.function == "sin" and again.counterexample.property == "value"


# Options


def product(x, y):
    return sine(2)(x) * jnp.cos(y)


def test_argnums():
    assert check(product, X, X, argnums=1).ok
    assert broken(product, X, X, argnums=0).property == "value"
    assert broken(product, X, X).property == "value"
    assert broken(product, X, X, argnums=(0, 1)).where.endswith("x[0]")


def test_order():
    twice = ruled(jnp.sin, lambda x, ct: ct * jnp.cos(lax.stop_gradient(x)))
    options = {"properties": ("value", "second")}
    assert broken(twice, X, **options).property == "second"
    report = check(twice, X, order=1, **options)
    assert report.properties["second"].verdict == "unavailable"
    assert report.properties["second"].reason


@jax.custom_jvp
def wrong_ahead(x):
    return jnp.sin(x)


wrong_ahead.defjvp(lambda x, t: (jnp.sin(x[0]), 2 * t[0] * jnp.cos(x[0])))


def test_modes():
    properties = ("value", "duality", "structure")
    assert check(jnp.sin, X, properties=properties).properties["duality"].verdict == "pass"
    for mode in ("reverse", "forward"):
        report = check(jnp.sin, X, modes=mode, properties=properties)
        assert report.properties["duality"].verdict == "unavailable"
        assert mode in report.properties["duality"].reason
        assert report.properties["value"].verdict == "pass"
        assert broken(wrong_ahead, X, modes=mode).property == "value"
    assert check(sine(), X, properties=properties).ok  # has no forward mode, and need not
    assert broken(sine(), X, modes="both", properties=properties).property == "structure"


def test_properties_and_skip():
    assert list(check(sine(2), X, properties="cotangent").properties) == ["cotangent"]
    report = check(sine(2), X, properties=["cotangent", "value"], skip=["value"])
    assert list(report.properties) == ["cotangent"]
    everything = gt.check_gradients(jnp.sin, X, skip="state", profile="fast", max_examples=1)
    assert set(everything.properties) == set(gt.PROPERTIES) - {"state"}


def test_max_examples_and_profile():
    one = gt.check_gradients(jnp.sin, X, properties="value", profile="fast", max_examples=1)
    ten = gt.check_gradients(jnp.sin, X, properties="value", profile="fast", max_examples=10)
    most = gt.check_gradients(jnp.sin, X, properties="value", max_examples=10)
    assert one.examples < ten.examples < most.examples
    assert (one.profile, most.profile) == ("fast", "default")


def rounded(dtype):
    """A sine whose rule goes through a dtype."""
    return ruled(jnp.sin, lambda x, ct: ct * jnp.cos(x.astype(dtype).astype(x.dtype)))


def test_what_the_fast_profile_leaves_out():
    report = gt.check_gradients(jnp.sin, X, profile="fast")
    left_out = {name for name, found in report.properties.items() if "fast" in found.reason}
    assert left_out == {"size", "vmap", "jit", "precision"}
    assert {report.properties[name].verdict for name in left_out} == {"unavailable"}
    named = gt.check_gradients(sine(), X, profile="fast", properties=("jit", "precision"))
    assert {found.verdict for found in named.properties.values()} == {"pass"}


def test_the_fast_profile_asks_rules_by_hand_for_precision():
    report = gt.check_gradients(sine(), X, profile="fast")
    assert report.properties["precision"].verdict == "pass"
    with pytest.raises(gt.GradientError) as raised:
        gt.check_gradients(rounded(jnp.bfloat16), X, profile="fast")
    assert raised.value.counterexample.property == "precision"
    assert gt.check_gradients(rounded(jnp.bfloat16), X, profile="fast", skip="precision").ok


def test_the_fast_profile_tells_of_a_branch_on_values():
    with pytest.raises(gt.GradientError) as raised:
        gt.check_gradients(lambda x: x if x[0] > 0 else -x, X, profile="fast")
    assert raised.value.counterexample.property == "jit"


def test_a_rule_that_narrows_float64():
    with jax.enable_x64(True):
        x = X.astype(np.float64)
        options = {"properties": ("precision", "value"), "max_examples": 2}
        assert broken(rounded(jnp.float32), x, **options).property == "precision"
        report = check(rounded(jnp.float64), x, **options)
        assert report.properties["precision"].verdict == "unavailable"


def test_max_shapes():
    strategy = gt.arrays((gt.dims("n", 1, 30),))
    few = check(jnp.sin, strategy, max_shapes=2, max_examples=12)
    more = check(jnp.sin, strategy, max_shapes=4, max_examples=12)
    assert len(few.shapes) <= 2 < len(more.shapes) <= 4


def test_tolerances():
    assert broken(sine(1.01), X).property == "value"
    assert check(sine(1.01), X, rtol=0.1).ok
    assert check(sine(1.0 + 1e-4), X, atol=0.01).ok
    assert broken(sine(1.0 + 1e-4), X).property == "value"


def test_nonsmooth():
    options = {"properties": ("value", "interval")}
    at_kink = np.float32([0.0, 1.0])
    report = check(jax.nn.relu, at_kink, **options)
    assert report.kinks > 0 and report.properties["interval"].verdict == "pass"
    assert check(jnp.sin, X, nonsmooth="error", **options).ok
    assert broken(jax.nn.relu, at_kink, nonsmooth="error", **options).property == "interval"
    odd = ruled(jax.nn.relu, lambda x, ct: ct * jnp.where(x == 0, 9.0, (x > 0).astype(x.dtype)))
    assert broken(odd, at_kink, **options).property == "interval"
    ignored = check(odd, at_kink, nonsmooth="ignore", **options)
    assert ignored.properties["interval"].verdict == "unavailable"


def through_python(x):
    shape = jax.ShapeDtypeStruct(x.shape, x.dtype)
    return jax.pure_callback(np.sin, shape, x, vmap_method="sequential")


def test_reference():
    outside = ruled(through_python, lambda x, ct: ct * jnp.cos(x))
    assert check(outside, X[:1]).ok
    with pytest.raises(ValueError, match='Use reference="auto"'):
        check(outside, X[:1], reference="float64")
    assert check(outside, X[:1], reference=jnp.sin).ok
    assert broken(outside, X[:1], reference=jnp.tan).property in ("value", "structure")
    assert check(sine(), X, reference="same").ok
    assert broken(sine(1.2), X, reference="same").property == "value"


def test_oracle():
    assert check(sine(), X, oracle=jnp.sin).ok
    assert broken(sine(1.01), X, oracle=jnp.sin).property == "value"
    assert broken(sine(), X, oracle=lambda x: 2 * jnp.sin(x)).property == "value"


def test_seed():
    def counterexample(seed):
        found = broken(ruled(jnp.sin, lambda x, ct: ct * jnp.cos(jnp.clip(x, -4, 4))), X, seed=seed)
        return found.arguments[0].tolist(), found.got

    assert counterexample(1) == counterexample(1)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"modes": "backward"}, ValueError, "modes is one of 'auto', 'reverse'"),
        ({"nonsmooth": "skip"}, ValueError, "nonsmooth is one of"),
        ({"reference": "f64"}, ValueError, "reference is one of"),
        ({"profile": "quick"}, ValueError, "a profile is one of fast, default, thorough"),
        ({"properties": "values"}, ValueError, "a property is one of value, taylor"),
        ({"properties": ["value", "hessian"]}, ValueError, "got hessian"),
        ({"skip": ["values"]}, ValueError, "got values"),
        ({"tolerance": 1}, TypeError, "tolerance"),
    ],
)
def test_a_wrong_option_says_what_it_may_be(options, error, words):
    with pytest.raises(error, match=words):
        check(jnp.sin, X, **options)


@pytest.mark.parametrize("arguments", [(), (np.arange(3),), (3,), ("text",), (None,)])
def test_something_must_be_there_to_differentiate_by(arguments):
    with pytest.raises(TypeError, match="needs an argument to differentiate by"):
        check(lambda *args: 1.0, *arguments)


def test_what_the_function_raises_is_raised():
    def fails(x):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        check(fails, X)


# Arguments

KEY = jax.random.key(0)
TAKES = {
    "numpy": (jnp.sin, X),
    "jax": (jnp.sin, jnp.asarray(X)),
    "no axes": (jnp.sin, np.float32(0.5)),
    "a number": (lambda x: x**3, 2.0),
    "a complex number": (lambda z: z * z, 1 + 2j),
    "complex": (lambda z: jnp.conj(z) * z**2, np.complex64([1 + 2j, 0.5 - 1j])),
    "bfloat16": (lambda x: jnp.sin(x) * x, X.astype(jnp.bfloat16)),
    "float16": (lambda x: jnp.sin(x) * x, X.astype(np.float16)),
    "float8": (lambda x: x.astype(np.float32) ** 2, X.astype(jnp.float8_e5m2)),
    "float64": (jnp.sin, X.astype(np.float64)),
    "mixed": (jnp.multiply, X, X.astype(jnp.bfloat16)),
    "empty": (jnp.sin, np.zeros((0, 3), np.float32)),
    "empty and not": (lambda a, b: a.sum() + b**2, np.zeros((0, 3), np.float32), 2.0),
    "a dict": (lambda p: {"y": [p["a"] * p["b"][0], p["b"][1]]}, {"a": X, "b": [X, 2.0]}),
    "a named tuple": (lambda p, x: x @ p.w + p.b, Layer(np.ones((3, 2), np.float32), X[:2]), X),
    "integers": (lambda x, i: x[i] ** 2, X, np.array([0, 2, 2])),
    "a mask": (lambda x, m: jnp.where(m, x**2, 0), X, np.array([True, False, True])),
    "an integer": (lambda x, n: x**n, X, 3),
    "a size": (lambda x, n: jnp.broadcast_to(x, (n, 3)), X, 2),
    "a size in an array": (lambda x, n: jnp.broadcast_to(x, (int(n), 3)), X, np.array(2)),
    "text": (lambda x, how: jnp.einsum(how, x, x), X, "i,i->"),
    "a function": (lambda f, x: f(x), jnp.sin, X),
    "None": (lambda x, bias: x**2 if bias is None else x, X, None),
    "a key": (lambda key, x: x * jax.random.normal(key, x.shape), KEY, X),
    "an old key": (lambda k, x: x * jax.random.uniform(k, x.shape), jax.random.PRNGKey(0), X),
    "a spec": (jnp.sin, jax.ShapeDtypeStruct((2, 3), jnp.bfloat16)),
    "strategies": (jnp.matmul, gt.arrays((2, 3)), gt.arrays((3,))),
    "a strategy inside": (lambda p, x: p["w"] @ x, {"w": gt.arrays((2, 3))}, X),
    "a jitted function": (jax.jit(jnp.sin), X),
    "a partial": (functools.partial(jnp.multiply, 2.0), X),
    "a method": (jnp.asarray(X).__mul__, X),
    "keyword-only": (lambda x: jnp.clip(x, min=-1, max=1), X),
    "other outputs": (lambda x: (jnp.sin(x), jnp.argmax(x), None, "text", 3.0), X),
    "a long name": (type(ruled)(sine.__code__, globals(), "n" * 5000, (1.0,))(), X),
}


@pytest.mark.parametrize("name", TAKES)
def test_arguments_of_every_kind(name):
    function, *arguments = TAKES[name]
    report = check(function, *arguments, properties=("value", "structure"))
    empty = name == "empty"
    assert report.properties["value"].verdict == ("unavailable" if empty else "pass")
    assert report.ok and (empty or report.properties["value"].checks > 0)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64", "complex64"])
def test_a_wrong_factor_is_found_in_every_dtype(dtype):
    assert broken(sine(1.2), X.astype(jnp.dtype(dtype))).property == "value"


def test_a_number_stays_weak():
    seen = set()

    def function(x):
        seen.add(bool(jax.typeof(x).weak_type))
        return x * x

    check(function, 2.0)
    assert seen == {True}
    seen.clear()
    check(function, X)
    assert seen == {False}


def test_an_array_of_floats_among_what_is_not_differentiated():
    assert check(lambda x, y: jnp.sin(x) * y, X, X, argnums=0).ok
    assert check(jax.scipy.special.gammainc, X**2, X**2, argnums=1).ok


# What it leaves as it was


def test_arguments_are_not_modified():
    x, places = X.copy(), np.array([0, 2, 1])
    tree = {"x": x, "i": places}
    check(lambda p: p["x"][p["i"]] ** 2, tree)
    assert tree["x"] is x and np.array_equal(x, X)
    assert tree["i"] is places and places.tolist() == [0, 2, 1]


def test_no_tracer_is_left_behind():
    with jax.checking_leaks():
        check(jnp.sin, X, properties="value", max_examples=1)


def test_it_runs_without_jit():
    with jax.disable_jit():
        assert check(lambda x: x * x, X[:1], properties="value", max_examples=1).ok


def test_it_runs_under_64_bits():
    with jax.enable_x64(True):
        assert check(lambda x: x * 0.1, X.astype(np.float64)).shapes == ("float64[3]",)
        assert broken(sine(1 + 1e-5), X.astype(np.float64)).property == "value"


def test_it_runs_in_threads():
    reports = {}

    def run(number):
        reports[number] = check(lambda x: jnp.sin(number * x), X)

    threads = [threading.Thread(target=run, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reports) == [1, 2] and all(report.ok for report in reports.values())


# As a test


@gt.gradient_test(jnp.sin, gt.arrays((2,)), **QUICK)
def test_written_in_one_line():
    pass


def test_a_gradient_test_fails_where_the_gradient_is_wrong():
    ran = []

    @gt.gradient_test(sine(2), X, **QUICK)
    def test_of_mine():
        """Mine."""
        ran.append(True)

    assert (test_of_mine.__name__, test_of_mine.__doc__) == ("test_of_mine", "Mine.")
    with pytest.raises(gt.GradientError):
        test_of_mine()
    assert ran == []


def test_arguments_bear_the_names_that_the_function_gives_them():
    def scaled(x, *more, by=1.0):
        return lax.stop_gradient(x["a"]) * x["a"] * more[0] * by

    found = broken(scaled, {"a": X}, X + 1)
    told = message(gt.Report("scaled", {}, found))
    assert "  arguments:  x['a']: float32[3]" in told and "args[1]: float32[3]" in told
    assert found.where.endswith("x['a'][0]")


WITHOUT = """
import sys
sys.modules["hypothesis"] = None
import jax.numpy as jnp
from funcgrad import testing as gt
from funcgrad.errors import MissingExtraError
x = jnp.ones(2)
gt.check_vjp(jnp.sin, (x,))
try:
    gt.check_gradients(jnp.sin, x)
except MissingExtraError as error:
    print(error)
"""


def test_without_hypothesis_a_check_says_what_to_install():
    command = [sys.executable, "-c", WITHOUT]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert 'pip install "funcgrad[testing]"' in ran.stdout
