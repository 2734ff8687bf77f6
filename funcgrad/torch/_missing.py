"""What the modules of the PyTorch face say of a name that they do not have."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ._layout import place

# Each is called with the full name, `torch.fft`, before the error is raised.
listeners: list[Callable[[str], None]] = []

_WAY_OUT = {
    "torch.save": "numpy.savez can keep the arrays of a state_dict",
    "torch.load": "a file of PyTorch's can be converted with PyTorch, to arrays",
    "torch.jit": "torch.compile makes one program of a function",
}


def answer_everywhere() -> None:
    """Give every module of the face that is loaded a `__getattr__`, unless it has one."""
    for name, module in {**sys.modules}.items():
        if name == "funcgrad.torch" or name.startswith("funcgrad.torch."):
            vars(module).setdefault("__getattr__", missing(name))


def missing(module: str) -> Callable[[str], Any]:
    """A module's `__getattr__`: Python's own words, and that PyTorch may well have the name."""
    shown = module.removeprefix("funcgrad.")

    def absent(name: str) -> Any:
        full = f"{shown}.{name}"
        if place(full) != full:
            return import_module(f"funcgrad.{place(full)}")
        for listener in listeners:
            listener(full)
        raise AttributeError(f"module '{module}' has no attribute '{name}': {reason(full)}")

    return absent


def reason(full: str) -> str:
    """Why a name of PyTorch's is not there, and the way out where there is one."""
    if full in _WAY_OUT:
        return f"funcgrad has no {full} yet; {_WAY_OUT[full]}"
    return f"funcgrad has no {full} yet, or PyTorch has none either"
