"""Every `jax_style` is one program on the chosen device, with no PyTorch style in sight."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from funcgrad.compare.gallery import gallery_paths

PROBE = Path(__file__).parents[1] / "probes" / "jax_styles.py"


@pytest.fixture(scope="module")
def reports():
    paths = gallery_paths()
    run = [sys.executable, "-W", "error", PROBE, *paths.values()]
    answer = json.loads(subprocess.run(run, check=True, stdout=subprocess.PIPE).stdout)
    assert len(answer) == len(paths) == 36
    return {name: answer[str(path)] for name, path in paths.items()}


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ("modules", 1),  # what it lowers to
        ("callbacks", 0),  # to Python, from inside the program
        ("programs at the first call", 1),
        ("programs at the second call", 0),
        ("not arrays", []),
        ("elsewhere", []),  # results that are not on the chosen device
        ("face", []),  # the PyTorch style, ours or the real one, was never imported
    ],
)
def test_every_style(reports, fact, expected):
    others = {name: report[fact] for name, report in reports.items() if report[fact] != expected}
    assert others == {}
