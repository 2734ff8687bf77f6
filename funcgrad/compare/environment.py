"""What a run ran on; times mean nothing without it."""

import os
import platform
from collections.abc import Mapping
from datetime import datetime

from funcgrad._version import __version__
from funcgrad.compare.messages import Hello
from funcgrad.compare.run import Settings


def environment(settings: Settings, hellos: Mapping[str, Hello]) -> dict[str, str]:
    """Return the facts of a run, by name, in the order in which to show them."""
    facts = {
        "date": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        "funcgrad": __version__,
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": str(processors()),
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


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
