"""Names and parts of a package that are loaded when they are first asked for.

Whoever has funcgrad installed imports it in every run of pytest, by way of its plugin: before JAX's
flags are set, and in projects that need no JAX. So the face of a package here is a list in two
forms. Checkers and editors read its imports, which never run; `lazy` reads a table, and imports a
name's module when the name is first used. A test holds the two together.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def lazy(
    package: str, names: Mapping[str, str], parts: Iterable[str] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """The `__getattr__`, `__dir__` and `__all__` of a package.

    Args:
        package: its `__name__`.
        names: the module in which each name of the face lives, relative to the package.
        parts: modules of the package that are attributes of it without being imported first. They
            are no part of `from package import *`, which loads all that it names.

    Returns:
        The three, to be bound in the package's namespace. What was asked for once is bound there as
        well, so the second time costs what any attribute costs.
    """
    modules = {name: f"{package}.{module}" for name, module in names.items()}
    parts = frozenset(parts)

    def get(name: str) -> Any:
        if name in modules:
            value = getattr(import_module(modules[name]), name)
        elif name in parts:
            value = import_module(f"{package}.{name}")
        else:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}",
                name=name,
                obj=sys.modules[package],
            )
        setattr(sys.modules[package], name, value)
        return value

    def names_and_parts() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules, *parts} - {"TYPE_CHECKING"})

    return get, names_and_parts, list(modules)
