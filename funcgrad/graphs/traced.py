"""The program that JAX traces a function into, as a graph: its equations and what joins them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import numpy as np
from jax.extend.core import ClosedJaxpr, DropVar, Jaxpr, Literal

from funcgrad.errors import GraphError
from funcgrad.graphs.graph import Graph
from funcgrad.graphs.node import Node

# Primitives that only call the one program they hold; it can stand in their place.
CALLS = {"jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call"}
CALLS |= {"remat", "remat2", "checkpoint", "custom_lin"}

# Parameters that say how a program is held together, not what it computes.
HELD = re.compile("num_.*|.*nconsts|unroll|shape|broadcast_dimensions")

PARTS = {"cond_jaxpr": "condition", "body_jaxpr": "body", "jaxpr": "body", "branches": "branch"}

Atom = int | str  # the number of a node, or a literal as text
Nested = tuple[Any, Sequence[Any], str, int]  # jaxpr, constants, group, how deep to open it


def jaxpr(function: Callable[..., Any], *args: Any, depth: int = 1, **kwargs: Any) -> Graph:
    """Return the program that JAX traces a function into, from its inputs to its results.

    Args:
        function: a function of arrays and pytrees, jitted or not.
        *args: what it is traced with; only shapes and dtypes matter.
        depth: how deep to open nested programs; 0 leaves each a box. A call (of a jitted function,
            or of one with a derivative of its own) is replaced by what it calls. A branch, a
            condition or a body, of `lax.cond`, `while_loop` and `scan`, is drawn as a group beside
            the program, with inputs and outputs of its own.
        **kwargs: the function's, but for one called `depth`.

    Returns:
        A graph of the inputs, named after the arguments, the constants, the operations with the
        types of their results, and the outputs. Literals stand in the operation: `sub 1.0 ·`.

    Raises:
        GraphError: `depth` is negative.

    Example:
        >>> print(jaxpr(lambda w, x: (w + x) * (w + 1), 1.0, 2.0))
        input w: float32[]
        input x: float32[]
        input w: float32[] -> add: float32[]
        input x: float32[] -> add: float32[]
        input w: float32[] -> add · 1.0: float32[]
        add: float32[] -> mul: float32[]
        add · 1.0: float32[] -> mul: float32[]
        mul: float32[] -> output: float32[]
    """
    if depth < 0:
        raise GraphError(f"nested programs are opened to a depth of 0 or more, not {depth}")
    closed = jax.make_jaxpr(function)(*args, **kwargs)
    program = _Program()
    program.add(closed.jaxpr, closed.consts, "", depth)
    return Graph(tuple(program.nodes), tuple(program.edges))


class _Program:
    """The nodes and edges that were found so far."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.edges: list[tuple[int, int]] = []
        self._opened: dict[str, int] = {}  # how many of a primitive have groups

    def add(self, jaxpr: Any, consts: Sequence[Any], group: str, depth: int) -> None:
        """Add a program with its inputs and outputs."""
        atoms: dict[Any, Atom] = {}
        takes, gives = _paths(jaxpr)
        for variable, value in zip(jaxpr.constvars, consts, strict=True):
            text = _literal(value) if np.ndim(value) == 0 else ""
            atoms[variable] = self._node(f"constant {text}".strip(), _type(variable), group)
        for variable, path in zip(jaxpr.invars, takes, strict=True):
            atoms[variable] = self._node(f"input {path}".strip(), _type(variable), group)
        nested = self._equations(jaxpr, atoms, group, depth)
        for atom, path in zip(jaxpr.outvars, gives, strict=True):
            source = _atom(atom, atoms)
            label = f"output {path}".strip()
            if isinstance(source, str):
                self._node(f"{label} = {source}", _type(atom), group)
            else:
                self.edges.append((source, self._node(label, _type(atom), group)))
        for parts in nested:
            self.add(*parts)

    def _equations(
        self, jaxpr: Any, atoms: dict[Any, Atom], group: str, depth: int
    ) -> list[Nested]:
        """Add what a program computes, and return the programs to be added as groups."""
        nested = []
        for equation in jaxpr.eqns:
            sources = [_atom(atom, atoms) for atom in equation.invars]
            parts = list(_parts(equation)) if depth else []
            if parts and equation.primitive.name in CALLS:
                inner, consts, _ = parts[0]
                nested += self._call(inner, consts, sources, equation, atoms, group, depth - 1)
                continue
            name = equation.primitive.name
            if parts:
                count = self._opened[name] = self._opened.get(name, 0) + 1
                name += f" ({count})" if count > 1 else ""
                nested += [
                    (inner, consts, f"{part} of {name}", depth - 1) for inner, consts, part in parts
                ]
            made = [_type(v) for v in equation.outvars if not isinstance(v, DropVar)]
            more = [f"… {len(made) - 2} more"] if len(made) > 3 else made[2:]
            number = self._node(_label(name, equation, sources), ", ".join(made[:2] + more), group)
            self.edges += [(source, number) for source in sources if isinstance(source, int)]
            atoms.update(dict.fromkeys(equation.outvars, number))
        return nested

    def _call(
        self,
        inner: Any,
        consts: Sequence[Any],
        sources: Sequence[Atom],
        equation: Any,
        atoms: dict[Any, Atom],
        group: str,
        depth: int,
    ) -> list[Nested]:
        """Add what a call computes in its place."""
        within: dict[Any, Atom] = dict(zip(inner.invars, sources, strict=True))
        for variable, _ in zip(inner.constvars, consts, strict=True):
            within[variable] = self._node("constant", _type(variable), group)
        nested = self._equations(inner, within, group, depth)
        results = [_atom(atom, within) for atom in inner.outvars]
        atoms.update(zip(equation.outvars, results, strict=True))
        return nested

    def _node(self, label: str, detail: str, group: str) -> int:
        self.nodes.append(Node(label, detail, group))
        return len(self.nodes) - 1


def _parts(equation: Any) -> Iterator[tuple[Any, Sequence[Any], str]]:
    """List the programs that an equation holds: (jaxpr, constants, what it is for)."""
    for key, value in equation.params.items():
        several = isinstance(value, tuple | list)
        for number, held in enumerate(value if several else (value,)):
            part = PARTS.get(key, key)
            if isinstance(held, ClosedJaxpr):
                yield held.jaxpr, held.consts, f"{part} {number}" if several else part
            elif isinstance(held, Jaxpr):
                yield held, (), f"{part} {number}" if several else part


def _label(name: str, equation: Any, sources: Sequence[Atom]) -> str:
    """Name an operation, with the literals among its operands and its short parameters."""
    words = [name, _called(equation)]
    if any(isinstance(source, str) for source in sources):
        words += [source if isinstance(source, str) else "·" for source in sources]
    for key, value in equation.params.items():
        numbers = value if isinstance(value, tuple) else (value,)
        whole = all(isinstance(number, int) and number is not bool(number) for number in numbers)
        if numbers and whole and not HELD.fullmatch(key):
            words.append(f"{key}={value}".replace(" ", ""))
    return " ".join(filter(None, words))


def _called(equation: Any) -> str:
    """Name the function that a call calls."""
    parts = list(_parts(equation))
    if equation.primitive.name not in CALLS or not parts:
        return str(equation.params.get("name", ""))
    program, _, _ = parts[0]
    return str(equation.params.get("name") or program.debug_info.func_src_info.partition(" ")[0])


def _atom(atom: Any, atoms: dict[Any, Atom]) -> Atom:
    return _literal(atom.val) if isinstance(atom, Literal) else atoms[atom]


def _literal(value: Any) -> str:
    return str(np.asarray(value)[()])


def _type(variable: Any) -> str:
    aval = variable.aval
    if not hasattr(aval, "shape"):  # a token, that orders effects
        return str(aval)
    return f"{aval.dtype}[{','.join(map(str, aval.shape))}]"


def _paths(jaxpr: Any) -> tuple[list[str], list[str]]:
    """Name the inputs and outputs of a program as the function's signature does: `params.w`."""
    info = jaxpr.debug_info
    takes = _names(info.arg_names, len(jaxpr.invars))
    gives = [name.removeprefix("result") for name in _names(info.result_paths, len(jaxpr.outvars))]
    return takes, [name.removeprefix(".") for name in gives]


def _names(paths: Sequence[str | None] | None, count: int) -> list[str]:
    known = list(paths or ())
    if len(known) != count:  # JAX has added inputs of its own
        return [""] * count
    return [re.sub(r"\['(\w+)'\]", r".\1", path or "") for path in known]
