"""How a function gets into a program: by an import, by its source, or by the reader's hand."""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import jax
import jax.numpy as jnp

from funcgrad.testing.counterexample.modules import importable
from funcgrad.testing.counterexample.syntax import (
    NoDefinition,
    as_lambda,
    body,
    class_of,
    compact,
    compact_class,
    layer,
    node_of,
)
from funcgrad.testing.counterexample.wrapping import wrapped

# Where JAX's own functions are found by the names that people use.
_PUBLIC = {
    "jax.numpy": jnp,
    "jax.nn": jax.nn,
    "jax.lax": jax.lax,
    "jax.scipy.special": jax.scipy.special,
}


class Definitions:
    """The lines that define a function, with the modules that they need.

    Attributes:
        name: what the program calls the function.
        lines: what comes after the imports.
        imports: expressions for an `import` statement: "jax.numpy as jnp".
        complete: whether the program runs as it is, without anything pasted in.
    """

    def __init__(self, function: Callable[..., Any], reserved: frozenset[str], room: int) -> None:
        self.lines: list[str] = []
        self.imports: dict[str, str] = {}
        self.complete = True
        self._reserved = reserved
        self._known: dict[str, Any] = {}
        own = unwrapped(function)
        method = getattr(own, "__name__", "")
        owner = getattr(own, "__self__", None)
        if isinstance(owner, type):  # the `apply` of a function of tensors
            function = own = owner
        name = getattr(own, "__name__", type(own).__name__)
        if hasattr(own, "named_parameters") and not isinstance(own, type):
            name = "module"
        self.name = name if name.isidentifier() and name not in reserved - {"module"} else "fn"
        # Under its own name first: its rules may refer to it. What it wraps may need that name.
        for candidate in dict.fromkeys((self.name, "fn")):
            if self._tried(candidate, function, room):
                self.name = candidate + (f".{method}" if own is owner else "")
                return
        self.imports, self.complete = {}, False
        self.lines = [f"# paste where {self.name} is defined ({_place(own)})"]
        if own is owner:
            self.name += f".{method}"

    def _tried(self, name: str, function: Callable[..., Any], room: int) -> bool:
        """Whether the function can be defined under a name in some lines."""
        self.lines, self.imports, self._known = [], {}, {}
        try:
            self._define(name, function)
        except NoDefinition:
            return False
        lines = wrapped(self.lines)
        self.lines = lines or []
        return lines is not None and len(lines) <= room

    def _define(self, name: str, value: Any) -> None:
        """Make `name` stand for `value` in the program."""
        if name in self._known:
            if self._known[name] is not value:
                raise NoDefinition  # one name for two things
            return
        self._known[name] = value
        if isinstance(value, ModuleType):
            self._module(name, value)
        elif isinstance(value, (bool, int, float, str)) or value is None:
            self.lines.append(f"{name} = {value!r}")
        elif line := _imported(value, name):
            if line.startswith("import runpy;"):
                self.imports["runpy"] = "runpy"
                line = line.removeprefix("import runpy; ")
            self.lines.append(line)
        elif isinstance(value, jax.custom_vjp):
            self._rule(name, value, "custom_vjp", {"fwd": value.fwd, "bwd": value.bwd})
        elif isinstance(value, jax.custom_jvp):
            self._rule(name, value, "custom_jvp", {"jvp": value.jvp})
        elif isinstance(value, functools.partial):
            self._partial(name, value)
        elif hasattr(value, "__wrapped__") and _is_jitted(value):
            self._wrapped(name, "jax.jit", value.__wrapped__)
        elif inspect.isfunction(value):
            self._source(name, value)
        elif isinstance(value, type):
            self._class(name, value)
        elif hasattr(value, "named_parameters"):
            self.lines.append(f"{name} = {layer(value)}")
        else:
            raise NoDefinition

    def _module(self, name: str, module: ModuleType) -> None:
        if name in self._reserved and module not in (jax, jnp):
            raise NoDefinition
        full = module.__name__
        self.imports[name] = full if full == name else f"{full} as {name}"

    def _wrapped(self, name: str, wrapper: str, function: Callable[..., Any]) -> None:
        self._define("jax", jax)
        inner = self._expression(function)
        self.lines.append(f"{name} = {wrapper}({inner})")

    def _rule(self, name: str, value: Any, kind: str, parts: dict[str, Any]) -> None:
        self._define("jax", jax)
        if any(part is None for part in parts.values()):
            raise NoDefinition  # the rule was never given
        extra = f", nondiff_argnums={value.nondiff_argnums!r}" if value.nondiff_argnums else ""
        inner = self._expression(_function_of(value))
        self.lines.append(f"{name} = jax.{kind}({inner}{extra})")
        rules = ", ".join(self._expression(part) for part in parts.values())
        setter = "defvjp" if kind == "custom_vjp" else "defjvp"
        self.lines.append(f"{name}.{setter}({rules})")

    def _partial(self, name: str, value: functools.partial[Any]) -> None:
        if not _plain([*value.args, *value.keywords.values()]):
            raise NoDefinition
        self.imports["functools"] = "functools"
        words = [self._expression(value.func), *map(repr, value.args)]
        words += [f"{key}={each!r}" for key, each in value.keywords.items()]
        self.lines.append(f"{name} = functools.partial({', '.join(words)})")

    def _expression(self, function: Callable[..., Any]) -> str:
        """A function as an expression: a lambda where its source is one, else its name."""
        own = getattr(function, "__name__", "")
        if inspect.isfunction(function) and not _imported(function, own):
            short = as_lambda(self._parsed(function))
            if short is not None:
                return short
        if not own.isidentifier() or own in self._reserved:
            raise NoDefinition
        self._define(own, function)
        return own

    def _source(self, name: str, function: Callable[..., Any]) -> None:
        node = self._parsed(function)
        short = as_lambda(node)
        if short is not None and isinstance(node, ast.Lambda):
            self.lines.append(f"{name} = {short}")
            return
        if not isinstance(node, ast.FunctionDef) or (node.name != name and name != "fn"):
            raise NoDefinition
        node.name, node.decorator_list = name, []
        if ast.get_docstring(node) is not None and len(node.body) > 1:
            node.body = node.body[1:]
        self.lines += compact(node)

    def _class(self, name: str, value: type) -> None:
        """The class of an operation, with what its methods refer to."""
        node = class_of(value)
        reach: dict[str, Any] = {}
        for method in vars(value).values():
            function = inspect.unwrap(getattr(method, "__func__", method))
            if inspect.isfunction(function):
                known = inspect.getclosurevars(function)
                reach = {**reach, **function.__globals__, **known.nonlocals}
        own = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
        read = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        for word in sorted((read - own - {name, "torch"}) & reach.keys()):
            self._define(word, reach[word])
        node.name = name
        self.lines += compact_class(node)

    def _parsed(self, function: Any) -> ast.Lambda | ast.FunctionDef:
        """The syntax tree of a function, everything that it refers to being defined before."""
        node = node_of(function)
        code: CodeType = function.__code__
        cells = getattr(function, "__closure__", None) or ()
        try:
            outside = {
                name: cell.cell_contents for name, cell in zip(code.co_freevars, cells, strict=True)
            }
        except ValueError:  # a cell that is still empty
            raise NoDefinition from None
        defaults = [*(getattr(function, "__defaults__", None) or ())]
        defaults += (getattr(function, "__kwdefaults__", None) or {}).values()
        if not _plain(defaults):
            raise NoDefinition
        reach = {**getattr(function, "__globals__", {}), **outside}
        own = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
        read = {each.id for each in ast.walk(body(node)) if isinstance(each, ast.Name)}
        for name in sorted((read - own) & reach.keys()):
            if name != code.co_name:
                self._define(name, reach[name])
        return node


