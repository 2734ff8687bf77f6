"""Steps of the examination that run on either engine."""

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from funcgrad.ops import OPS

from .engines import Engine, Ours, Theirs
from .table import Call, Case


class Answer(NamedTuple):
    """What came out of a call.

    Attributes:
        results: value and dtype of each.
        needs: whether each requires grad.
        names: of the graph nodes of those that do.
        first, second: gradients, value and dtype or None; None altogether where PyTorch has none.
    """

    results: Any
    needs: list[bool]
    names: list[str]
    first: Any
    second: Any


class Steps:
    """One case, both engines."""

    def __init__(self, case: Case, torch: Any) -> None:
        self.case, self.row = case, OPS[case.row]
        self.ours, self.theirs = Ours(), Theirs(torch)

    def arrays(self, call: Call, dtype: str) -> list[np.ndarray]:
        """The values of a call's operands; the same in every run."""
        rng = np.random.default_rng(zlib.crc32(self.case.row.encode()))
        return [operand.draw(rng, dtype) for operand in call.operands()]

    def outcome(self, engine: Engine, call: Call, dtype: str) -> Any:
        """The results of a call without gradients, or the exception it raised."""
        tensors = [engine.tensor(a) for a in self.arrays(call, dtype)]
        args, kwargs = engine.arguments(call, tensors)
        try:
            with quiet():
                return _tuple(engine.function(self.case)(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
            return error

    def run(self, engine: Engine, call: Call, dtype: str, inplace: bool = False) -> Any:
        """(results, leaves, operands) of a call that is recorded.

        The operands are copies of the leaves, so that they may be edited in place.
        """
        arrays = self.arrays(call, dtype)
        wanted = [
            o.grad and a.dtype.kind in "fcV" for o, a in zip(call.operands(), arrays, strict=True)
        ]
        leaves = [engine.tensor(a, grad) for a, grad in zip(arrays, wanted, strict=True)]
        operands = [engine.copy(t) if g else t for t, g in zip(leaves, wanted, strict=True)]
        args, kwargs = engine.arguments(call, operands)
        function = engine.inplace(self.case) if inplace else engine.function(self.case)
        with quiet():
            results = _tuple(function(*args, **kwargs))
        return results, [t for t in leaves if t.requires_grad], operands

    def gradients(self, engine: Engine, results: Any, leaves: Any, second: bool) -> Any:
        """First and second gradients (None where PyTorch has none), and names of nodes."""
        outputs = [r for r in results if r.requires_grad]
        # PyTorch spells some with their C++ namespace.
        names = [r.grad_fn.name().rsplit("::", 1)[-1] for r in outputs]
        if not outputs:
            return [], None, names
        rng = np.random.default_rng(1)
        cotangents = [engine.like(r, rng, second) for r in outputs]
        try:
            first = engine.grad(outputs, leaves, cotangents, create=second)
        except RuntimeError as error:
            if not _refuses(error):
                raise
            return None, None, names
        if not second:
            return first, None, names
        recorded = [i for i, g in enumerate(first) if g is not None and g.requires_grad]
        if not recorded:
            return first, [None] * (len(leaves) + len(cotangents)), names
        directions = [engine.like(first[i], np.random.default_rng(2 + i)) for i in recorded]
        gradients = [first[i] for i in recorded]
        try:
            return first, engine.grad(gradients, [*leaves, *cotangents], directions), names
        except RuntimeError as error:
            if not _refuses(error):
                raise
            return first, None, names

    def broken(self, engine: Engine, call: Call) -> list[bool] | None:
        """For each operand and each result: does editing it in place make backward an error?"""
        found = []
        count = len(list(call.operands()))
        results = self.run(engine, call, self.case.main)[0]
        for i in range(count + len(results)):
            results, leaves, operands = self.run(engine, call, self.case.main)
            outputs = [r for r in results if r.requires_grad]
            if not outputs:
                return []
            engine.edit([*operands, *results][i])
            ones = [engine.tensor(np.ones_like(engine.values(r))) for r in outputs]
            try:
                engine.grad(outputs, leaves, ones)
                found.append(False)
            except RuntimeError as error:
                if _refuses(error):
                    return None
                if "modified by an inplace operation" not in str(error):
                    raise
                found.append(True)
        return found

    def read(self, engine: Engine, gradients: Any) -> Any:
        """The values and dtypes of gradients, those that are None left so."""
        if gradients is None:
            return None
        return [g if g is None else (engine.values(g), engine.dtype_name(g)) for g in gradients]

    def answer(
        self, engine: Engine, call: Call, inplace: bool = False, second: bool = False
    ) -> Answer:
        """Run a call and its gradients."""
        results, leaves, _ = self.run(engine, call, self.case.main, inplace)
        first, then, names = self.gradients(engine, results, leaves, second)
        needs = [bool(r.requires_grad) for r in results]
        values = (self.read(engine, part) for part in (results, first, then))
        results, first, then = values
        return Answer(results, needs, names, first, then)

    def together(self, calls: list[Call]) -> list[Answer]:
        """Our answers to all calls, traced into one program; the first with second gradients."""
        ours, notes = self.ours, []

        def one(call: Call, arrays: Any, second: bool) -> Any:
            pairs = zip(call.operands(), arrays, strict=True)
            leaves = [ours.tensor(a, o.grad and a.dtype.kind in "fc") for o, a in pairs]
            args, kwargs = ours.arguments(call, leaves)
            results = _tuple(ours.function(self.case)(*args, **kwargs))
            leaves = [t for t in leaves if t.requires_grad]
            first, then, names = self.gradients(ours, results, leaves, second)
            notes.append(([bool(r.requires_grad) for r in results], names))
            parts = (results, first, then or ())
            return [part and [t if t is None else t._read() for t in part] for part in parts]

        def whole(*groups: Any) -> Any:
            numbered = enumerate(zip(calls, groups, strict=True))
            return [one(call, arrays, n == 0) for n, (call, arrays) in numbered]

        groups = [self.arrays(call, self.case.main) for call in calls]
        found = ours.program(whole, groups, "jit" not in self.case.differs)
        return [
            Answer(results, *note, first, second)
            for (results, first, second), note in zip(found, notes, strict=True)
        ]


def _tuple(value: Any) -> tuple:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _refuses(error: RuntimeError) -> bool:
    """Whether it says that there is no derivative."""
    return "derivative" in str(error) and "not implemented" in str(error)


@contextmanager
def quiet() -> Iterator[None]:
    """Without the advice that PyTorch gives about some arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield
