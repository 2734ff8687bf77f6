"""A user's files, and engines that start fast."""

from pathlib import Path

import pytest

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
