"""A step that is called many times, as one compiled loop."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .. import dtypes
from ..tensor import Tensor, wrap
from . import guards, unchanged
from .code import MISS
from .looped import Looped, index
from .program import Program
from .refusals import Untraceable, explained
from .traced import Traced
from .trees import Rebuild, flatten
from .watching import active

_PEELED = 3  # first steps after which it must go on as it is


class _Piece(NamedTuple):
    """What the steps from `first` to before `end` gave back, in rows of all steps.

    A step that was made by itself gives back no rows, but what it gives back.
    """

    first: int
    end: int
    result: Any
    has_rows: bool


class _Loop(NamedTuple):
    """A compiled loop.

    Attributes:
        program: the loop.
        numbers: what the host does at each step, if that is anything.
        more: how many leaves a call gets beside the arguments.
    """

    program: Program
    numbers: Callable[[Sequence[Any]], Any] | None
    more: int


class _Last(NamedTuple):
    """The loop that ran last, to be tried first.

    Attributes:
        call: of its leaves.
        kinds: shape and dtype of each leaf that has rows.
        steps: how many it makes.
        bounds: the leaves after those.
    """

    call: Callable[[Sequence[Any]], Any]
    kinds: list[tuple[Any, Any]]
    steps: int
    bounds: tuple[Any, ...]


class Scan:
    """Calls a step for each row of its arguments, and keeps the loops.

    It does not keep the step itself, which may keep this.

    Args:
        name: of its programs.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.loops: dict[Any, list[_Loop]] = {}
        self.peels: dict[Any, list[Program]] = {}
        self._last: _Last | None = None

    def again(self, given: tuple[Any, ...], length: int | None) -> Any:
        """Do what was done last, if it is asked for; else give `MISS`.

        Args:
            given: what has rows, if it is a tuple of tensors.
            length: how many steps, if that is said.
        """
        last = self._last
        if last is None or len(given) != len(last.kinds):
            return MISS
        if length is not None and length != last.steps:
            return MISS
        for tensor, (shape, dtype) in zip(given, last.kinds, strict=True):
            if type(tensor) is not Tensor or tensor.requires_grad:
                return MISS
            array = tensor._read()
            if array.shape != shape or array.dtype != dtype:
                return MISS
        return last.call((*given, *last.bounds))

    def __call__(
        self,
        function: Callable[..., Any],
        structure: Any,
        rebuild: Rebuild,
        stacked: Sequence[Tensor],
        steps: int,
    ) -> Any:
        """Make some steps.

        Args:
            function: the step.
            structure, rebuild: of (arguments, keyword arguments), as `flatten` tells them.
            stacked: the leaves, with an axis of steps before.
            steps: how many.

        Returns:
            The result of a step, whose tensors have an axis of steps before.

        Raises:
            Untraceable: no loop can be made of it.
        """
        if active() is not None or not unchanged.can_stage() or any(map(_is_traced, stacked)):
            rows = ([_row(leaf, i) for leaf in stacked] for i in range(steps))
            called = (rebuild(iter(row)) for row in rows)
            return _joined([
                _Piece(i, i + 1, function(*args, **kwargs), has_rows=False)
                for i, (args, kwargs) in enumerate(called)
            ])  # fmt: skip
        try:
            pieces = list(self._pieces(function, structure, rebuild, stacked, steps))
        except Exception as error:
            refused = explained(error)
            if refused is None:
                raise
            raise refused from None
        if len(pieces) > 1 or not pieces[0].has_rows:
            return _joined(pieces)
        loop = self.loops[self._key(structure, stacked, steps)][0]
        self._last = None
        if loop.numbers is None and structure[1] == (tuple, *[None] * len(stacked)):
            kinds = [(leaf._read().shape, leaf._read().dtype) for leaf in stacked]
            self._last = _Last(loop.program.call, kinds, steps, (index(0), index(steps), steps))
        return pieces[0].result

    def _key(self, structure: Any, stacked: Sequence[Tensor], steps: int) -> Any:
        return (structure, steps, unchanged.settings(), *map(guards.signature, stacked))

    def _pieces(
        self,
        function: Callable[..., Any],
        structure: Any,
        rebuild: Rebuild,
        stacked: Sequence[Tensor],
        steps: int,
    ) -> Iterator[_Piece]:
        key = self._key(structure, stacked, steps)
        loops, peels = self.loops.setdefault(key, []), self.peels.setdefault(key, [])
        at = peeled = 0
        while at < steps:
            piece = next((p for loop in loops if (p := _run(loop, stacked, at, steps))), None)
            if piece is None:
                row = [_row(leaf, at) for leaf in stacked]
                piece = next((p for peel in peels if (p := _peel(peel, row, at))), None)
            if piece is None:
                traced = Traced(function, self.name, rebuild, row, stacks=True)
                if traced.steady:
                    looped = Looped(traced, [leaf._read() for leaf in stacked], steps)
                    loops.insert(0, _Loop(Program(looped), looped.numbers, looped.more))
                    piece = _run(loops[0], stacked, at, steps, is_first=True)
                else:
                    peels.insert(0, Program(traced))
                    piece = _Piece(at, at + 1, peels[0].first(row), has_rows=False)
            assert piece is not None
            peeled += not piece.has_rows
            if peeled > _PEELED:
                raise Untraceable(
                    "leaves `.grad` None where it was not, or a tensor with other properties, at "
                    "each step", "leave them as they were, or call the step in a Python loop",
                )  # fmt: skip
            yield piece
            at = piece.end