def unwrapped(function: Any) -> Any:
    """The function within `jax.custom_vjp`, `jax.jit`, `functools.partial` and the like."""
    while True:
        inner = getattr(function, "__wrapped__", None) or getattr(function, "func", None)
        if inner is None or not callable(inner):
            return function
        function = inner


def _function_of(rule: Any) -> Callable[..., Any]:
    inner = getattr(rule, "__wrapped__", None)
    if inner is None:
        raise NoDefinition
    return inner  # type: ignore[no-any-return]


def _plain(values: Iterable[Any]) -> bool:
    return all(isinstance(each, (bool, int, float, str)) or each is None for each in values)


def _is_jitted(value: Any) -> bool:
    return hasattr(value, "lower") and hasattr(value, "trace")


def _imported(value: Any, name: str) -> str:
    """The statement that imports a value under a name, or "" where it cannot be imported."""
    for public, module in _PUBLIC.items():
        own = getattr(value, "__name__", "")
        if own and getattr(module, own, None) is value:
            return f"from {public} import {own}" + ("" if own == name else f" as {name}")
    home = str(getattr(value, "__module__", None))
    owner = sys.modules.get(home)
    file = getattr(owner, "__file__", None)
    if owner is None or file is None or home in ("__main__", "builtins"):
        return ""
    # A rule bears the name of what it wraps, and may be bound to another.
    bound = [each for each, found in vars(owner).items() if found is value and each.isidentifier()]
    if not bound:
        return ""
    first = name if name in bound else bound[0]
    if importable(home, Path(file)):
        return f"from {home} import {first}" + ("" if first == name else f" as {name}")
    if not Path(file).exists():
        return ""
    # No path leads there in a new process (a script, a test), but the file can be run.
    path = Path(file)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f'import runpy; {name} = runpy.run_path("{shown.as_posix()}")["{first}"]'


def _place(function: Any) -> str:
    code = getattr(function, "__code__", None)
    kind = function if isinstance(function, type) else type(function)
    if code is None:
        with contextlib.suppress(OSError, TypeError):
            return f"{Path(inspect.getfile(kind)).name}:{inspect.getsourcelines(kind)[1]}"
        return f"{type(function).__module__}.{type(function).__qualname__}"
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}"
