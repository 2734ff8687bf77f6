"""Scripts as the documents would write them: under `funcgrad run` they print what PyTorch prints.

Each is run twice, unmodified, in a process of its own: by Python with real PyTorch, and by
`funcgrad run`. Between them they hold the sections of all five documents: attributes of the graph,
accumulation, custom functions, descent by hand, `nn` with an optimizer and plots, a data loader
with a device; and the random numbers of all of these.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .tokens import differences

SCRIPTS = sorted(Path(__file__).parent.glob("d[0-4]_*.py"))


def start(folder, *command):
    folder.mkdir()
    settings = {"OMP_NUM_THREADS": "1", "PYTHONPATH": "", "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_every_document_has_its_scripts():
    assert {path.name[:2] for path in SCRIPTS} == {"d0", "d1", "d2", "d3", "d4"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_it_prints_what_pytorch_prints(script, tmp_path, oracle, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    theirs = start(tmp_path / "theirs", script)
    monkeypatch.delenv("MPLBACKEND")  # `run` finds out by itself that there is no screen
    monkeypatch.delenv("DISPLAY", raising=False)
    ours = start(tmp_path / "ours", "-m", "funcgrad", "run", script)
    (expected, their_errors), (printed, our_errors) = theirs.communicate(), ours.communicate()
    assert theirs.returncode == 0, their_errors
    assert ours.returncode == 0, our_errors
    assert "AttributeError" not in our_errors
    found = differences(expected, printed)
    assert not found, "\n".join(["PyTorch, then funcgrad:", *found])
    assert our_errors == their_errors
