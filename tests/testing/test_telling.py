"""A report in words: what broke comes first, a message is short, JSON loses nothing."""

import collections
import dataclasses
import io
import json

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rich.console import Console

from funcgrad.testing.report import PROPERTIES, Counterexample, PropertyResult, Report
from funcgrad.testing.telling import values
from funcgrad.testing.telling.encoded import LARGEST, decode, encode
from funcgrad.testing.telling.table import table

PROGRAM = "import jax\nprint(jax.grad(lambda x: x**2)(3.0))\nassert False"


def passed(name="loss", **fields):
    results = {
        "value": PropertyResult("value", "pass", "", 9, 0.25),
        "duality": PropertyResult("duality", "unavailable", "there is no forward mode"),
    }
    return Report(name, results, None, 25, ("f32[3], i32[]",), 31, 2, 0.25, 1.5, 7, **fields)


def failed(name="loss", **fields):
    broke = Counterexample(
        property="value",
        claim="differences give the derivative",
        arguments=(
            {"w": np.arange(6, dtype=np.float32).reshape(2, 3), "b": None},
            np.array([1, 2], np.int32),
        ),
        cotangent=np.float32(1),
        direction=({"w": np.ones((2, 3), np.float32), "b": None},),
        expected=np.float64(2.0),
        got=np.float64(1.0),
        where="d out / d args[0]['w'][0, 2]",
        error=1234.5,
        cause="it is half of what it should be",
        reproducer=PROGRAM,
        facts={"order": 1, "numeric": np.array([[np.nan, 2.0]])},
    )
    results = {"value": PropertyResult("value", "fail", "off | by a <factor>", 9, 1234.5)}
    return dataclasses.replace(passed(name), properties=results, counterexample=broke, **fields)


def changed(**fields):
    report = failed()
    broke = dataclasses.replace(report.counterexample, **fields)
    return dataclasses.replace(report, counterexample=broke)


def test_a_failure_says_what_broke_where_and_how_to_see_it_again():
    assert str(failed()).splitlines() == [
        "loss: property value failed: differences give the derivative",
        "  where:      d out / d args[0]['w'][0, 2]",
        "  arguments:  args[0]['w']: float32[2,3] [[0., 1., 2.], [3., 4., 5.]]",
        "              args[0]['b']: None",
        "              args[1]: int32[2] [1, 2]",
        "  cotangent:  float32[] 1.",
        "  direction:  u[0]['w']: float32[2,3] [[1., 1., 1.], [1., 1., 1.]]",
        "              u[0]['b']: None",
        "  expected:   float64[] 2.",
        "  got:        float64[] 1.",
        "  error:      1234 times the tolerance",
        "  cause:      it is half of what it should be",
        "  found in:   25 examples of f32[3], i32[]; seed 7, profile default",
        "",
        "To see it again, run:",
        "",
        *(f"    {line}" for line in PROGRAM.splitlines()),
    ]


def test_what_is_not_known_is_not_said():
    broke = Counterexample("jit", "", ())
    lines = str(dataclasses.replace(failed(), counterexample=broke)).splitlines()
    assert lines == [
        "loss: property jit failed",
        "  found in:   25 examples of f32[3], i32[]; seed 7, profile default",
    ]


def test_a_message_has_at_most_forty_lines_of_a_hundred_characters():
    tree = {f"layer {i}": np.full((50, 50), 1 / 3) for i in range(30)}
    program = "\n".join(["x = 1"] * 11 + ["assert x == 2, 'the last line'"])
    told = "word " * 500
    report = changed(
        arguments=(tree,) * 3,
        cotangent=tree,
        direction=tree,
        expected=tree,
        got=told,
        cause=told,
        reproducer=program,
    )
    report = dataclasses.replace(report, notes=(told,) * 5, shapes=("f64[50,50], " * 90,) * 4)
    lines = str(report).splitlines()
    assert len(lines) <= 40
    assert "the last line" in lines[-1]
    assert max(map(len, lines)) <= 100
    assert any("… and 85 more" in line for line in lines)


def test_a_pass_is_one_line_and_tells_what_was_not_decided():
    assert str(passed()) == (
        "loss: 1 property passed, 1 unavailable; 25 examples, 1 shape, 31 compilations, 2 kinks, "
        "1.50 CPU seconds, worst error 0.25 of its tolerance"
    )
    results = {"value": PropertyResult("value", "inconclusive", "the differences are noisy")}
    told = str(dataclasses.replace(passed(), properties=results)).splitlines()
    assert told[1:] == ["loss: property value is inconclusive: the differences are noisy"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1 / 3, "0.333333333"),
        (2 + 1j, "2+1j"),
        (np.float32(0.1), "float32[] 0.1"),
        (np.array([[1, -2.25], [10, 0]]), "float64[2,2] [[1., -2.25], [10., 0.]]"),
        (jnp.ones((2, 1), jnp.bfloat16), "bfloat16[2,1] [[1.], [1.]]"),
        (np.zeros((2, 0)), "float64[2,0] []"),
        (np.zeros(3, jax.dtypes.float0), "float0[3]"),
        (np.arange(100.0), "float64[100] [0., 1., 2., ..., 97., 98., 99.]"),
        ("two\n  lines", "two lines"),
        (len, "<built-in function len>"),
    ],
)
def test_one_value_in_one_line(value, told):
    assert values.words(value) == told


