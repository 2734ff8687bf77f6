"""Every example in a docstring runs and gives what it says."""

import doctest
import importlib
from pathlib import Path

import pytest

import funcgrad

PACKAGE = Path(funcgrad.__file__).parent
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def with_examples():
    for path in sorted(PACKAGE.rglob("*.py")):
        if ">>>" in path.read_text(encoding="utf-8"):
            parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("name", list(with_examples()))
def test_docstrings(name):
    ran = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert ran.attempted > 0
    assert ran.failed == 0, "see the captured output"


def test_the_functional_side_has_an_example_for_every_function():
    undocumented = [
        name
        for name in ("derivative", "accumulate", "zero_gradients", "device", "place")
        if ">>>" not in getattr(funcgrad, name).__doc__
    ]
    assert undocumented == []
