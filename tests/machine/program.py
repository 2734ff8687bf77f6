"""A random program: the same lines on PyTorch, on ours, and where it can on the scalar twin."""

import re
from collections.abc import Sequence
from typing import Any

import torch

import funcgrad.torch as ours

from . import scalars
from .agreement import Difference, agree, allowed, large
from .engine import Engine
from .filling import fill
from .steps import EDIT, GRADIENT, Step

# PyTorch says itself that these errors are its own, or they are of tensors that it makes inside, or
# it looks for a view before the memory that its base was given by `.data`.
_UNSETTLED = re.compile(
    "Could this error message be improved|INTERNAL ASSERT|ZeroTensors are|invalid storage offset -"
)

# Edits that raise no version, so that gradients are of values that were not those of the forward.
_BEHIND = re.compile(r"\.data|\.detach\(\)\.")


class Program:
    """Grows line by line, and raises `Difference` when the engines differ.

    Attributes:
        lines: the lines so far, without those that were not possible.
        over: whether it has come to an end before its time, for numbers got too large.
        telling: whether a view or a base was edited before a backward pass that worked.
    """

    def __init__(self) -> None:
        self.theirs, self.mine = Engine(torch), Engine(ours)
        self.twin: scalars.Twin | None = scalars.Twin()
        self.lines: list[str] = []
        self.over = self.telling = False
        self._edited, self._tolerance = False, 0.0

    def step(self, step: Step, draws: Sequence[int]) -> None:
        """Take a step, if there is a tensor for it."""
        line = fill(step, self.theirs.tensors, draws, len(self.lines))
        if line is not None:
            self.run(line)
            self._observe(step, line)

    def run(self, line: str) -> None:
        """Run a line on all engines, and compare what is there then."""
        self.lines.append(line)
        error, mine = self.theirs.run(line), self.mine.run(line)
        if error and _UNSETTLED.search(str(self.theirs.error)):
            self.over = True
            return
        if error != mine:
            told = f"{mine}: {self.mine.error}" if mine else "no error"
            told += "; PyTorch: " + (f"{error}: {self.theirs.error}" if error else "no error")
            raise Difference(self.told(told))
        facts = self.theirs.facts()
        if any(_UNSETTLED.search(each.get("refused", "")) for each in facts.values()):
            self.over = True
            return
        if large(facts) and any(_BEHIND.search(each) for each in self.lines):
            self.over = True  # of the choice of an element that is no longer there
            return
        try:
            self._tolerance = max(self._tolerance, allowed(facts))
            agree(self._mine(), facts, self._tolerance)
            self._look_at_the_twin(line, failed=error is not None)
        except Difference as difference:
            raise Difference(self.told(str(difference))) from None
        self.over = large(facts)

    def close(self) -> None:
        """Leave the modes."""
        for engine in (self.theirs, self.mine):
            engine.close()

    def finish(self) -> None:
        """Leave the modes, and pull back from the newest tensor that requires grad."""
        while self.theirs.names["modes"] and not self.over:
            self.run("modes.pop().__exit__(None, None, None)")
        tracked = [name for name, t in self.theirs.tensors.items() if _follows(t)]
        if tracked and not self.over:
            self.run(f"{tracked[-1]}.backward(weights({tracked[-1]}))")
            self._count_backward()

    def told(self, difference: str) -> str:
        """The program, and what differs at its end."""
        return "\n".join([*self.lines, f"# {difference}"])

    def _mine(self) -> dict[str, dict[str, Any]]:
        try:
            return self.mine.facts()
        except Exception as error:
            told = f"what there is cannot be seen, {type(error).__name__}: {error}"
            raise Difference(told) from error

    def _look_at_the_twin(self, line: str, *, failed: bool) -> None:
        if failed and "Doubled" in line:
            self.twin = None  # it has edited its operand before it was refused
        if self.twin is None or failed:
            return
        try:
            self.twin.run(line)
        except scalars.Beyond:
            self.twin = None
        else:
            self.twin.compare(self.theirs)

    def _observe(self, step: Step, line: str) -> None:
        if step in EDIT and self.theirs.error is None:
            name = line.split("[")[0].split(".")[0].split(" ")[0]
            edited = self.theirs.tensors.get(name)
            if edited is not None:
                views = [t for t in self.theirs.tensors.values() if t._base is edited]
                self._edited |= edited._is_view() or bool(views)
        if step in GRADIENT:
            self._count_backward()

    def _count_backward(self) -> None:
        self.telling |= self._edited and self.theirs.error is None


def _follows(tensor: Any) -> bool:
    """Whether a backward pass from the tensor is one to try."""
    return tensor.requires_grad and tensor.numel() > 0 and not tensor.is_inference()
