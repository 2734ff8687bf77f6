"""The arguments of a counterexample, taken apart: what is differentiated, and the call of it."""

from __future__ import annotations

import math
import re
from string import ascii_lowercase
from typing import Any

import jax
import numpy as np

from funcgrad.testing.counterexample.literals import inexact, literal, named_tuples, tree
from funcgrad.testing.counterexample.wrapping import WIDTH
from funcgrad.testing.report import Counterexample

#: What stands for the function until its name is known.
FUNCTION = "\0function\0"


class Point:
    """A point as the statements of a program.

    The program calls `call` with the arrays that are differentiated, and with nothing else; what
    else the function takes is part of `call`. They are `x`, their tangents `u`, and the cotangents
    of the outputs `ct`: an array where there is one, a list where there are more.

    Attributes:
        leaves: the arrays that are differentiated, in the order of `jax.tree.leaves`.
        tangents: a direction, one for each of them.
        needs_x64: whether an argument has 64 bits.
        wide: the dtype in which differences can be taken, "f8" or "c16", or "" where the arguments
            have 64 bits already, no one dtype serves them all, or a key is among them.
        modules: the modules of the named tuples in the call.
    """

    def __init__(self, found: Counterexample, taken: str, *, dtype64: bool) -> None:
        self.found = found
        argnums = found.facts.get("argnums")
        chosen = range(len(found.arguments)) if argnums is None else np.ravel(argnums).tolist()
        self.leaves: list[Any] = []
        parts = [
            tree(each, self._leaf if number in chosen else literal)
            for number, each in enumerate(found.arguments)
        ]
        letters = [each for each in ascii_lowercase if each not in {*"htuxocvk", taken}]
        count = len(self.leaves)
        self._names = letters[:count] if count <= len(letters) else [f"a{n}" for n in range(count)]
        self._call = re.sub(
            r"\0(\d+)\0", lambda number: self._names[int(number[1])], ", ".join(parts)
        )
        self.modules = named_tuples(found.arguments)
        self.tangents = self.like_leaves(found.direction)
        self._ct = found.cotangent
        self.single = count == 1
        kinds = {np.asarray(each).dtype for each in self.leaves}
        self.complex = any(map(np.iscomplexobj, [*self.leaves, *jax.tree.leaves(self._ct)]))
        self._half = any(kind.itemsize < 4 for kind in kinds)
        self.needs_x64 = any(
            str(getattr(each, "dtype", "")) in ("float64", "complex128", "int64", "uint64")
            for each in jax.tree.leaves(found.arguments)
        )
        mixed = len({np.iscomplexobj(each) for each in self.leaves}) > 1
        # With 64 bits a key draws other numbers.
        named = {str(getattr(each, "dtype", "")) for each in jax.tree.leaves(found.arguments)}
        drawn = any(kind.startswith("key") for kind in named)
        self.wide = "" if self.needs_x64 or mixed or drawn or not dtype64 else "f8"
        if self.wide and any(map(np.iscomplexobj, self.leaves)):
            self.wide = "c16"

    def _leaf(self, value: Any) -> str:
        if not inexact(value):
            return literal(value)
        self.leaves.append(value)
        return f"\0{len(self.leaves) - 1}\0"

    def like_leaves(self, direction: Any) -> list[Any]:
        """A direction, one array for each of the leaves; ones where none fits."""
        given = [] if direction is None else [u for u in jax.tree.leaves(direction) if inexact(u)]
        every = [each for each in jax.tree.leaves(self.found.arguments) if inexact(each)]
        if len(given) == len(every) != len(self.leaves):
            # It is told of all arguments, where only some are differentiated.
            kept = {id(each) for each in self.leaves}
            given = [u for u, each in zip(given, every, strict=True) if id(each) in kept]
        if [np.shape(each) for each in given] == [np.shape(each) for each in self.leaves]:
            pairs = zip(given, self.leaves, strict=True)
            return [np.asarray(u).astype(np.asarray(x).dtype) for u, x in pairs]
        return [np.ones_like(np.asarray(each)) for each in self.leaves]

    @property
    def wrapper(self) -> str:
        """The statement that makes `call`, or "" where the function is itself of arrays alone."""
        names = ", ".join(self._names)
        return "" if self._call == names else f"call = lambda {names}: {FUNCTION}({self._call})"

    def data(self, tail: list[str], *, compact: bool) -> list[str]:
        """The statements that hold what the rest of a program reads."""
        words = set(re.findall(r"\w+", " ".join(tail)))
        pairs = [("x", self.listed(self.leaves))]
        if "u" in words:
            pairs.append(("u", self.listed(self.tangents)))
        if "ct" in words:
            # An integer output keeps its place, so that the two lists match.
            outputs = [
                literal(np.asarray(each)) if inexact(each) else "0.0"
                for each in jax.tree.leaves(self._ct)
            ]
            pairs.append(("ct", outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]"))
        if compact:
            names, values = zip(*pairs, strict=True)
            return [f"{', '.join(names)} = {', '.join(values)}"]
        return [f"{name} = {value}" for name, value in pairs]

    def listed(self, leaves: list[Any]) -> str:
        """Some arrays, as `x` holds them."""
        words = [literal(each) for each in leaves]
        return words[0] if self.single else f"[{', '.join(words)}]"

    @property
    def given(self) -> str:
        """The arrays as the arguments of `call`."""
        return "x" if self.single else "*x"

    def inner(self, outputs: str) -> str:
        """The product of the cotangent with the outputs, as a real number."""
        real = ".real" if self.complex else ""
        if self._ct is None:
            return f"sum(jnp.sum(o){real} for o in jax.tree.leaves({outputs}))"
        given = jax.tree.leaves(self._ct)
        plain = jax.tree_util.all_leaves([self._ct])
        one = outputs if plain else f"jax.tree.leaves({outputs})[0]"
        if len(given) > 1:
            return f"sum(jnp.sum(c * o){real} for c, o in zip(ct, jax.tree.leaves({outputs})))"
        if inexact(given[0]) and np.all(np.asarray(given[0]) == 1):
            return f"{one}{real}" if np.ndim(given[0]) == 0 else f"jnp.sum({one}){real}"
        return f"jnp.sum(ct * {one}){real}"

    def moved(self, steps: str, *, exactly: bool) -> str:
        """The arrays, moved: "h * u" or so, the directions in the dtype of the arrays if need be.

        The derivative of a step is as exact as its direction, and one of 16 bits has too few.
        """
        exactly = (exactly or self._half) and bool(self.wide)
        kind = ", t" if self.wide else ""

        def cast(name: str) -> str:
            return f"jnp.asarray({name}{kind})" if exactly else name

        start = f"jnp.asarray({'x' if self.single else 'a'}{kind})" if self.wide else ""
        if self.single:
            words = re.sub(r"\b(u|across)\b", lambda name: cast(name[1]), steps)
            return f"{start or 'x'} + {words}"
        short = {"u": "v", "across": "w"}
        read = [name for name in short if re.search(rf"\b{name}\b", steps)]
        words = re.sub(r"\b(u|across)\b", lambda name: cast(short[name[1]]), steps)
        loop = (
            f"for {', '.join(['a', *(short[name] for name in read)])} in zip(x, {', '.join(read)})"
        )
        return f"*[{start or 'a'} + {words} {loop}]"

    def line(self, name: str, *, exactly: bool = False, across: bool = False) -> list[str]:
        """The function on the line through the point; `across` adds a second direction."""
        moved = self.moved("h * u + k * across" if across else "h * u", exactly=exactly)
        inputs = "h, k" if across else "h"
        kind = ", t=None" if self.wide else ""
        given = f"{inputs}, t" if self.wide else inputs
        one = f"{name} = lambda {inputs}{kind}: {self.inner(f'call({moved})')}"
        if len(one) <= WIDTH:
            return [one]
        return [
            f"at = lambda {given}: call({moved})",
            f"{name} = lambda {inputs}{kind}: {self.inner(f'at({given})')}",
        ]

    def widened(self, statement: str) -> list[str]:
        """A statement in 64 bits, where that can be switched on for it."""
        return [f"with jax.enable_x64(True): {statement}"] if self.wide else [statement]

    @property
    def kind(self) -> str:
        """The last argument of a line that is to be followed in 64 bits."""
        return f', "{self.wide}"' if self.wide else ""

    @property
    def step(self) -> str:
        """A step for the differences: small beside the point, large beside its rounding."""
        told = self.found.facts.get("step")
        if isinstance(told, (int, float)) and told > 0:
            return f"{float(told):g}"
        sizes = [np.abs(np.asarray(x).astype(complex)).max(initial=0.0) for x in self.leaves]
        moves = [np.abs(np.asarray(u).astype(complex)).max(initial=0.0) for u in self.tangents]
        size, move = max(sizes, default=1.0) or 1.0, max(moves, default=1.0) or 1.0
        rough = (1e-6 if self.wide or self.needs_x64 else 1e-2) * min(size, 1.0) / move
        step = f"{rough:.0e}" if rough > 0 and math.isfinite(rough) else "1e-6"
        return re.sub(r"e([+-])0", r"e\1", step)
