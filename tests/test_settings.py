"""No import changes a setting of JAX, and no use of ours changes a user's own JAX code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = Path(__file__).parent / "probes" / "settings.py"


@pytest.fixture(scope="module")
def probe():
    run = [sys.executable, "-W", "error", PROBE]
    return json.loads(subprocess.run(run, check=True, stdout=subprocess.PIPE).stdout)


def test_every_module_was_imported(probe):
    names = set(probe[0])
    assert {"funcgrad.derivatives", "funcgrad.torch", "funcgrad.compare.worker"} <= names


def test_no_setting_changes(probe):
    assert {name: changed for name, changed in probe[1].items() if changed} == {}


def test_a_users_float32_code_gives_the_same(probe):
    _, _, before, after_imports, after_use, compiled = probe
    assert before == after_imports == after_use
    assert [dtype for dtype, _, _ in before] == ["int32", "float32", "float32", "float32"]
    assert compiled == 0  # what was compiled before is used still


def test_no_import_starts_the_devices():
    """After that JAX refuses how many there are to be, which platform, and other processes."""
    lines = (
        "import funcgrad.compare.worker, funcgrad.testing, funcgrad.torch, jax",
        "jax.config.update('jax_num_cpu_devices', 3)",
        "print(len(jax.devices()))",
    )
    given = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    run = [sys.executable, "-c", "\n".join(lines)]
    assert subprocess.run(run, check=True, env=given, stdout=subprocess.PIPE).stdout == b"3\n"
