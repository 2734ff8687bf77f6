"""One measurement in a process of its own, on one thread; what it found is printed as JSON.

python -m benchmarks.worker step NAME --rounds N --engines ...    # NAME: of a task, or depth_100
python -m benchmarks.worker memory ENGINE
"""

import argparse
import dataclasses
import json
import os
import sys


def on_one_thread() -> None:
    """Let this process have one CPU; to be called before JAX and PyTorch are imported."""
    os.environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def step(name: str, rounds: int, engines: list[str]) -> dict:
    """Seconds of the turns of a task."""
    import torch

    from . import tasks, turns

    torch.set_num_threads(1)
    return dataclasses.asdict(turns.measure(tasks.named(name), engines, rounds))


def memory(engine: str) -> dict:
    """How much more memory than before the process had at most while it trained a deep network."""
    from . import deep

    return {"bytes": deep.peak(engine)}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["step", "memory"])
    parser.add_argument("name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engines", nargs="+", default=[])
    asked = parser.parse_args()
    on_one_thread()
    found = memory(asked.name) if asked.kind == "memory" else step(
        asked.name, asked.rounds, asked.engines
    )  # fmt: skip
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
