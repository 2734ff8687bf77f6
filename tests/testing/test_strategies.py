"""Strategies: what is asked of the arguments holds by construction, and failures shrink to it."""

import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from funcgrad.testing.strategies import (
    SIZES,
    arrays,
    broadcastable,
    cotangents_like,
    dims,
    dtypes,
    integers_below,
    keys,
    names_in,
    params_like,
    pytree_like,
)
from funcgrad.testing.strategies.domain import Domain
from funcgrad.testing.strategies.kinds import KINDS
from funcgrad.testing.strategies.pool import pool_for

REAL = (*KINDS["float"], *KINDS["float8"])
FLOATS = (*REAL, *KINDS["complex"])
SHAPES = [(), 3, (2, 3), (0, 2), (5, 7), (2, 3, 4)]
data = st.data()


def parts(array):
    """The real and imaginary parts of an array, in double precision."""
    if array.dtype.kind == "c":
        return np.concatenate([array.real, array.imag], axis=None).astype(np.float64)
    return array.astype(np.float64)


@given(data, st.sampled_from(KINDS["all"]), st.sampled_from(SHAPES), st.booleans())
def test_an_array_has_the_shape_and_the_very_dtype(data, dtype, shape, ties):
    drawn = data.draw(arrays(shape, dtype, ties=ties))
    assert type(drawn) is np.ndarray and drawn.dtype == np.dtype(dtype)
    assert drawn.shape == np.empty(shape, np.int8).shape
    assert drawn.flags.writeable


@given(data, st.sampled_from(FLOATS), st.sampled_from(SHAPES))
def test_no_entry_is_subnormal_infinite_or_a_nan(data, dtype, shape):
    drawn = data.draw(arrays(shape, dtype))
    values = parts(drawn)
    tiny = float(jnp.finfo(drawn.dtype).smallest_normal)
    assert np.isfinite(values).all()
    assert ((values == 0) | (abs(values) >= tiny)).all()
    assert not np.signbit(values[values == 0]).any()


bounds = st.floats(-1e4, 1e4, allow_subnormal=False)
limits = st.one_of(
    st.tuples(bounds, st.none()),
    st.tuples(st.none(), bounds),
    st.tuples(bounds, bounds).map(lambda pair: tuple(sorted(pair))),
    st.sampled_from([(0, 1), (0.2, 0.3), (1e-8, 1e-7), (-3e38, 3e38), (1e6, 1e6 + 3), (-1, 0)]),
)


def any_between(lo, hi, dtype):
    """Whether a dtype has a number there that is 0 or normal; found by NumPy's own rounding."""
    part = np.empty(0, dtype).real.dtype
    most, tiny = float(jnp.finfo(part).max), float(jnp.finfo(part).smallest_normal)
    lo, hi = -most if lo is None else max(lo, -most), most if hi is None else min(hi, most)
    if lo > hi or lo <= 0 <= hi:
        return lo <= hi
    near, far = sorted((abs(lo), abs(hi)))
    value = np.asarray(max(near, tiny), part)
    if float(value) < near:
        value = np.nextafter(value, np.asarray(most, part))
    return float(value) <= far


@given(data, st.sampled_from(FLOATS), limits, st.sampled_from([3, 40]))
def test_bounds_hold_after_rounding(data, dtype, limits, count):
    lo, hi = limits
    if not any_between(lo, hi, dtype):  # 0.20001 to 0.2000101 in float16
        with pytest.raises(InvalidArgument, match=f"no {dtype} lies between the bounds"):
            arrays(count, dtype, lo, hi)
        return
    values = parts(data.draw(arrays(count, dtype, lo, hi)))
    assert (lo is None or (values >= lo).all()) and (hi is None or (values <= hi).all())


@given(data, st.sampled_from(KINDS["int"]), st.integers(-300, 300), st.integers(0, 300))
def test_integers_keep_to_their_bounds(data, dtype, lo, more):
    info = np.iinfo(dtype)
    assume(lo <= info.max and lo + more >= info.min)
    drawn = data.draw(arrays((2, 3), dtype, lo, lo + more)).astype(object)
    assert ((lo <= drawn) & (drawn <= lo + more)).all()


def test_integers_of_64_bits_are_exact():
    most = 2**64 - 1
    assert find(arrays((), "uint64", lo=most), lambda x: True) == np.uint64(most)
    assert find(arrays(2, "int64", lo=-(2**63), hi=1 - 2**63), lambda x: (x > x[0]).any())[1] < 0


