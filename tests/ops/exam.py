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
        names = [r.grad_fn.name() for r in outputs]
        if not outputs:
            return [], None, names
        rng = np.random.default_rng(1)
        cotangents = [engine.tensor(_random(rng, engine.values(r)), second) for r in outputs]
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
        directions = [
            engine.tensor(_random(np.random.default_rng(2 + i), engine.values(first[i])))
            for i in recorded
        ]
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
        """Value, graph name, first and second gradient of every call."""
        for call in self.case.calls:
            self._derivatives(call, second="second" not in self.case.differs)

    def kinks(self) -> None:
        """Value and first gradient where the derivative is a convention."""
        for call in self.case.kink_calls():
            self._derivatives(call, second=False)

    def _derivatives(self, call: Call, second: bool, inplace: bool = False) -> None:
        sides = []
        for engine in (self.ours, self.theirs):
            results, leaves, _ = self.run(engine, call, self.case.main, inplace)
            values = [(engine.values(r), engine.dtype_name(r)) for r in results]
            needs = [bool(r.requires_grad) for r in results]
            gradients = self.gradients(engine, results, leaves, second)
            sides.append((values, needs, *gradients))
        ours, theirs = sides
        self._same(ours[0], theirs[0], "result")
        assert ours[1] == theirs[1], f"requires_grad {ours[1]}, PyTorch: {theirs[1]}"
        if theirs[2] is not None:
            self._same_gradients(ours[2], theirs[2], "gradient")
        if ours[3] is not None and theirs[3] is not None:
            self._same_gradients(ours[3], theirs[3], "second gradient")
        if ("inplace name" if inplace else "name") not in self.case.differs:
            assert ours[4] == theirs[4], f"graph name {ours[4]}, PyTorch: {theirs[4]}"

    def inplace(self) -> None:
        """The in-place form: value, gradient, graph name."""
        if self.theirs.inplace(self.case) is None:
            return
        self._derivatives(self.case.calls[0], second=False, inplace=True)

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
                gradients = self.gradients(engine, [result], tensors, second=False)
                sides.append(([(engine.values(result), engine.dtype_name(result))], gradients))
            (ours, gradients), (theirs, expected) = sides
            self._same(ours, theirs, dunder)
            if expected[0] is not None:
                self._same_gradients(gradients[0], expected[0], dunder)
            assert gradients[2] == expected[2], f"{dunder}: {gradients[2]}, PyTorch: {expected[2]}"

    def saves(self) -> None:
        """An edit in place of an operand or a result breaks backward where it does in PyTorch."""
        call = self.case.calls[0]
        ours, theirs = self.broken(self.ours, call), self.broken(self.theirs, call)
        if theirs is None:
            return
        assert ours == theirs, f"operands then results, broken by an edit: {ours}, PyTorch {theirs}"

    def jit(self) -> None:
        """The first call and its gradient, traced whole into one program, give the same."""
        call = self.case.calls[0]
        engine = self.ours

        def whole(*arrays: Any) -> list[Any]:
            leaves = []
            for array, operand in zip(arrays, call.operands(), strict=True):
                leaves.append(engine.tensor(array, operand.grad and array.dtype.kind in "fcV"))
            args, kwargs = engine.arguments(call, leaves)
            results = _tuple(engine.function(self.case)(*args, **kwargs))
            outputs = [r for r in results if r.requires_grad]
            inputs = [t for t in leaves if t.requires_grad]
            gradients = ()
            if outputs:
                gradients = engine.grad(outputs, inputs, [engine.ones(r) for r in outputs])
            return [t._read() for t in (*results, *gradients) if t is not None]

        arrays = self.arrays(call, self.case.main)
        for a, b in zip(engine.jitted(whole, arrays), engine.eager(whole, arrays), strict=True):
            assert (a.dtype, a.shape) == (b.dtype, b.shape)
            assert_close(a, b, a.dtype.name, self.case.tolerance, "jit")

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
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            if a is None or b is None:  # no gradient and a gradient of zeros mean the same
                present = self.ours.values(a) if b is None and a is not None else None
                present = self.theirs.values(b) if a is None and b is not None else present
                assert present is None or not present.any(), f"{what} {i} is missing on one side"
                continue
            mine = (self.ours.values(a), self.ours.dtype_name(a))
            oracle = (self.theirs.values(b), self.theirs.dtype_name(b))
            self._same([mine], [oracle], f"{what} {i}")


@contextmanager
def quiet() -> Iterator[None]:
    """Without the advice that PyTorch gives about some arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


PAPERS = ("dtypes", "derivatives", "kinks", "inplace", "operators", "saves", "jit", "refused")
_BINARY = "add sub mul truediv floordiv mod pow and or xor lshift rshift matmul".split()
REFLECTED = frozenset(f"__r{name}__" for name in _BINARY)
AUGMENTED = frozenset(f"__i{name}__" for name in _BINARY)


def _refuses(error: RuntimeError) -> bool:
    """Whether PyTorch says that it has no derivative (ours then is that of a step, 0)."""
    return "derivative" in str(error) and "not implemented" in str(error)


def _tuple(value: Any) -> tuple:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _random(rng: np.random.Generator, like: np.ndarray) -> np.ndarray:
    values = rng.normal(size=like.shape)
    if like.dtype.kind == "c":
        values = values + 1j * rng.normal(size=like.shape)
    return values.astype(like.dtype)
