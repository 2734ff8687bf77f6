"""Parts of the functional face that are loaded when they are first asked for.

`import funcgrad` costs what `import jax` costs, and most scripts draw neither graphs nor PyTorch's
random numbers.
"""

import sys
from importlib import import_module
from typing import Any

PARTS = ("graphs", "streams")


def __getattr__(name: str) -> Any:
    if name in PARTS:
        return import_module(f"funcgrad.{name}")
    raise AttributeError(f"module 'funcgrad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*vars(sys.modules["funcgrad"]), *PARTS})
