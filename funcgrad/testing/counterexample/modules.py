"""Which modules another process can import."""

from __future__ import annotations

import importlib.machinery
from pathlib import Path


def importable(name: str, file: Path) -> bool:
    """Whether a plain `import` in a new process would load this file.

    What is in `sys.modules` says nothing: pytest puts test modules there that no path leads to.
    """
    path: list[str] | None = None
    spec = None
    parts = name.split(".")
    for number in range(len(parts)):
        full = ".".join(parts[: number + 1])
        spec = importlib.machinery.PathFinder.find_spec(full, path)
        if spec is None:
            return False
        path = list(spec.submodule_search_locations or [])
    return spec is not None and spec.origin is not None and Path(spec.origin) == file