def _run(
    loop: _Loop, stacked: Sequence[Tensor], at: int, steps: int, is_first: bool = False
) -> _Piece | None:
    """Run a loop from a step on, if it is one for this."""
    leaves: list[Any] = [*stacked]
    end, (program, numbers, more) = steps, loop
    if numbers is not None:
        rows = []
        asked = [*stacked, *[None] * more]
        for t in range(at, steps):
            if (t > at or not is_first) and program.why(asked) is not None:
                end = t
                break
            rows.append(numbers(leaves))
        if end == at:
            return None
        leaves += [_placed(column, at, steps) for column in zip(*rows, strict=True)]
    leaves += [index(at), index(end), end - at]
    result = program.first(leaves) if is_first or numbers else program.call(leaves)
    return None if result is MISS else _Piece(at, end, result, has_rows=True)


def _placed(column: Sequence[Any], at: int, steps: int) -> np.ndarray:
    """Numbers of some steps among rows of all."""
    found = np.stack([np.asarray(number) for number in column])
    placed = np.zeros((steps, *found.shape[1:]), found.dtype)
    placed[at : at + len(found)] = found
    return placed


def _peel(program: Program, row: Sequence[Tensor], at: int) -> _Piece | None:
    result = program.call(row)
    return None if result is MISS else _Piece(at, at + 1, result, has_rows=False)


def _is_traced(leaf: Tensor) -> bool:
    return isinstance(leaf._read(), jax.core.Tracer)


def _row(leaf: Tensor, i: int) -> Tensor:
    with jax.enable_x64(True):
        return wrap(leaf._read()[i])


def _joined(pieces: Sequence[_Piece]) -> Any:
    """The rows of several pieces together."""
    trees: list[list[Any]] = [[] for _ in pieces]
    keys = [flatten(piece.result, leaves) for piece, leaves in zip(pieces, trees, strict=True)]
    if any(key != keys[0][0] for key, _ in keys):
        raise Untraceable("gives back another structure in a later step", "give back one")
    joined = [_join(pieces, leaves) for leaves in zip(*trees, strict=True)]
    return keys[0][1](iter(joined))


def _join(pieces: Sequence[_Piece], leaves: Sequence[Any]) -> Any:
    if type(leaves[0]) in (bool, int, float):  # of steps that were called as they are
        return wrap(np.array(leaves, dtypes.of(type(leaves[0])).numpy))
    if not isinstance(leaves[0], Tensor):
        return leaves[-1]
    with jax.enable_x64(True):
        return wrap(jnp.concatenate([
            leaf._read()[piece.first : piece.end] if piece.has_rows else leaf._read()[None]
            for piece, leaf in zip(pieces, leaves, strict=True)
        ]))  # fmt: skip
