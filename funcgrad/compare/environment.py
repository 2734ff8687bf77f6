"""What a run ran on; times mean nothing without it."""

import os
import platform
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from funcgrad._version import __version__
from funcgrad.compare.messages import Hello
from funcgrad.compare.run import Settings


def environment(settings: Settings, hellos: Mapping[str, Hello], line: str) -> dict[str, str]:
    """Return the facts of a run, by name, in the order in which to show them.

    Args:
        settings: what was asked.
        hellos: what each engine said of itself.
        line: the command as it was typed.
    """
    facts = {
        "command": line,
        "date": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        "funcgrad": __version__,
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": f"{processors()} of {processor_model()}",
        "device": settings.device,
        "seed": "each example's default" if settings.seed is None else str(settings.seed),
        "expected numbers": "checked"
        if settings.seed is None
        else "not checked: they hold for the default seed",
        "run": "quick: fewer steps, fewer repeats" if settings.quick else "in full",
    }
    for engine in settings.engines:
        hello = hellos[engine.name]
        versions = ", ".join(f"{name} {number}" for name, number in hello.versions.items())
        facts[engine.label] = (
            f"{versions}; {hello.device}; {', '.join(hello.settings)}"
            if not hello.error
            else "could not be started"
        )
    return facts


def processor_model() -> str:
    """Return the name of the processor, as well as the system knows it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(models), "") or platform.processor() or platform.machine()


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