points = st.lists(st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.3, 1.0, 2.0]), min_size=1, max_size=3)


@given(data, st.sampled_from(FLOATS), points, st.sampled_from([0.01, 0.05, 0.4]))
def test_entries_keep_away_from_points(data, dtype, points, margin):
    count = data.draw(st.sampled_from([4, 60]))
    drawn = data.draw(arrays(count, dtype, away_from=points, margin=margin))
    wide = drawn.astype(np.complex128 if drawn.dtype.kind == "c" else np.float64)
    for point in points:
        assert (abs(wide - point) >= margin).all()


@given(data, st.sampled_from(REAL))
def test_gaps_and_bounds_hold_together(data, dtype):
    drawn = data.draw(arrays(30, dtype, 0.0, 2.0, away_from=(0.0, 1.0), margin=0.25))
    values = parts(drawn)
    assert ((values >= 0.25) & (values <= 2) & (abs(values - 1) >= 0.25)).all()


def test_a_narrow_piece_between_gaps_has_values():
    away = arrays((), "float64", 0, 10, away_from=(0.0, 10.0), margin=4.999)
    assert 4.999 <= find(away, lambda x: True) <= 5.001


@given(arrays(8, ties=True), arrays((6, 9), ties=True))
def test_ties_make_entries_equal(few, many):
    assert len(np.unique(few)) <= 3 and len(np.unique(many)) <= 3


n = dims("n", 1, 5)


@given(data, st.sampled_from([*REAL, "complex64", "int32"]))
def test_symmetric(data, dtype):
    drawn = data.draw(arrays((2, n, n), dtype, symmetric=True))
    assert (drawn == np.swapaxes(drawn, 1, 2)).all()


@given(arrays((n, n), lo=1, hi=2, symmetric=True, away_from=1.5))
def test_symmetric_ones_keep_to_their_bounds(drawn):
    assert ((drawn >= 1) & (drawn <= 2) & (abs(drawn - 1.5) >= 0.05)).all()


@given(data, st.sampled_from(["float32", "float64", "bfloat16"]), st.booleans())
def test_positive_definite_and_well_conditioned(data, dtype, ties):
    size = data.draw(st.sampled_from([1, 2, 3, 5, 12]))
    drawn = data.draw(arrays((2, size, size), dtype, spd=True, ties=ties))
    assert (drawn == np.swapaxes(drawn, 1, 2)).all()
    values = np.linalg.eigvalsh(drawn.astype(np.float64))
    assert ((values >= 0.5) & (values <= 10)).all()
    if size > 1:
        gaps = np.diff(values)
        least = 0.45 * min(1, 8 / size)
        assert (np.sort(gaps)[:, :-1] < 0.05).all() if ties else (gaps > least).all()


@given(data, st.sampled_from(["float32", "float64"]))
def test_orthogonal(data, dtype):
    drawn = data.draw(arrays((n, n), dtype, orthogonal=True))
    product = drawn.astype(np.float64) @ drawn.T.astype(np.float64)
    assert abs(product - np.eye(len(drawn))).max() <= 16 * np.finfo(dtype).eps


def test_both_determinants_are_drawn():
    square = arrays((3, 3), "float64", orthogonal=True)
    for sign in (1, -1):
        found = find(square, lambda q, sign=sign: np.linalg.det(q) * sign > 0)
        assert np.linalg.det(found) == pytest.approx(sign)


@given(data, st.sampled_from(KINDS["float"]), st.booleans())
def test_on_the_simplex(data, dtype, ties):
    drawn = data.draw(arrays((2, dims("k", 1, 9)), dtype, simplex=True, ties=ties))
    wide = drawn.astype(np.float64)
    assert (wide > 0).all()
    assert abs(wide.sum(-1) - 1).max() <= 2 * float(jnp.finfo(dtype).eps)


@given(data, st.sampled_from([*REAL, "int32"]), st.booleans(), st.sampled_from([1, 4, 11]))
def test_sorted(data, dtype, ties, length):
    drawn = data.draw(arrays((2, length), dtype, sorted=True, ties=ties)).astype(np.float64)
    rises = np.diff(drawn, axis=-1)
    assert (rises >= 0).all() if ties else (rises > 0).all()


