"""Whole processes: a short script from import to exit, and what is imported."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

SCRIPT = """
import {torch} as torch
x = torch.linspace(-1, 1, 100).reshape(100, 1)
y = 2 * x + 1
model = torch.nn.Sequential(torch.nn.Linear(1, 10), torch.nn.ReLU(), torch.nn.Linear(10, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(20):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
print(loss.item())
"""
PLACE = Path(__file__).parents[1]


def seconds(code: str, environment: Mapping[str, str] | None = None) -> float:
    """How long Python takes for some code, from start to exit."""
    given = os.environ | {"OMP_NUM_THREADS": "1"} | dict(environment or {})
    begin = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=given)
    return perf_counter() - begin


def starts() -> dict[str, float]:
    """Seconds of a short script on PyTorch, and on ours at first and again."""
    ours = SCRIPT.format(torch="funcgrad.torch")
    with tempfile.TemporaryDirectory() as folder:
        cache = {"XDG_CACHE_HOME": folder}
        return {
            "torch": seconds(SCRIPT.format(torch="torch")),
            "first": seconds(ours, cache),
            "again": seconds(ours, cache),
            "import jax": seconds("import jax"),
            "import funcgrad": seconds("import funcgrad"),
        }


def worker(*arguments: str) -> str:
    """What a worker prints. It finds no compiled programs on disk, so that it has to compile."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.worker", *arguments],
        cwd=PLACE, check=False, capture_output=True, text=True,
        env=os.environ | {"FUNCGRAD_COMPILE_CACHE": "off"},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the worker {' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return done.stdout
