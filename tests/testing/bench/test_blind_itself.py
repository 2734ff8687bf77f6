"""The labels of the blind cases, proved: each bug is one, and nothing else is."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from .blind import BLIND, PLANTS
from .blind_kit import Draw, WrongAt, apart, cotangent_like, differentiable, pulled, quick

RIGHT = [case for case in BLIND if case.kind != "bug" and "float64" in case.dtypes]


def _named(items):
    return pytest.mark.parametrize("item", items, ids=lambda item: item.name)


def test_every_bug_names_its_twin() -> None:
    names = [case.name for case in BLIND]
    kinds = {case.name: case.kind for case in BLIND}
    assert len(set(names)) == len(names)
    bugs = [case for case in BLIND if case.kind == "bug"]
    assert len(bugs) >= 26 and sum(kind == "correct" for kind in kinds.values()) == 16
    assert all(case.bug and kinds[case.twin] == "twin" for case in bugs)


@_named(PLANTS)
def test_the_proof_convicts_the_bug_and_clears_its_twin(item) -> None:
    assert item.proof(item.build(True))
    assert not item.proof(item.build(False))


@_named(BLIND)
def test_float32_stays_float32_where_64_bits_are_on(item) -> None:
    function, args = item.make("float32")
    with jax.enable_x64(True):
        narrow = {jnp.dtype("float32"), jnp.dtype("complex64")}
        outputs = jax.tree.leaves(jax.eval_shape(function, *args))
        assert {leaf.dtype for leaf in outputs} <= narrow


@_named([plant for plant in PLANTS if not isinstance(plant.proof, WrongAt)])
def test_a_bug_has_the_value_of_its_plain_form(item) -> None:
    with jax.enable_x64(True):
        args = item.args(Draw(item.name, "float64"))
        want = quick(item.plain)(*args)
        assert not apart(quick(item.build(True))(*args), want, 1e-12)


@_named(RIGHT)
def test_a_correct_gradient_agrees_with_central_differences(item) -> None:
    with jax.enable_x64(True):
        function, args = item.make("float64")
        both, (primals, _) = pulled(function, args), differentiable(args)
        direction = cotangent_like(primals, seed=3)
        step = 1e-5

        def at(side):
            moved = [x + side * step * u for x, u in zip(primals, direction, strict=True)]
            return jax.tree.leaves(both(moved)[0])

        out, slopes = both(primals)
        pairs = zip(jax.tree.leaves(cotangent_like(out)), at(1), at(-1), strict=True)
        difference = sum(np.sum(c * (up - down)).real for c, up, down in pairs) / (2 * step)
        automatic = sum(np.sum(g * u).real for g, u in zip(slopes, direction, strict=True))
        assert float(difference) == pytest.approx(float(automatic), rel=1e-6, abs=1e-8)


@_named([case for case in BLIND if case.kind == "correct"])
def test_a_correct_gradient_is_finite_from_zero_to_large(item) -> None:
    function, args = item.make("float32")
    both, (primals, _) = pulled(function, args), differentiable(args)
    for scale in (0.0, 1.0, 1000.0):
        scaled = [np.asarray(scale * x, x.dtype) for x in primals]
        for x, slope in zip(primals, both(scaled)[1], strict=True):
            assert slope.dtype == x.dtype and np.all(np.isfinite(slope)), scale