@given(data, st.sampled_from(["int32", "uint8", "int64"]), st.sampled_from([0, 1, 4, 30]))
def test_permutation(data, dtype, length):
    drawn = data.draw(arrays((3, length), dtype, permutation=True))
    assert drawn.dtype == dtype and (np.sort(drawn) == np.arange(length)).all()


@given(n, arrays((n, 2)), arrays((dims("m", 0, 3), n)), arrays(n, dtypes("half")))
def test_sizes_are_shared_by_name(size, a, b, c):
    assert a.shape == (size, 2) and b.shape[1] == size and c.shape == (size,)
    assert b.shape[0] <= 3


def test_a_search_decides_the_sizes():
    asked = []

    def decide(name, lo, hi):
        asked.append((name, lo, hi))
        return hi

    before = SIZES.set(decide)
    try:
        drawn = find(st.tuples(n, arrays((n, dims("m", 2, 7)))), lambda both: True)
        shapes = find(st.tuples(*broadcastable(2)), lambda both: True)
    finally:
        SIZES.reset(before)
    assert drawn[0] == 5 and drawn[1].shape == (5, 7)
    assert shapes == ((3, 1), (3, 1))
    assert set(asked) >= {("n", 1, 5), ("m", 2, 7), ("broadcast:rows", 1, 3)}


def test_the_sizes_are_known_beforehand():
    tree = {"w": arrays((n, 2)), "b": (arrays((dims("m", 2, 7), n)), 3.0, None)}
    assert names_in(tree) == {"n": (1, 5), "m": (2, 7)}
    assert names_in(pytree_like(tree)) == {"n": (1, 5), "m": (2, 7)}
    assert names_in(arrays((n,), zero_size=True)) == {"n": (0, 5)}
    assert names_in(arrays(3, dtypes("half"))) == {"dtype:half": (0, 1)}
    assert set(names_in(broadcastable(2))) == {
        "broadcast:form",
        "broadcast:rows",
        "broadcast:columns",
    }
    assert names_in((st.integers(), np.ones(3))) == {}


def test_one_name_has_the_same_bounds_everywhere():
    with pytest.raises(InvalidArgument, match="1 to 5 and 1 to 4"):
        names_in((arrays(n), arrays(dims("n", 1, 4))))
    with pytest.raises(InvalidArgument, match="'n' is one for all arrays"):
        find(st.tuples(arrays(n), arrays(dims("n", 1, 4))), lambda both: True)
    with pytest.raises(InvalidArgument, match="1 to 5 and 1 to 4"):
        arrays((n, dims("n", 1, 4)))


def test_zero_is_among_the_sizes_where_it_was_asked_for():
    assert find(arrays((n, 2), zero_size=True), lambda x: x.size == 0).shape == (0, 2)
    for form in ("symmetric", "spd", "orthogonal"):
        square = arrays((n, n), zero_size=True, **{form: True})
        assert find(square, lambda x: x.size == 0).shape == (0, 0)
    for form in ("simplex", "sorted"):
        assert find(arrays((2, n), zero_size=True, **{form: True}), lambda x: True).shape == (2, 0)


@given(data, st.integers(1, 4), st.integers(0, 2))
def test_shapes_broadcast_together(data, k, lo):
    drawn = [data.draw(arrays(shape)) for shape in broadcastable(k, lo=lo)]
    np.broadcast_shapes(*(array.shape for array in drawn))


def test_broadcasts_go_both_ways():
    def both_ways(pair):
        (x, y), (z, w) = [(1,) * (2 - len(shape)) + shape for shape in pair]
        return x < z and y > w

    assert find(st.tuples(*broadcastable(2)), both_ways) in (((1, 2), (2, 1)), ((2,), (2, 1)))


@given(dtypes("float"), dtypes("float"), dtypes("float", name="other"), arrays(2, dtypes("float")))
def test_dtypes_are_shared_by_kind_and_name(one, same, other, array):
    assert one == same == array.dtype
    assert other.name in KINDS["float"]


@pytest.mark.parametrize("kind", KINDS)
def test_all_dtypes_of_a_kind_are_drawn(kind):
    for name in KINDS[kind]:
        assert find(arrays(2, dtypes(kind)), lambda x, name=name: x.dtype == name).dtype == name