def test_leaves_are_told_by_the_expression_that_reaches_them():
    Pair = collections.namedtuple("Pair", "left right")
    tree = ({"w": [1, 2]}, Pair((), None))
    assert [path for path, _ in values.leaves("x", tree)] == [
        "x[0]['w'][0]",
        "x[0]['w'][1]",
        "x[1].left",
        "x[1].right",
    ]


def test_a_random_key_is_shown_as_one():
    assert "key<fry>[]" in values.words(jax.random.key(0))


def test_markdown_has_the_verdicts_the_counterexample_and_the_program():
    page = failed().markdown()
    assert page.startswith("## loss: property `value` failed\n\ndifferences give the derivative\n")
    assert f"\n```python\n{PROGRAM}\n```\n" in page
    assert "| value | **fail** | 9 | 1.23e+03 | off \\| by a &lt;factor> |" in page
    assert "- `args[0]['w']: float32[2,3] [[0., 1., 2.], [3., 4., 5.]]`" in page
    assert "- expected: `float64[] 2.`" in page
    assert passed()._repr_markdown_().startswith("## loss: passed\n")


def printed(report):
    console = Console(file=io.StringIO(), width=80, highlight=False)
    console.print(table(report))
    return console.file.getvalue()


def test_the_table_has_a_row_for_each_property():
    lines = printed(passed()).splitlines()
    assert lines[0].split() == ["loss"]
    assert lines[1].split() == ["property", "verdict", "checks", "worst", "why"]
    assert lines[2].split() == ["value", "pass", "9", "0.25"]
    assert lines[3].split()[:3] == ["duality", "unavailable", "0"]
    assert "there is no forward mode" in lines[3]


def test_the_table_takes_every_verdict_and_every_name_as_it_is():
    results = {
        name: PropertyResult(name, verdict, "[red]")
        for name, verdict in zip(
            PROPERTIES, ["pass", "fail", "unavailable", "inconclusive"], strict=False
        )
    }
    assert printed(Report("[bold]f", results)).count("[red]") == 4


def same(a, b):
    """Whether two values are equal, types and NaN included."""
    if dataclasses.is_dataclass(a):
        names = [field.name for field in dataclasses.fields(a)]
        return type(a) is type(b) and all(same(getattr(a, n), getattr(b, n)) for n in names)
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return (
            type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))  # lengths agree
        )
    if hasattr(a, "dtype"):
        a, b = np.asarray(a), np.asarray(b)
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return type(a) is type(b) and (a == b or (a != a and b != b))


@pytest.mark.parametrize("report", [passed(), failed(notes=("one", "two"))], ids=["pass", "fail"])
def test_json_gives_the_report_back(report):
    text = json.dumps(report.to_json(), allow_nan=False)
    assert same(Report.from_json(json.loads(text)), report)


dtypes = st.sampled_from(
    [*"? b i8 u4 f2 f4 f8 c8 c16".split(), ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
shapes = hnp.array_shapes(min_dims=0, min_side=0, max_dims=3, max_side=3)
arrays = st.tuples(dtypes, shapes, st.integers(0, 2**32 - 1)).map(
    lambda drawn: np.random.default_rng(drawn[2]).normal(size=drawn[1]).astype(np.dtype(drawn[0]))
)
trees = st.recursive(
    scalars | arrays,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(trees)
def test_json_gives_every_tree_back(tree):
    back = decode(json.loads(json.dumps(encode(tree), allow_nan=False)))
    assert same(back, tree)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", ml_dtypes.bfloat16])
@pytest.mark.parametrize("size", [5, LARGEST + 1])
def test_json_keeps_what_is_not_finite_and_what_is_large(dtype, size):
    array = np.zeros(size, dtype)
    array[:4] = np.array([np.nan, np.inf, -np.inf, -0.0])
    back = decode(json.loads(json.dumps(encode(array), allow_nan=False)))
    wide = complex if np.iscomplexobj(array) else float  # NumPy knows no NaN of bfloat16
    np.testing.assert_array_equal(back.astype(wide), array.astype(wide))
    assert back.dtype == array.dtype and back.flags.writeable
    assert np.signbit(back[3].real)


def test_json_has_one_order_of_bytes():
    for size in (3, LARGEST + 1):
        back = decode(encode(np.arange(size, dtype=">f8")))
        assert back.dtype == "=f8" and back[-1] == size - 1


def test_json_keeps_keys_and_float0_and_tells_of_the_rest():
    key = jax.random.key(3)
    back = decode(json.loads(json.dumps(encode({"key": key, "zero": np.zeros(2, jax.float0)}))))
    assert jax.random.key_data(back["key"]).tolist() == [0, 3]
    assert back["key"].dtype == key.dtype and back["zero"].dtype == jax.float0
    assert decode(encode(len)) == "<built-in function len>"


def test_json_of_another_version_is_refused():
    told = passed().to_json() | {"version": 2}
    with pytest.raises(ValueError, match="in version 1 of its form, but this has version 2"):
        Report.from_json(told)
    with pytest.raises(ValueError, match="version None"):
        Report.from_json([])
