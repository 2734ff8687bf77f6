"""A failure of a function of tensors as a short program in `funcgrad.torch`.

The derivative is the tape's, `torch.autograd.grad`, beside a central difference of the values. The
tensors that are differentiated are `x`, a direction of theirs is `u`, and the weights of the
results are `ct`. The parameters of a module are moved in place, for nothing else moves them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from funcgrad.testing.counterexample.definitions import Definitions
from funcgrad.testing.counterexample.literals import inexact, tree
from funcgrad.testing.counterexample.tensor_literals import constant, tensor
from funcgrad.testing.counterexample.wrapping import compiles, wrapped
from funcgrad.testing.report import Counterexample

LINES = 12

_TORCH = "import funcgrad.torch as torch"
_NAMES = frozenset("torch gt x u w ct h a b d p inputs value slope automatic numeric left right "
                   "got expected one two module call".split())  # fmt: skip


def source_of_tensors(function: Callable[..., Any], found: Counterexample) -> str:
    """Write the program that shows a counterexample of a function of tensors.

    Args:
        function: what was checked: a function, a `Function.apply`, a module.
        found: where it fails, in arrays. `facts["tensors"]` holds the arguments of the call as they
            were given, and the numbers of those that are differentiated.

    Returns:
        The program. It prints the derivative beside what it should be, and ends in an
        `AssertionError`, or in the exception that the check met.
    """
    given, argnums = found.facts["tensors"]
    try:
        call = _Call(function, found, given, set(np.ravel(argnums).tolist()))
        programs = [call.program(dense) for dense in range(3)]
        fitting = [found for found in programs if found and len(found[0]) <= LINES]
        # One that runs as it is, before one that is more pleasant to read.
        for lines, _ in sorted(fitting, key=lambda program: not program[1]):
            if compiles(lines):
                return "\n".join(lines) + "\n"
    except ValueError:  # what has no literal
        pass
    return "\n".join(_again(function, found, given)) + "\n"


class _Text:
    """An expression in the place of a leaf."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Call:
    """The call, taken apart: what is differentiated, and the rest."""

    def __init__(
        self, function: Callable[..., Any], found: Counterexample, given: Any, argnums: set[int]
    ) -> None:
        self.function, self.found = function, found
        self.leaves: list[Any] = []
        self.parameters: list[str] = []
        paths, structure = jax.tree_util.tree_flatten_with_path(tuple(given))
        parts = structure.flatten_up_to(tuple(found.arguments[: len(given)]))  # type: ignore[attr-defined]
        texts = []
        for (path, leaf), part in zip(paths, parts, strict=True):
            if isinstance(part, dict):
                raise ValueError("a module among the arguments has no literal")
            if part is None:
                texts.append(_Text(constant(leaf)))
            elif path[0].idx in argnums and inexact(part):
                texts.append(_Text(f"x[{len(self.leaves)}]"))
                self.leaves.append(part)
            else:
                texts.append(_Text(tensor(part)))
        self.inputs = len(self.leaves)
        for name, value in sorted(found.arguments[-1].items()) if self._of_module(given) else ():
            self.parameters.append(name)
            self.leaves.append(value)
        arguments = jax.tree.unflatten(structure, texts)
        self.given = ", ".join(tree(each, lambda leaf: leaf.text) for each in arguments)
        self.single = len(self.leaves) == 1
        self.directions = self._like_leaves(found.direction)

    def _of_module(self, given: Any) -> bool:
        return len(self.found.arguments) == len(given) + 1

    def _like_leaves(self, direction: Any) -> list[Any]:
        leaves = [] if direction is None else jax.tree.leaves(direction)
        shapes = [np.shape(leaf) for leaf in self.leaves]
        if [np.shape(leaf) for leaf in leaves] != shapes:
            leaves = [np.ones(shape) for shape in shapes]
        return [
            np.asarray(leaf).astype(np.asarray(x).dtype)
            for leaf, x in zip(leaves, self.leaves, strict=True)
        ]

    def program(self, dense: int) -> tuple[list[str], bool] | None:
        """The lines, and whether they run as they are; None where they do not fit a page.

        Args:
            dense: 0 for a line a thing, 1 for all data in one, 2 for the numbers in the assertion.
        """
        tail = self._tail(dense > 1)
        words = " ".join(tail)
        data = [("x", self._listed(self.leaves, follow=not self.parameters))]
        if re.search(r"\bu\b", words):
            data.append(("u", self._listed(self.directions)))
        if re.search(r"\bw\b", words):
            data.append(("w", self._listed(self._like_leaves(self.found.facts["across"]))))
        if re.search(r"\bct\b", words):
            cotangents = list(map(tensor, map(np.asarray, jax.tree.leaves(self.found.cotangent))))
            many = f"[{', '.join(cotangents)}]"
            data.append(("ct", cotangents[0] if len(cotangents) == 1 else many))
        lines = [f"{name} = {text}" for name, text in data]
        if dense:
            names, texts = zip(*data, strict=True)
            lines = [f"{', '.join(names)} = {', '.join(texts)}"]
        tail = wrapped([*lines, *tail]) or []
        if not tail:
            return None
        own = Definitions(self.function, _NAMES, LINES - 1 - len(tail))
        own.imports.pop("torch", None)
        head = [_TORCH]
        if own.imports:
            head.append(f"import {', '.join(sorted(own.imports.values()))}")
        # What to paste is said first, so that nobody overlooks it.
        first = [*own.lines, *head] if not own.complete else [*head, *own.lines]
        return [*first, *(line.replace("\0", own.name) for line in tail)], own.complete

    def _listed(self, leaves: list[Any], *, follow: bool = False) -> str:
        texts = [tensor(leaf, follow=follow) for leaf in leaves]
        return texts[0] if self.single else f"[{', '.join(texts)}]"

    # What is computed

    def _value(self) -> list[str]:
        """value(h): the product of the cotangent with the results at x + h·u."""
        if self.parameters:
            count = self.inputs
            given = re.sub(r"\bx\[", "inputs[", self.given)
            fresh = [f"torch.nn.Parameter(x[{number}])" for number in range(count)]
            own = f"*map(\0.get_parameter, {self.parameters})"
            lines = [f"inputs = [{', '.join([*fresh, own])}]"]
            ends = "[(x, u)]" if self.single else "zip(x, u)"
            return [
                *lines,
                "def value(h):",
                f"    for p, (a, d) in zip(inputs, {ends}): p.data = a + h * d",
                f"    return {self._product(given)}",
            ]
        moved = "x + h * u" if self.single else "[a + h * d for a, d in zip(x, u)]"
        if self.single:
            return [f"value = lambda h: {self._product(self.given.replace('x[0]', moved))}"]
        return [
            f"call = lambda x: \0({self.given})",
            f"value = lambda h: {self._product('', f'call({moved})')}",
        ]

    def _product(self, given: str, call: str = "") -> str:
        call = call or f"\0({given})"
        cotangents = jax.tree.leaves(self.found.cotangent)
        real = ".real" if any(map(np.iscomplexobj, cotangents)) else ""
        if not cotangents:
            return f"{call}.sum(){real}"
        if len(cotangents) > 1:
            return f"sum((a * b).sum() for a, b in zip(ct, {call})){real}"
        return f"(ct * {call}).sum(){real}"

    def _dotted(self, scalar: str, direction: str = "u", *, create: bool = False) -> str:
        """The product of a gradient with a direction."""
        wanted = "inputs" if self.parameters else "x"
        more = ", create_graph=True" if create else ""
        gradient = f"torch.autograd.grad({scalar}, {wanted}{more})"
        if self.single:
            return f"({gradient}[0] * {direction}).sum()"
        return f"sum((a * b).sum() for a, b in zip({gradient}, {direction}))"

    def _tail(self, dense: bool) -> list[str]:
        found, step = self.found, self._step
        if any(map(np.iscomplexobj, self.leaves)):
            raise ValueError("a gradient of complex numbers has another convention in PyTorch")
        if isinstance(found.facts.get("exception"), BaseException):
            return [*self._value(), f"print({self._dotted('value(0.0)')})"]
        if found.property in ("value", "taylor", "interval", "size"):
            return [
                *self._value(),
                f"automatic = {self._dotted('value(0.0)')}",
                f"numeric = (value({step}) - value(-{step})) / (2 * {step})",
                *self._compared(dense),
            ]
        if found.property == "second":
            across = "w" if self._crossed else "u"
            return [
                *self._value(),
                # Nothing is added but an edge, for a gradient that depends on nothing has none.
                f"slope = lambda h: 0 * value(h) + {self._dotted('value(h)', across, create=True)}",
                f"automatic = {self._dotted('slope(0.0)')}",
                f"numeric = (slope({step}) - slope(-{step})) / (2 * {step})",
                *self._compared(dense),
            ]
        if found.property == "finite":
            wanted = "inputs" if self.parameters else "x"
            return [
                *self._value(),
                f"automatic = torch.autograd.grad(value(0.0), {wanted})",
                'print("value", value(0.0), "gradient", automatic)',
                "assert all(torch.isfinite(a).all() for a in automatic)",
            ]
        raise ValueError(f"no program for {found.property}")

    def _compared(self, dense: bool) -> list[str]:
        found = self.found
        low, high = np.min(found.expected), np.max(found.expected)
        outside = max(float(low - found.got), float(found.got - high))
        claim = f"assert abs(automatic - numeric) <= {outside / 10:.1g}"
        if dense:
            return [f"{claim}, (automatic, numeric)"]
        return ['print("automatic", automatic.item(), "differences", numeric.item())', claim]

    @property
    def _crossed(self) -> bool:
        """Whether a second derivative is along two directions, not one."""
        across = self.found.facts.get("across")
        pairs = zip(self._like_leaves(across), self.directions, strict=True)
        return across is not None and not all(np.array_equal(one, two) for one, two in pairs)

    @property
    def _step(self) -> str:
        wide = all(np.asarray(leaf).dtype == np.float64 for leaf in self.leaves)
        return "1e-5" if wide else "1e-2"


def _again(function: Callable[..., Any], found: Counterexample, given: Any) -> list[str]:
    """A call of the check itself."""
    own = Definitions(function, _NAMES, LINES - 4)
    own.imports.pop("torch", None)
    try:
        words = ", ".join(tree(each, _zeros) for each in given)
        note = []
    except ValueError:
        kinds = ", ".join(type(each).__name__ for each in given)
        note, words = [f"# put the arguments in the place of the dots: {kinds}"], "..."
    call = f"gt.check_gradients({own.name}, {words}, seed={found.facts.get('seed', 0)!r})"
    imports = [f"import {', '.join(sorted(own.imports.values()))}"] if own.imports else []
    head = ["from funcgrad import testing as gt", _TORCH, *imports]
    first = [*own.lines, *head] if not own.complete else [*head, *own.lines]
    return [*first, *note, *(wrapped([call]) or [call])]


def _zeros(leaf: Any) -> str:
    if not hasattr(leaf, "requires_grad") and not hasattr(leaf, "dtype"):
        return constant(leaf)
    dtype = str(leaf.dtype).rpartition(".")[2]
    return f"torch.zeros({tuple(leaf.shape)}, dtype=torch.{dtype})"
