"""The labels of the blind and the unseen cases, proved: each bug is one, and nothing else is."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from . import blind, unseen
from .blind_kit import Draw, WrongAt, apart, cotangent_like, differentiable, pulled, quick

CASES = blind.BLIND + unseen.UNSEEN
PLANTS = blind.PLANTS + unseen.PLANTS
#: The twins of the second set agree with the automatic derivative, by their plants' proofs.
PROVED = {plant.name + "_right" for plant in unseen.PLANTS if isinstance(plant.proof, WrongAt)}
RIGHT = [
    case
    for case in CASES
    if case.kind != "bug" and "float64" in case.dtypes and case.name not in PROVED
]


def _named(items):
    return pytest.mark.parametrize("item", items, ids=lambda item: item.name)


def test_every_bug_names_its_twin() -> None:
    names = [case.name for case in CASES]
    kinds = {case.name: case.kind for case in CASES}
    assert len(set(names)) == len(names)
    bugs = [case for case in CASES if case.kind == "bug"]
    assert all(case.bug and kinds[case.twin] == "twin" for case in bugs)


@pytest.mark.parametrize(
    ("cases", "bugs", "correct"), [(blind.BLIND, 26, 16), (unseen.UNSEEN, 40, 50)]
)
def test_a_set_has_its_size_and_its_family(cases, bugs, correct) -> None:
    kinds = [case.kind for case in cases]
    assert kinds.count("bug") >= bugs and kinds.count("correct") == correct
    assert len({case.family for case in cases}) == 1


@_named(PLANTS)
def test_the_proof_convicts_the_bug_and_clears_its_twin(item) -> None:
    assert item.proof(item.build(True))
    assert not item.proof(item.build(False))


@_named([case for case in CASES if case.kind != "twin"])
def test_float32_stays_float32_where_64_bits_are_on(item) -> None:
    function, args = item.make("float32")
    with jax.enable_x64(True):
        narrow = {jnp.dtype("float32"), jnp.dtype("complex64")}
        outputs = jax.tree.leaves(jax.eval_shape(function, *args))
        assert {x.dtype for x in outputs if jnp.issubdtype(x.dtype, jnp.inexact)} <= narrow


@_named([plant for plant in PLANTS if not isinstance(plant.proof, WrongAt)])
def test_a_bug_has_the_value_of_its_plain_form(item) -> None:
    with jax.enable_x64(True):
        args = item.args(Draw(item.name, "float64"))
        want = quick(item.plain)(*args)
        assert not apart(quick(item.build(True))(*args), want, 1e-12)


@_named([case for case in RIGHT if case.smooth])
def test_a_correct_gradient_agrees_with_central_differences(item) -> None:
    with jax.enable_x64(True):
        function, args = item.make("float64")
        both, (primals, _) = pulled(function, args), differentiable(args)
        # A step vanishes in what has 16 bits.
        direction = [u * (u.dtype.itemsize > 2) for u in cotangent_like(primals, seed=3)]
        step = 1e-5

        def at(side):
            moved = [x + side * step * u for x, u in zip(primals, direction, strict=True)]
            return jax.tree.leaves(both(moved)[0])

        out, slopes = both(primals)
        pairs = zip(jax.tree.leaves(cotangent_like(out)), at(1), at(-1), strict=True)
        difference = sum(np.sum(c * (up - down)).real for c, up, down in pairs) / (2 * step)
        automatic = sum(np.sum(g * u).real for g, u in zip(slopes, direction, strict=True))
        assert float(difference) == pytest.approx(float(automatic), rel=1e-6, abs=1e-8)


@_named([case for case in RIGHT if not case.smooth])
def test_a_gradient_at_a_kink_is_that_of_a_place_beside_it(item) -> None:
    with jax.enable_x64(True):
        function, (x,) = item.make("float64")
        order = np.arange(1, x.size + 1).reshape(x.shape)
        jacobian = quick(jax.jacobian(function))
        # The two ways to part what is equal, by its place: no ties are left, and nothing at 0.
        beside = [jacobian(x + 1e-9 * side) for side in (order, order[..., ::-1])]
        assert any(np.array_equal(jacobian(x), other) for other in beside)


@_named([case for case in CASES if case.kind == "correct"])
def test_a_correct_gradient_is_finite_from_zero_to_large(item) -> None:
    function, args = item.make("float32")
    both, (primals, _) = pulled(function, args), differentiable(args)
    for scale in (0.0, 1.0, 1000.0):
        scaled = [np.asarray(scale * x, x.dtype) for x in primals]
        for x, slope in zip(primals, both(scaled)[1], strict=True):
            assert slope.dtype == x.dtype and np.all(np.isfinite(slope)), scale
