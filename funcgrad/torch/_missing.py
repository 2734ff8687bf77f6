"""What a module of the PyTorch face says of a name that it does not have."""

from collections.abc import Callable
from typing import Any


def missing(module: str) -> Callable[[str], Any]:
    """A module's `__getattr__`: Python's own words, and that PyTorch may well have the name."""
    shown = module.removeprefix("funcgrad.")

    def absent(name: str) -> Any:
        raise AttributeError(
            f"module '{module}' has no attribute '{name}': funcgrad has no {shown}.{name} yet, or "
            "PyTorch has none either"
        )

    return absent
