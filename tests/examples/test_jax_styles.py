"""Every `jax_style` is one program on the chosen device, with no PyTorch style in sight."""

import json
import subprocess
import sys
from pathlib import Path

from funcgrad.compare.gallery import gallery_paths

PROBE = Path(__file__).parents[1] / "probes" / "jax_styles.py"


PROMISED = {
    "modules": 1,  # what it lowers to
    "callbacks": 0,  # to Python, from inside the program
    "programs at the first call": 1,
    "programs at the second call": 0,
    "not arrays": [],
    "elsewhere": [],  # results that are not on the chosen device
    "face": [],  # the PyTorch style, ours or the real one, was never imported
}


def test_every_style():
    paths = gallery_paths()
    run = [sys.executable, "-W", "error", PROBE, *paths.values()]
    reports = json.loads(subprocess.run(run, check=True, stdout=subprocess.PIPE).stdout)
    assert set(reports) == {str(path) for path in paths.values()}
    others = {path: report for path, report in reports.items() if report != PROMISED}
    assert others == {}
