"""What the report says of each result: who has which value, who is how far from whom."""

import numpy as np
import pytest

from funcgrad.compare.agree import check_engines, check_expected
from funcgrad.compare.messages import Outcome
from funcgrad.compare.results import results_of
from funcgrad.compare.row import Row


@pytest.fixture
def of(write_example):
    """The results of an example from what three engines returned, by name."""
    from funcgrad.compare.gallery import choose

    example = choose([str(write_example("mine"))])[0]

    def of(expected=(), **returned):
        results = {
            engine: {name: values[place] for name, values in returned.items()}
            for place, engine in enumerate(("jax", "funcgrad.torch", "pytorch"))
        }
        checks = check_engines(results, "float32")
        checks += check_expected(results, dict(expected), {}, (), "float32")
        outcomes = {engine: Outcome(found) for engine, found in results.items()}
        return results_of(Row(example, outcomes, checks))

    return of


def f32(*values):
    return np.array(values, np.float32)


def test_pairs_that_are_as_far_apart_are_joined(of):
    (result,) = of(y=(f32(1.0), f32(1.0), f32(1.0 + 5e-6)))
    assert [(gap.text, gap.pairs) for gap in result.between] == [
        ("5e-06", [("jax", "pytorch"), ("funcgrad.torch", "pytorch")]),
        ("equal", [("jax", "funcgrad.torch")]),
    ]
    assert result.between[0].per_cent == "50 %"
    assert [(v.engines, v.kind) for v in result.values] == [
        (["jax", "funcgrad.torch"], "float32[1]"),
        (["pytorch"], "float32[1]"),
    ]
    assert result.agrees and result.expected is None


def test_a_share_that_is_next_to_nothing_is_not_nothing(of):
    (result,) = of(y=(f32(100.0), f32(100.0), f32(100.00001)))
    assert result.between[0].per_cent == "under 1 %"


def test_what_disagrees_comes_first(of):
    good, bad = "a", (f32(1.0), f32(1.0), f32(2.0))
    found = of(expected={"bad": [1.0]}, good=(good,) * 3, bad=bad, measured_time=(0.1, 0.2, 0.3))
    assert [result.name for result in found] == ["bad", "good", "measured_time"]
    assert [result.agrees for result in found] == [False, True, True]
    assert found[0].expected == "[1]"
    assert "1 and 2" in found[0].between[0].reason
    assert [gap.pairs for gap in found[0].to_expected if gap.reason] == [[("pytorch",)]]
    assert found[2].measured and not found[2].between


def test_a_long_array_is_described_and_drawn(of):
    line = np.linspace(-1, 3, 200).astype(np.float32)
    column, square = line.reshape(-1, 1), line[:196].reshape(14, 14)
    flat, odd = np.ones(50, np.float32), np.where(line > 2, np.nan, line)
    found = {
        r.name: r.values[0]
        for r in of(
            a=(column,) * 3, b=(square,) * 3, c=(flat,) * 3, d=(odd,) * 3, e=(f32(1, 2),) * 3
        )
    }
    assert found["a"].range == "200 numbers from -1 to 3"
    points = [tuple(map(float, pair.split(","))) for pair in found["a"].curve.split()]
    assert points[0] == (1.0, 13.0) and points[-1] == (59.0, 1.0)  # SVG counts downwards
    assert len(points) == 60
    assert found["b"].range and not found["b"].curve
    assert found["c"].range == "50 numbers from 1 to 1" and "nan" not in found["c"].curve
    assert found["d"].range == found["d"].curve == ""
    assert found["e"].range == found["e"].curve == ""