SHRUNKEN = {
    "the simplest is zeros": (arrays((2, 2)), lambda x: True, [[0, 0], [0, 0]]),
    "of 500 entries too": (arrays(500), lambda x: True, [0] * 500),
    "a large entry": (arrays(3), lambda x: x.max() > 2.5, [0, 0, 3]),
    "a negative entry": (arrays(3), lambda x: x.min() < -0.8, [0, 0, -1]),
    "a sum": (arrays(4), lambda x: x.sum() > 2.5, [0, 0, 1, 2]),
    "three different": (arrays(3), lambda x: len(set(x.tolist())) == 3, [0, 1, 2]),
    "within bounds": (arrays(3, lo=0.5, hi=9), lambda x: x.max() >= 2, [1, 1, 2]),
    "in float16": (arrays(3, "float16"), lambda x: x.max() > 2.5, [0, 0, 3]),
    "imaginary": (arrays(2, "complex64"), lambda x: abs(x.imag).max() > 0.5, [0, 1j]),
    "an integer": (arrays(3, "int32"), lambda x: x.max() > 3, [0, 0, 4]),
    "a boolean": (arrays(3, "bool"), lambda x: x.any(), [False, False, True]),
    "positive definite": (arrays((2, 2), spd=True), lambda x: True, [[1, 0], [0, 2]]),
    "equal eigenvalues": (arrays((2, 2), spd=True, ties=True), lambda x: True, [[1, 0], [0, 1]]),
    "orthogonal": (arrays((2, 2), orthogonal=True), lambda x: True, [[1, 0], [0, 1]]),
    "simplex": (arrays(4, simplex=True), lambda x: True, [0.25] * 4),
    "sorted": (arrays(3, sorted=True), lambda x: True, [0, 1, 2]),
    "sorted with ties": (arrays(3, sorted=True, ties=True), lambda x: True, [0, 0, 0]),
    "permutation": (arrays(4, "int32", permutation=True), lambda x: x[0] == 2, [2, 0, 1, 3]),
    "labels": (integers_below(10, 3), lambda x: x.max() >= 4, [0, 0, 4]),
}


@pytest.mark.parametrize("case", SHRUNKEN)
def test_failures_shrink_to_simple_arrays(case):
    strategy, condition, expected = SHRUNKEN[case]
    found = find(strategy, condition, settings=settings(derandomize=True, max_examples=2000))
    assert found.tolist() == expected


def test_one_entry_of_a_million_remains():
    found = find(arrays(10**6), lambda x: (x > 2.5).any(), settings=settings(derandomize=True))
    assert np.count_nonzero(found) <= 20 and found.max() <= 4


