"""The examination that every row of the table sits, against real PyTorch.

Each paper runs the same steps on both engines and compares what comes out: values, dtypes and
shapes; first and second gradients; kinks; names in the graph; what an edit in place breaks; the
compiled form. Where PyTorch raises, so must we.
"""

from typing import Any

from .steps import Answer, Steps
from .table import Call
from .tolerances import assert_close


class Exam(Steps):
    """The papers of one case."""

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
        """Value, graph name and gradient of the first call."""
        self._eager(self.case.calls[0])

    def kinks(self) -> None:
        """The same where the derivative is a convention; kinks that are calls are traced."""
        for call in self.case.kink_calls():
            self._eager(call)

    def inplace(self) -> None:
        """The in-place form: value, gradient, graph name."""
        if self.theirs.inplace(self.case) is not None:
            self._eager(self.case.calls[0], inplace=True)

    def traced(self) -> None:
        """Every call and gradient, and second gradients of the first call, in one program."""
        calls = [*self.case.calls, *(k for k in self.case.kinks if isinstance(k, Call))]
        found = self.together(calls)
        if "derivatives" in self.case.differs:
            return  # it traces; what is free in the results is free in their gradients too
        for n, (call, ours) in enumerate(zip(calls, found, strict=True)):
            second = n == 0 and "second" not in self.case.differs
            theirs = self.answer(self.theirs, call, second=second)
            what = f"call {n}, " if len(calls) > 1 else ""
            self._compare(ours, theirs, what, "name" not in self.case.differs)
            if second:
                self._same_gradients(ours.second, theirs.second, "second gradient")

    def _eager(self, call: Call, inplace: bool = False) -> None:
        ours, theirs = (self.answer(e, call, inplace) for e in (self.ours, self.theirs))
        named = ("inplace name" if inplace else "name") not in self.case.differs
        self._compare(ours, theirs, "", named)
        self._alike(self.answer(self.ours, call, inplace), ours)

    def _alike(self, again: Answer, ours: Answer) -> None:
        """What has come before takes a short way, with the same answer to the bit."""
        assert (again.needs, again.names) == (ours.needs, ours.names)
        for what in ("results", "first"):
            pairs = zip(getattr(again, what) or (), getattr(ours, what) or (), strict=True)
            for new, old in pairs:
                assert (new is None) == (old is None), f"{what}: {new}, at first {old}"
                if new is not None:
                    same = new[1] == old[1] and new[0].tobytes() == old[0].tobytes()
                    assert same, f"{what}: {new}, at first {old}"

    def _compare(self, ours: Answer, theirs: Answer, what: str, named: bool) -> None:
        self._same(ours.results, theirs.results, f"{what}result")
        assert ours.needs == theirs.needs, (
            f"{what}requires_grad {ours.needs}, PyTorch: {theirs.needs}"
        )
        self._same_gradients(ours.first, theirs.first, f"{what}gradient")
        if named:
            assert ours.names == theirs.names, f"{what}{ours.names}, PyTorch: {theirs.names}"

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
        assert self.broken(self.ours, call) == ours, "broken by an edit when it comes again"

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


PAPERS = ("dtypes", "derivatives", "kinks", "inplace", "operators", "saves", "traced", "refused")
_BINARY = "add sub mul truediv floordiv mod pow and or xor lshift rshift matmul".split()
REFLECTED = frozenset(f"__r{name}__" for name in _BINARY)
AUGMENTED = frozenset(f"__i{name}__" for name in _BINARY)
