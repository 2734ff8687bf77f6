"""Every file of the gallery has the one skeleton."""

import inspect
import re

import jax
import pytest

from funcgrad.compare.gallery import SECTIONS, choose, gallery_folder, gallery_paths
from funcgrad.compare.worker import load

EXAMPLES = choose([])


def test_the_gallery_is_complete():
    listed = [name for names in SECTIONS.values() for name in names]
    assert len(set(listed)) == 36
    assert list(gallery_paths()) == listed
    files = {path.name for path in gallery_folder().rglob("*.py")}
    assert files == {f"{name.replace('-', '_')}.py" for name in listed}


@pytest.fixture(params=EXAMPLES, ids=lambda example: example.id)
def example(request):
    return request.param


@pytest.fixture
def module(example):
    return load(example.path)


def test_it_says_what_it_is(example):
    assert re.fullmatch("D[0-4]( D[0-4])*", example.source)
    assert example.title
    assert example.idea.endswith(".")
    assert example.note.endswith(".")
    assert len(example.path.read_text(encoding="utf-8").splitlines()) <= 300


def test_inputs_are_numpys_and_follow_the_seed(module):
    first, again = module.inputs(), module.inputs()
    assert (
        inspect.signature(module.inputs).parameters["seed"].default is not inspect.Parameter.empty
    )
    leaves = jax.tree.leaves(first)
    assert not any(isinstance(leaf, jax.Array) for leaf in leaves)
    same = [
        (a == b).all() if hasattr(a, "all") else a == b
        for a, b in zip(leaves, jax.tree.leaves(again), strict=True)
    ]
    assert all(same)


def test_static_arguments_have_defaults_and_are_no_inputs(module):
    inputs = set(module.inputs())
    styles = {"jax_style": set(), "pytorch_style": {"torch"}}
    styles |= {"step_style": {"torch", "scan"}} if hasattr(module, "step_style") else {}
    for style, given in styles.items():
        parameters = inspect.signature(getattr(module, style)).parameters
        static = set(parameters) - inputs - given
        assert given <= set(parameters)
        assert all(parameters[name].default is not inspect.Parameter.empty for name in static)
        assert set(getattr(module, "QUICK", {})) <= static | inputs


def test_promises_are_about_results(module):
    assert set(getattr(module, "EXPECTED_IN_FULL", ())) <= set(module.EXPECTED)
    assert set(getattr(module, "TOLERANCE", {})) <= set(module.EXPECTED)