def reached(strategy, condition):
    """Whether a hundred examples reach it."""
    hits = []

    @settings(
        max_examples=100, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def look(drawn):
        hits.append(bool(condition(drawn)))

    look()
    return any(hits)


@pytest.mark.parametrize("count", [4, 100])
def test_special_values_come_up(count):
    strategy = arrays(count, "float32")
    for value in (0, 1, -1, 2, -2, 0.5):
        assert reached(strategy, lambda x, value=value: (x == value).any()), value
    assert reached(strategy, lambda x: abs(x).max() >= 100), "large"
    assert reached(strategy, lambda x: ((x != 0) & (abs(x) < 1e-4)).any()), "close to 0"
    assert reached(strategy, lambda x: len(np.unique(x)) < count), "ties"
    assert reached(strategy, lambda x: ((abs(x) < 4) & (x * 8 % 1 != 0)).sum() > count / 2), "plain"


def test_the_smallest_normal_number_is_among_the_values():
    for dtype in ("float32", "float16", "bfloat16", "float64"):
        pool = pool_for(Domain(np.dtype(dtype)))
        assert float(jnp.finfo(dtype).smallest_normal) in pool.pages.astype(np.float64)


EXAMPLE = {
    "w": np.ones((3, 2), np.float32),
    "half": jax.ShapeDtypeStruct((2,), jnp.bfloat16),
    "labels": np.array([2, 5, 3]),
    "mask": np.array([True, False]),
    "rate": 0.1,
    "phase": 1j,
    "steps": 3,
    "name": "layer",
    "none": None,
    "own": arrays((2, n)),
}


@given(pytree_like(EXAMPLE, lo=0.5, hi=2.0))
def test_a_tree_like_an_example(drawn):
    assert drawn.keys() == EXAMPLE.keys()
    assert drawn["w"].shape == (3, 2) and drawn["w"].dtype == np.float32
    assert drawn["half"].shape == (2,) and drawn["half"].dtype == jnp.bfloat16
    for name in ("w", "half", "rate"):
        value = np.asarray(drawn[name], np.float64)
        assert ((value >= 0.5) & (value <= 2)).all()
    assert drawn["labels"].dtype == EXAMPLE["labels"].dtype
    assert ((drawn["labels"] >= 2) & (drawn["labels"] <= 5)).all()
    assert drawn["mask"].dtype == bool
    assert type(drawn["rate"]) is float and type(drawn["phase"]) is complex
    assert (drawn["steps"], drawn["name"], drawn["none"]) == (3, "layer", None)
    assert drawn["own"].shape[0] == 2


@given(pytree_like((0.5, 0.5j)))
def test_python_numbers_are_no_subnormals_in_single_precision(drawn):
    for part in (drawn[0], drawn[1].real, drawn[1].imag):
        assert part == 0 or abs(part) >= np.finfo(np.float32).smallest_normal


@given(pytree_like({"key": jax.random.key(3)}))
def test_keys_in_a_tree(drawn):
    assert jnp.issubdtype(drawn["key"].dtype, jax.dtypes.prng_key)


LAYER = {
    "w": jax.ShapeDtypeStruct((3, 3, 4, 8), "float32"),
    "b": np.zeros(8, np.float32),
    "scale": np.ones(8, np.float32),
    "table": np.arange(4),
}


@given(params_like(LAYER))
def test_parameters_are_scaled(drawn):
    assert jax.tree.map(jnp.shape, drawn) == jax.tree.map(lambda leaf: leaf.shape, LAYER)
    assert abs(drawn["w"]).max() <= np.sqrt(3 / 36) + 0.01
    assert abs(drawn["b"]).max() <= 0.1
    assert abs(drawn["scale"] - 1).max() <= 0.1 + 1e-6
    assert drawn["table"].max() <= 3


def outputs(x):
    return {"loss": x.sum(), "best": x.argmax(), "flags": x > 0, "key": jax.random.key(0)}


@given(cotangents_like(jax.eval_shape(outputs, np.ones(3, np.float32))))
def test_cotangents_are_what_jax_takes(drawn):
    assert drawn["best"].dtype == drawn["flags"].dtype == drawn["key"].dtype == jax.dtypes.float0
    assert drawn["flags"].shape == (3,)
    back = jax.vjp(outputs, np.ones(3, np.float32))[1]
    (gradient,) = back(drawn)
    assert (gradient == drawn["loss"]).all()


@given(cotangents_like((1.5, np.ones(2, jnp.bfloat16), np.ones(2, np.complex64))))
def test_cotangents_have_the_dtypes_of_the_outputs(drawn):
    assert [str(leaf.dtype) for leaf in drawn] == ["float32", "bfloat16", "complex64"]


@given(keys(), keys(raw=True))
def test_keys_draw_numbers(key, raw):
    assert jax.random.bits(key).shape == ()
    assert type(raw) is np.ndarray and raw.dtype == np.uint32
    assert jax.random.bits(jax.random.wrap_key_data(raw)).shape == ()


REFUSED = {
    "a shape of floats": (lambda: arrays((2.5,)), "made of ints and dims"),
    "a negative size": (lambda: arrays(-1), "0 or more"),
    "a boolean size": (lambda: arrays((True, 2)), "made of ints and dims"),
    "a strategy for a size": (lambda: arrays((st.integers(1, 3),)), "made of ints and dims"),
    "no dtype": (lambda: arrays(2, None), "a name or a NumPy dtype"),
    "an unknown dtype": (lambda: arrays(2, "float31"), "a name or a NumPy dtype"),
    "a dtype of text": (lambda: arrays(2, "U3"), "floats, complex numbers, integers"),
    "lo above hi": (lambda: arrays(2, lo=1, hi=0), "lo is at most hi"),
    "lo infinite": (lambda: arrays(2, lo=-np.inf), "lo is a finite real number"),
    "hi not a number": (lambda: arrays(2, hi="1"), "hi is a finite real number"),
    "a NaN to keep away from": (lambda: arrays(2, away_from=np.nan), "finite numbers"),
    "no margin": (lambda: arrays(2, away_from=0.0, margin=0), "positive number"),
    "nothing between": (lambda: arrays(2, lo=0, hi=1, away_from=0.5, margin=0.6), "no float32"),
    "no such integer": (lambda: arrays(2, "int32", lo=0.2, hi=0.8), "no int32"),
    "none of 8 bits": (lambda: arrays(2, "uint8", lo=-5, hi=-1), "no uint8"),
    "bounds of booleans": (lambda: arrays(2, "bool", lo=0), "booleans have no bounds"),
    "two structures": (lambda: arrays((2, 2), spd=True, sorted=True), "one structure"),
    "not square": (lambda: arrays((2, 3), spd=True), "two equal last axes"),
    "one axis": (lambda: arrays(n, symmetric=True), "two equal last axes"),
    "no axis": (lambda: arrays((), simplex=True), "needs an axis"),
    "maybe no axis": (lambda: arrays(broadcastable(2)[0], sorted=True), "needs an axis"),
    "a permutation of floats": (lambda: arrays(3, permutation=True), "of integers"),
    "too long a permutation": (
        lambda: find(arrays(200, "int8", permutation=True), lambda x: True),
        "holds its length",
    ),
    "complex and definite": (lambda: arrays((2, 2), "complex64", spd=True), "real floats"),
    "sorted complex": (lambda: arrays(3, "complex64", sorted=True), "with an order"),
    "a bounded simplex": (lambda: arrays(3, simplex=True, lo=0.1), "decides the entries itself"),
    "orthogonal with ties": (lambda: arrays((2, 2), orthogonal=True, ties=True), "has no ties"),
    "no size to be 0": (lambda: arrays((2, 3), zero_size=True), "one of the sizes of dims"),
    "no room to be sorted": (
        lambda: find(arrays(9, "int32", lo=0, hi=3, sorted=True), lambda x: True),
        "no equal entries",
    ),
    "dims without a name": (lambda: dims("", 1, 3), "shared by its name"),
    "dims that are none": (lambda: dims("n", 3, 1), "0 <= lo <= hi"),
    "dims of floats": (lambda: dims("n", 1.0, 3), "are ints"),
    "no shapes": (lambda: broadcastable(0), "1 to 6 shapes"),
    "sizes of no broadcast": (lambda: broadcastable(2, lo=3, hi=1), "0 <= lo <= hi"),
    "an unknown kind": (lambda: dtypes("double"), "is one of float, half"),
    "no class": (lambda: integers_below(0), "positive int"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_arguments_are_refused(case):
    make, words = REFUSED[case]
    with pytest.raises(InvalidArgument, match=words) as refused:
        make()
    assert "; got " in str(refused.value) and str(refused.value).endswith(".")


def test_strategies_are_told_as_they_are_written():
    told = {
        "arrays((3, 2), 'float32', lo=0)": arrays((3, 2), lo=0),
        "arrays((), 'bfloat16', away_from=(0.0,), ties=True)": arrays(
            (), jnp.bfloat16, away_from=0.0, ties=True
        ),
        "arrays((dims('n', 1, 5), 2), dtypes('half'), simplex=True)": arrays(
            (n, 2), dtypes("half"), simplex=True
        ),
        "dims('n', 1, 5)": n,
        "keys()": keys(),
        "keys(raw=True)": keys(raw=True),
        "arrays((2,), 'int32', lo=0, hi=9)": integers_below(10, 2),
        "pytree_like({'b': arrays((2,), 'float32')})": pytree_like({"b": np.ones(2, np.float32)}),
        "arrays(broadcastable(0 of 2, lo=1, hi=3, name='broadcast'), 'float32')": arrays(
            broadcastable(2)[0]
        ),
    }
    assert {repr(strategy) for strategy in told.values()} == set(told)


def test_no_strategy_changes_a_setting_or_fails_a_health_check():
    @settings(max_examples=30, deadline=None, database=None)
    @given(st.data())
    def many(data):
        for strategy in (arrays((n, n), spd=True), arrays(3, lo=0, away_from=1), arrays(10**4)):
            data.draw(strategy)

    many()


def test_without_hypothesis_the_way_out_is_named():
    code = "import sys; sys.modules['hypothesis'] = None; import funcgrad.testing.strategies"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert 'pip install "funcgrad[testing]"' in run.stderr
