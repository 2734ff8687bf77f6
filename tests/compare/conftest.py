"""A user's files, and engines that start fast."""

from pathlib import Path

import numpy as np
import pytest

from funcgrad.compare.agree import check_engines, check_expected
from funcgrad.compare.gallery import choose
from funcgrad.compare.messages import Drawing, Outcome, Picture
from funcgrad.compare.row import Row
from funcgrad.compare.timing import Times

HEAD = '''"""{title}.

What it is about.
"""

import os
import sys

import numpy as np

EXPECTED = {expected}
{extra}

def inputs(seed=0):
    return {{"x": np.float32(3.0 + seed)}}


def square(x):
    return x * x

'''


@pytest.fixture
def write_example(tmp_path):
    """Write a file with the skeleton, and return its path."""

    def write(
        name,
        jax_style='return {"y": square(x)}',
        pytorch_style='return {"y": square(x)}',
        expected='{"y": 9.0}',
        extra="",
    ):
        text = HEAD.format(title=name.capitalize(), expected=expected, extra=extra)
        text += f"\ndef jax_style(x, power=2):\n    {jax_style}\n"
        text += f"\n\ndef pytorch_style(torch, x, power=2):\n    {pytorch_style}\n"
        path = tmp_path / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def plain_engines(monkeypatch):
    """Make the engines of `plain_engines.py` importable, here and in the workers."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import plain_engines

    return plain_engines


@pytest.fixture
def make_row(write_example):
    """Make the row of a user's file, without running it."""

    def make(name, left=9.0, right=9.0, error="", extra=""):
        example = choose([str(write_example(name, extra=extra))])[0]
        results = {
            "jax": {"y": np.array(left, np.float32)},
            "pytorch": {"y": np.array(right, np.float32), "fact": "<b>&", "measured_s": 0.25},
        }
        outcomes = {
            engine: Outcome(values, times=Times(0.5, 12.3e-6, 20))
            for engine, values in results.items()
        }
        if error:
            outcomes["pytorch"] = Outcome(error=error)
            del results["pytorch"]
        checks = check_engines(results, "float32")
        checks += check_expected(results, {"y": 9.0}, {}, (), "float32")
        picture = Picture("the_curve", "image/svg+xml", b"<svg/>", "A curve from (0, 0) to (1, 1).")
        return Row(example, outcomes, checks, Drawing((picture,)))

    return make
