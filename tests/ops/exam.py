"""The examination that every row of the table sits, against real PyTorch.

Each paper runs the same steps on both engines and compares what comes out: values, dtypes and
shapes; first and second gradients; kinks; names in the graph; what an edit in place breaks; the
compiled form. Where PyTorch raises, so must we.
"""

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from funcgrad.ops import OPS

from .engines import Engine, Ours, Theirs
from .table import Call, Case
from .tolerances import assert_close


class Exam:
    """One case, both engines."""

    def __init__(self, case: Case, torch: Any) -> None:
        self.case, self.row = case, OPS[case.row]
        self.ours, self.theirs = Ours(), Theirs(torch)

    def arrays(self, call: Call, dtype: str) -> list[np.ndarray]:
        """The values of a call's operands; the same in every run."""
        rng = np.random.default_rng(zlib.crc32(self.case.row.encode()))
        return [operand.draw(rng, dtype) for operand in call.operands()]

    # --- steps that run on either engine -------------------------------------------------------

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

    # --- papers --------------------------------------------------------------------------------

    def dtypes(self) -> None:
        """Value, dtype and shape of the first call in every dtype; PyTorch's error where it has."""
        for dtype in self.case.dtypes:
            if dtype in self.case.differs:
                continue
            call = self.case.calls[0]
            theirs = self.outcome(self.theirs, call, dtype)
            ours = self.outcome(self.ours, call, dtype)
            if isinstance(theirs, Exception):
                # A kernel that PyTorch lacks for a dtype on the CPU is no rule to follow.
                if "not implemented for" not in str(theirs):
                    assert type(ours) is type(theirs), f"{dtype}: {ours!r}, PyTorch: {theirs!r}"
                continue
            if isinstance(ours, Exception):
                raise AssertionError(f"{dtype}: raises, PyTorch does not") from ours
            self.agree(ours, theirs, dtype)

    def derivatives(self) -> None:
        """Value, graph name and gradient of every call."""
        for call in self.case.calls:
            self._derivatives(call)

    def kinks(self) -> None:
        """The same where the derivative is a convention."""
        for call in self.case.kink_calls():
            self._derivatives(call)

    def _derivatives(self, call: Call, inplace: bool = False) -> None:
        sides = []
        for engine in (self.ours, self.theirs):
            results, leaves, _ = self.run(engine, call, self.case.main, inplace)
            values = [(engine.values(r), engine.dtype_name(r)) for r in results]
            needs = [bool(r.requires_grad) for r in results]
            first, _, names = self.gradients(engine, results, leaves, second=False)
            sides.append((values, needs, self.read(engine, first), names))
        ours, theirs = sides
        self._same(ours[0], theirs[0], "result")
        assert ours[1] == theirs[1], f"requires_grad {ours[1]}, PyTorch: {theirs[1]}"
        self._same_gradients(ours[2], theirs[2], "gradient")
        if ("inplace name" if inplace else "name") not in self.case.differs:
            assert ours[3] == theirs[3], f"graph name {ours[3]}, PyTorch: {theirs[3]}"

    def read(self, engine: Engine, gradients: Any) -> Any:
        """The values and dtypes of gradients, those that are None left so."""
        if gradients is None:
            return None
        return [g if g is None else (engine.values(g), engine.dtype_name(g)) for g in gradients]

    def inplace(self) -> None:
        """The in-place form: value, gradient, graph name."""
        if self.theirs.inplace(self.case) is None:
            return
        self._derivatives(self.case.calls[0], inplace=True)

    def operators(self) -> None:
        """Python operators: `x + y`, `2 + x`, `x += y`."""
        arrays = self.arrays(self.case.calls[0], self.case.main)
        grad = arrays[0].dtype.kind in "fc"
        for dunder in self.row.dunder:
            reflected = dunder in REFLECTED
            sides = []
            for engine in (self.ours, self.theirs):
                tensors = [engine.tensor(a, grad) for a in arrays[:2]]
                first = engine.copy(tensors[0])
                others = [2] if reflected else tensors[1:]
                result = getattr(first, dunder)(*others)
                if dunder in AUGMENTED:
                    assert result is first
                gradients, _, names = self.gradients(engine, [result], tensors, second=False)
                value = (engine.values(result), engine.dtype_name(result))
                sides.append((value, self.read(engine, gradients), names))
            ours, theirs = sides
            self._same([ours[0]], [theirs[0]], dunder)
            self._same_gradients(ours[1], theirs[1], dunder)
            assert ours[2] == theirs[2], f"{dunder}: {ours[2]}, PyTorch: {theirs[2]}"

    def saves(self) -> None:
        """An edit in place of an operand or a result breaks backward where it does in PyTorch."""
        call = self.case.calls[0]
        ours, theirs = self.broken(self.ours, call), self.broken(self.theirs, call)
        if theirs is None:
            return
        assert ours == theirs, f"operands then results, broken by an edit: {ours}, PyTorch {theirs}"

    def traced(self) -> None:
        """The first call with its first and second gradient, traced whole into one program."""
        if "derivatives" in self.case.differs:
            return
        call, ours = self.case.calls[0], self.ours

        def whole(*arrays: Any) -> Any:
            pairs = zip(call.operands(), arrays, strict=True)
            leaves = [ours.tensor(a, o.grad and a.dtype.kind in "fc") for o, a in pairs]
            args, kwargs = ours.arguments(call, leaves)
            results = _tuple(ours.function(self.case)(*args, **kwargs))
            leaves = [t for t in leaves if t.requires_grad]
            first, second, _ = self.gradients(ours, results, leaves, second=True)
            parts = (results, first, second or ())
            return [[t if t is None else t._read() for t in part] for part in parts]

        compiled = "jit" not in self.case.differs
        found = ours.program(whole, self.arrays(call, self.case.main), compiled)
        if "derivatives" in self.case.differs:
            return  # it traces; what is free in the results is free in their gradients too
        theirs, leaves, _ = self.run(self.theirs, call, self.case.main)
        first, second, _ = self.gradients(self.theirs, theirs, leaves, second=True)
        self._same(found[0], self.read(self.theirs, theirs), "traced result")
        self._same_gradients(found[1], self.read(self.theirs, first), "traced gradient")
        if "second" not in self.case.differs:
            self._same_gradients(found[2], self.read(self.theirs, second), "second gradient")

    def refused(self) -> None:
        """What PyTorch refuses raises its exception type, with the same key words."""
        for words, call in self.case.refused.items():
            theirs = self.outcome(self.theirs, call, "float32")
            ours = self.outcome(self.ours, call, "float32")
            assert isinstance(theirs, Exception), f"PyTorch accepts {call}"
            assert words in str(theirs), f"PyTorch: {theirs!r}"
            assert type(ours) is type(theirs), f"{ours!r}, PyTorch: {theirs!r}"
            assert words in str(ours), f"{ours!r}, PyTorch: {theirs!r}"

    # --- comparisons ---------------------------------------------------------------------------

    def agree(self, ours: Any, theirs: Any, dtype: str) -> None:
        """Results of both engines have the same dtypes, shapes and values."""
        mine = [(self.ours.values(r), self.ours.dtype_name(r)) for r in ours]
        oracle = [(self.theirs.values(r), self.theirs.dtype_name(r)) for r in theirs]
        self._same(mine, oracle, dtype)

    def _same(self, ours: Any, theirs: Any, what: str) -> None:
        assert len(ours) == len(theirs), f"{what}: {len(ours)} results, PyTorch {len(theirs)}"
        for (a, a_dtype), (b, b_dtype) in zip(ours, theirs, strict=True):
            assert a_dtype == b_dtype, f"{what}: dtype {a_dtype}, PyTorch {b_dtype}"
            assert a.shape == b.shape, f"{what}: shape {a.shape}, PyTorch {b.shape}"
            assert_close(a, b, b_dtype, self.case.tolerance, what)

    def _same_gradients(self, ours: Any, theirs: Any, what: str) -> None:
        if theirs is None:
            return
        if not ours:  # nothing depends on anything: all zero
            ours = [None] * len(theirs)
        for i, (mine, oracle) in enumerate(zip(ours, theirs, strict=True)):
            if mine is None or oracle is None:  # no gradient and one of zeros mean the same
                present = mine or oracle
                assert present is None or not present[0].any(), f"{what} {i}: only one side has it"
            else:
                self._same([mine], [oracle], f"{what} {i}")


@contextmanager
def quiet() -> Iterator[None]:
    """Without the advice that PyTorch gives about some arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


PAPERS = ("dtypes", "derivatives", "kinks", "inplace", "operators", "saves", "traced", "refused")
_BINARY = "add sub mul truediv floordiv mod pow and or xor lshift rshift matmul".split()
REFLECTED = frozenset(f"__r{name}__" for name in _BINARY)
AUGMENTED = frozenset(f"__i{name}__" for name in _BINARY)


def _refuses(error: RuntimeError) -> bool:
    """Whether PyTorch says that it has no derivative (ours then is that of a step, 0)."""
    return "derivative" in str(error) and "not implemented" in str(error)


def _tuple(value: Any) -> tuple:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)
