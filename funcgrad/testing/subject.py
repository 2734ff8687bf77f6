"""A function as the checks see it: differentiated numbers in, differentiable numbers out.

The leaves of the arguments fall into three kinds. Floats and complex numbers among `argnums` are
differentiated. Other arrays (integers, masks, keys, arguments that are not differentiated) are
fixed: they take values, without a derivative. All else (Python integers, strings, callables) is
static: part of the function.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from funcgrad.testing.coordinates import Coordinates, dtype_of, is_inexact

_STATIC = (str, bytes, bool, int)  # a Python integer is an axis or a size, not data
_NO_NUMBERS = "OSUMm"  # arrays of objects, strings and dates


def is_key(leaf: Any) -> bool:
    """Whether the leaf is a typed random key."""
    dtype = getattr(leaf, "dtype", None)
    return dtype is not None and bool(jax.dtypes.issubdtype(dtype, jax.dtypes.prng_key))


def is_array(leaf: Any) -> bool:
    """Whether the leaf holds numbers (a random key counts) that an example may change."""
    if is_key(leaf) or isinstance(leaf, float | complex):
        return True
    if isinstance(leaf, _STATIC) or not (hasattr(leaf, "dtype") and hasattr(leaf, "shape")):
        return False
    return getattr(leaf.dtype, "kind", "") not in _NO_NUMBERS


@dataclass(frozen=True)
class Subject:
    """A function and how its arguments are laid out; of any shapes.

    Attributes:
        function: the pure function.
        name: what it is called in words.
        tree: the structure of its arguments.
        roles: "differentiated", "fixed" or "static", a leaf.
        labels: what a leaf is called: `x`, `params['w']`.
        statics: the static leaves by position.
        names: what the function calls its arguments; none where leaves have names of their own.
        tangents: for each leaf how a direction is made one that keeps the structure of the
            argument (a change of a symmetric matrix is symmetric), or None where all directions do;
            nothing at all where that is so for all leaves.
    """

    function: Callable[..., Any]
    name: str
    tree: Any
    roles: tuple[str, ...]
    labels: tuple[str, ...]
    statics: dict[int, Any]
    names: tuple[str, ...] = ()
    tangents: tuple[Callable[[Any], Any] | None, ...] = ()

    @classmethod
    def of(
        cls,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        argnums: int | Sequence[int] | None = None,
        names: Sequence[Any] | None = None,
    ) -> Subject:
        """The subject that `function(*arguments)` is.

        Args:
            function: the function.
            arguments: an example of its arguments.
            argnums: by which of them it is differentiated; by all if None.
            names: for each argument the names of its leaves, in its own structure.
        """
        asked = range(len(arguments)) if argnums is None else np.atleast_1d(argnums).tolist()
        if any(not -len(arguments) <= number < len(arguments) for number in asked):
            raise ValueError(
                f"argnums are places among the {len(arguments)} arguments; got {argnums!r}"
            )
        chosen = {number % len(arguments) for number in asked}
        parameters = _parameters(function, len(arguments))
        told = jax.tree.leaves(tuple(names)) if names else []
        paths, tree = jax.tree_util.tree_flatten_with_path(tuple(arguments))
        roles, labels, statics = [], [], {}
        for position, (path, leaf) in enumerate(paths):
            number = path[0].idx
            label = parameters[number] + jax.tree_util.keystr(path[1:])
            labels.append(told[position] if len(told) == len(paths) else label)
            if not is_array(leaf):
                roles.append("static")
                statics[position] = leaf
            elif number in chosen and not is_key(leaf) and is_inexact(dtype_of(leaf)):
                roles.append("differentiated")
            else:
                roles.append("fixed")
        known = () if told else tuple(parameters)
        return cls(function, name_of(function), tree, tuple(roles), tuple(labels), statics, known)

    def split(self, leaves: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The differentiated and the fixed among all leaves."""
        pairs = list(zip(leaves, self.roles, strict=True))
        return (
            [leaf for leaf, role in pairs if role == "differentiated"],
            [leaf for leaf, role in pairs if role == "fixed"],
        )

    def arguments(self, differentiated: Sequence[Any], fixed: Sequence[Any]) -> tuple[Any, ...]:
        """The arguments of the call, put together again."""
        of = {"differentiated": iter(differentiated), "fixed": iter(fixed)}
        leaves = [
            self.statics[position] if role == "static" else next(of[role])
            for position, role in enumerate(self.roles)
        ]
        return tuple(jax.tree.unflatten(self.tree, leaves))

    def with_fixed_as_static(self, leaves: Sequence[Any]) -> Subject:
        """The same with the values of its fixed leaves part of the function."""
        roles = tuple("static" if role == "fixed" else role for role in self.roles)
        statics = {place: leaves[place] for place, role in enumerate(roles) if role == "static"}
        return replace(self, roles=roles, statics=statics)

    def inputs(self, leaves: Sequence[Any]) -> Coordinates:
        """The layout of the differentiated leaves."""
        chosen = [
            (label, leaf)
            for label, leaf, role in zip(self.labels, leaves, self.roles, strict=True)
            if role == "differentiated"
        ]
        return layout([label for label, _ in chosen], [leaf for _, leaf in chosen])

    def along(self, rows: Any, inputs: Coordinates) -> Any:
        """Directions `(R, N)`, made such as keep the structure of the arguments."""
        pairs = zip(self.tangents, self.roles, strict=False)
        kept = [tangent for tangent, role in pairs if role == "differentiated"]
        if not any(kept):
            return rows
        rows = rows.copy()
        for tangent, span, shape in zip(kept, inputs.spans, inputs.shapes, strict=True):
            part = rows[:, slice(*span)]
            if tangent is not None and part.size:  # of a complex matrix both parts
                part[:] = tangent(part.reshape(len(rows), -1, *shape)).reshape(part.shape)
        return rows

    def call(self, differentiated: Sequence[Any], fixed: Sequence[Any]) -> list[Any]:
        """The differentiable leaves of the result. Traces."""
        result = self.function(*self.arguments(differentiated, fixed))
        return [leaf for _, leaf in outputs(result)]


def outputs(result: Any) -> list[tuple[str, Any]]:
    """The leaves of a result that have a derivative, with what they are called."""
    paths, _ = jax.tree_util.tree_flatten_with_path(result)
    return [
        ("out" + jax.tree_util.keystr(path), leaf)
        for path, leaf in paths
        if is_array(leaf) and not is_key(leaf) and is_inexact(dtype_of(leaf))
    ]


def layout(labels: Sequence[str], leaves: Sequence[Any]) -> Coordinates:
    """The coordinates of leaves that are arrays, numbers or avals."""
    return Coordinates(
        tuple(labels),
        tuple(tuple(np.shape(leaf)) for leaf in leaves),
        tuple(jax.dtypes.canonicalize_dtype(dtype_of(leaf)) for leaf in leaves),
    )


def name_of(function: Callable[..., Any]) -> str:
    """What a function is called in words."""
    for candidate in (function, getattr(function, "func", None), getattr(function, "fun", None)):
        name = getattr(candidate, "__name__", None)
        if name:
            return str(name)
    return type(function).__name__


def _parameters(function: Callable[..., Any], count: int) -> list[str]:
    """The names of the positional parameters, or args[i] where they have none."""
    fallback = [f"args[{number}]" for number in range(count)]
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return fallback
    named = [
        parameter.name
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    return (named + fallback[len(named) :])[:count]
