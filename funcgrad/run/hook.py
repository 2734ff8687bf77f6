"""The import hook: every import of `torch` gives `funcgrad.torch`, the same module objects."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

FACE = "funcgrad.torch"

# Packages that are compiled against PyTorch, or replace parts of it.
COMPILED = frozenset(
    "functorch torchvision torchaudio torchtext torch_xla torch_scatter torch_sparse torch_cluster "
    "torch_tensorrt torchao xformers flash_attn".split()
)


class Hook(MetaPathFinder):
    """A finder that answers for `torch` and all below it.

    Example:
        >>> import sys
        >>> hook = Hook()
        >>> hook.install()
        >>> import torch
        >>> torch is sys.modules["funcgrad.torch"]
        True
        >>> hook.remove()
    """

    def __init__(self) -> None:
        self._before: dict[str, ModuleType] = {}
        self._attributes: list[tuple[ModuleType, str]] = []

    def install(self) -> None:
        """Answer from now on; what was imported as `torch` before is put aside."""
        self._before = _take_out()
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Leave everything as it was before."""
        sys.meta_path.remove(self)
        _take_out()
        sys.modules.update(self._before)
        for module, name in self._attributes:
            vars(module).pop(name, None)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> ModuleSpec | None:
        """Return a spec for what is ours to answer, and None for anything else."""
        top, _, below = fullname.partition(".")
        if top == "torch":
            return ModuleSpec(fullname, _Alias(fullname, ours(below), self._attributes))
        if fullname in COMPILED:
            return ModuleSpec(fullname, _Refusal(_needs_pytorch(fullname)))
        # `from torch import fft` looks for the module under the face's own name, and keeps quiet
        # about one that is not found.
        if fullname.startswith(f"{FACE}.") and PathFinder.find_spec(fullname, path) is None:
            return ModuleSpec(fullname, _Refusal(_cannot_import(fullname)))
        return None


def ours(below: str) -> str:
    """The name of our module for PyTorch's `torch.` and what is below it."""
    place = import_module(f"{FACE}._layout").place
    return f"{FACE}.{place(below)}" if below else FACE


class _Alias(Loader):
    """Loads a module by giving the one that is there under another name."""

    def __init__(self, name: str, ours: str, attributes: list[tuple[ModuleType, str]]) -> None:
        self._name, self._ours, self._attributes = name, ours, attributes
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        above = import_module(self._ours.rpartition(".")[0])
        there = PathFinder.find_spec(self._ours, getattr(above, "__path__", ()))
        if self._ours not in sys.modules and there is None:
            raise ModuleNotFoundError(
                f"No module named '{self._name}': funcgrad has no {self._name} yet, or PyTorch has "
                "none either",
                name=self._name,
            )
        module = import_module(self._ours)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # It has run under its own name, and goes on being that module: relative imports and
        # reloading need its own spec.
        module.__spec__ = self._spec
        parent, _, last = self._name.rpartition(".")
        if parent and last not in vars(sys.modules[parent]):
            self._attributes.append((sys.modules[parent], last))  # import will set it


class _Refusal(Loader):
    """Fails to load a module, with an error that says why."""

    def __init__(self, error: ImportError) -> None:
        self._error = error

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        raise self._error

    def exec_module(self, module: ModuleType) -> None:
        """Never reached: there is no module."""


def _needs_pytorch(name: str) -> ImportError:
    return ImportError(
        f"{name} needs PyTorch's own compiled core, and this script runs on funcgrad: it cannot be "
        "imported here. Load what the script takes from it in another way, or run the script with "
        "PyTorch",
        name=name,
    )


def _cannot_import(name: str) -> ImportError:
    shown = name.removeprefix("funcgrad.")
    module, _, last = shown.rpartition(".")
    return ImportError(
        f"cannot import name '{last}' from '{module}': funcgrad has no {shown} yet, or PyTorch has "
        "none either",
        name=module,
    )


def _take_out() -> dict[str, ModuleType]:
    """Remove from the loaded modules all that the hook answers for."""
    names = [n for n in sys.modules if n.partition(".")[0] in {"torch", *COMPILED}]
    return {name: sys.modules.pop(name) for name in names}
