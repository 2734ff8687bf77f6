"""The import hook: every import of `torch` gives `funcgrad.torch`, the same module objects."""

import sys
from collections.abc import Callable, Sequence
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


def ignore(name: str) -> None:
    """Take no note of a name that is missing."""


def leave() -> None:
    """Leave the face as it is."""


class Hook(MetaPathFinder):
    """A finder that answers for `torch` and all below it.

    Args:
        missing: called with the name of a module that is asked for and not there.
        loaded: called when the face has been imported as `torch`.

    Example:
        >>> import sys
        >>> hook = Hook()
        >>> hook.install()
        >>> import torch
        >>> torch is sys.modules["funcgrad.torch"]
        True
        >>> hook.remove()
    """

    def __init__(
        self, missing: Callable[[str], None] = ignore, loaded: Callable[[], None] = leave
    ) -> None:
        self._missing, self.loaded = missing, loaded
        self._before: dict[str, ModuleType] = {}
        self._given: list[tuple[ModuleType, str]] = []

    def install(self) -> None:
        """Answer from now on; what was imported as `torch` before is put aside."""
        self._before = _take_out()
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Leave everything as it was before."""
        sys.meta_path.remove(self)
        _take_out()
        sys.modules.update(self._before)
        for module, name in self._given:
            vars(module).pop(name, None)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> ModuleSpec | None:
        """Return a spec for what is ours to answer, and None for anything else."""
        if fullname.partition(".")[0] == "torch":
            return ModuleSpec(fullname, _Alias(self))
        if fullname in COMPILED:
            return ModuleSpec(fullname, _Refusal(self, _needs_pytorch))
        # `from torch import fft` looks for the module under the face's own name, and keeps quiet
        # about one that is not found.
        if fullname.startswith(f"{FACE}.") and PathFinder.find_spec(fullname, path) is None:
            return ModuleSpec(fullname, _Refusal(self, _cannot_import))
        return None

    def refuse(self, error: ImportError, name: str) -> ImportError:
        """Note what is not there, and return the error."""
        self._missing(name)
        return error

    def gives(self, module: ModuleType, name: str) -> None:
        """Note an attribute that an import sets."""
        if name not in vars(module):
            self._given.append((module, name))


class _Alias(Loader):
    """Loads a module by giving the one that is there under another name."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        place = import_module(f"{FACE}._layout").place
        ours = f"funcgrad.{place(spec.name)}"
        above = import_module(ours.rpartition(".")[0])
        if ours not in sys.modules and PathFinder.find_spec(ours, above.__path__) is None:
            raise self._hook.refuse(_no_module(spec.name), spec.name)
        module = import_module(ours)
        if ours == FACE:
            self._hook.loaded()
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # It has run under its own name, and goes on being that module: relative imports and
        # reloading need its own spec.
        asked, module.__spec__ = module.__spec__, self._spec
        assert asked is not None  # the import has just set it
        parent, dot, last = asked.name.rpartition(".")
        if dot:
            self._hook.gives(sys.modules[parent], last)
        # Many a module is a package in PyTorch. As one without files it makes Python ask the hook
        # for what is below, instead of saying that it is none.
        self._hook.gives(module, "__path__")
        vars(module).setdefault("__path__", [])


class _Refusal(Loader):
    """Fails to load a module, with an error that says why."""

    def __init__(self, hook: Hook, why: Callable[[str], ImportError]) -> None:
        self._hook, self._why = hook, why

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        raise self._hook.refuse(self._why(spec.name), spec.name.removeprefix("funcgrad."))

    def exec_module(self, module: ModuleType) -> None:
        """Never reached: there is no module."""


def _no_module(name: str) -> ImportError:
    reason = import_module(f"{FACE}._missing").reason(name)
    return ModuleNotFoundError(f"No module named '{name}': {reason}", name=name)


def _cannot_import(name: str) -> ImportError:
    full = name.removeprefix("funcgrad.")
    module, _, last = full.rpartition(".")
    reason = import_module(f"{FACE}._missing").reason(full)
    return ImportError(f"cannot import name '{last}' from '{module}': {reason}", name=module)


def _needs_pytorch(name: str) -> ImportError:
    return ImportError(
        f"{name} needs PyTorch's own compiled core, and this script runs on funcgrad: it cannot be "
        "imported here. Do without it, or run the script with PyTorch",
        name=name,
    )


def _take_out() -> dict[str, ModuleType]:
    """Remove from the loaded modules all that the hook answers for."""
    names = [n for n in sys.modules if n.partition(".")[0] in {"torch", *COMPILED}]
    return {name: sys.modules.pop(name) for name in names}
