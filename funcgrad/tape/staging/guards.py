"""What must be as it was in the trace for a program to be the right one."""

import itertools
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from .. import changes, dtypes
from ..storage import Steps, extras_of, view_kind
from ..strides import strides_of
from ..tensor import Tensor
from .code import Code
from .ending import Ending
from .places import Argument, Held, Place, Places
from .sources import Sources
from .unchanged import Unchanged, is_noted
from .watch import Watch

_PAIRS = 5  # cells of which each two are compared, which takes less than a set of them


def signature(leaf: Any) -> Any:
    """What the programs that fit a leaf of the arguments have in common."""
    if isinstance(leaf, Tensor):
        array = leaf._read()
        return type(leaf), array.shape, array.dtype, *_facts(leaf)
    kind = type(leaf)
    if kind in (int, float):
        return kind
    if kind in _PLAIN or leaf is None:
        return kind, leaf
    return kind, id(leaf)


_PLAIN = frozenset({bool, str, bytes, complex, dtypes.DType})


def _facts(tensor: Tensor) -> tuple[bool, ...]:
    return (
        bool(tensor._leaf_requires), tensor._node is not None, tensor._inference,
        tensor._base_tensor is not None and tensor.requires_grad,
    )  # fmt: skip


def _has_facts(tensor: str, facts: tuple[bool, ...]) -> str:
    """The condition that a tensor has these facts."""
    requires, node, inference, follows = facts
    return (
        f"{'' if requires else 'not '}{tensor}._leaf_requires "
        f"and {tensor}._node is {'not ' if node else ''}None "
        f"and {'' if inference else 'not '}{tensor}._inference "
        f"and {'' if follows else 'not '}"
        f"({tensor}._base_tensor is not None and {tensor}.requires_grad)"
    )


class Guards:
    """The conditions of a program.

    Args:
        watch: the trace, before what it changed was put back.
        places: of what was met.
        leaves: of the arguments.
        sources: what the function's code looked at.
        ending: what it left behind.
    """

    def __init__(
        self,
        watch: Watch,
        places: Places,
        leaves: Sequence[Any],
        sources: Sources,
        ending: Ending,
    ) -> None:
        self._sources = sources.all()
        self._memory = _memory(leaves, ending)
        self._conditions = list(watch.conditions)
        self._entries = list(watch.entries)
        self._gradients: list[tuple[Place, bool]] = [
            (places.of(owner), gradient is None) for owner, gradient in watch.gradients.values()
        ]
        self._leaves = leaves
        self._held: list[Tensor] = []
        self._views: list[tuple[Place, Steps]] = []
        self._laid = [(places.of(view), strides_of(view)) for view in watch.laid.values()]
        states = {id(value) for _, _, value in watch.entries}
        for met in watch.met:
            if met.tensor is None or met.cell is None:
                continue
            place = places.of(met.tensor)
            # (An optimizer reads its state where nothing is recorded.)
            if isinstance(place, Held) and id(met.tensor) not in states:
                self._held.append(met.tensor)
            if met.tensor._steps or met.written:
                self._views.append((place, met.tensor._steps))

    def write(self, code: Code, checked: Collection[int], more: int = 0) -> None:
        """Write down all conditions, after what the trace changed was put back.

        Args:
            code: of a function of `leaves`, those of the arguments.
            checked: numbers of the leaves at whose shape and dtype the compiled program looks.
            more: how many leaves there are beside the arguments.
        """
        self._write_unchanged(code)
        count = len(self._leaves) + more
        code.require(f"len(leaves) == {count}", "there are more arguments, or fewer")
        for i, leaf in enumerate(self._leaves):
            _write_leaf(code, f"leaves[{i}]", leaf, i in checked)
        for source in self._sources:
            if is_noted(source):
                continue
            code.require(source.condition(code), f"`{source.key}` has changed")
        for tensor in self._held:
            condition = _has_facts(code.bind(tensor), _facts(tensor))
            code.require(condition, "a tensor requires grad that did not, or does not that did")
        for place, missing in self._gradients:
            gradient = code.local(f"{place.code(code)}._grad")
            words = "a `.grad` is None that was not, or is not that was"
            code.require(f"{gradient} is {'' if missing else 'not '}None", words)
        for place, steps in self._views:
            now, words = f"{place.code(code)}._steps", "a tensor is another view of its memory"
            same = f"{code.bind(_same_steps)}({now}, {code.bind(steps)})"
            code.require(same if steps else f"not {now}", words)
        for place, lies in self._laid:
            same = f"{code.bind(strides_of)}({place.code(code)}) == {code.bind(lies)}"
            code.require(same, "a tensor lies in memory in another way")
        for held, key, value in self._entries:
            same = f"{code.bind(held)}.get({code.bind(key)}) is {code.bind(value)}"
            code.require(same, "the state of an optimizer is another")
        for read, outcome in self._conditions:
            found = read(code)
            same = f"{code.bind(_same)}({found}, {code.bind(outcome)})"
            code.require(
                f"{found} is {outcome}" if type(outcome) is bool else same,
                f"a number is not {outcome!r}",
            )
        self._write_memory(code)

    def _write_unchanged(self, code: Code) -> None:
        unchanged = Unchanged([source for source in self._sources if is_noted(source)])
        known, here, everywhere = map(code.bind, (unchanged, changes.here, changes.everywhere))
        same = f"{known}.here is {here}.token and {known}.everywhere is {everywhere}.token"
        code.require(f"{same} or {known}.is_so()", f"{known}.why()", written=True)

    def _write_memory(self, code: Code) -> None:
        """Those that shared memory must still do, and no others."""
        tensors = [place.code(code) for place in self._memory]
        cells, words = [f"{tensor}._cell" for tensor in tensors], "other tensors share memory"
        pattern = _pattern([place.tensor(self._leaves)._cell for place in self._memory])
        if len(cells) < 2:
            return
        if len(set(pattern)) == len(cells) <= _PAIRS:
            names = [code.local(cell) for cell in cells]
            pairs = (f"{one} is not {other}" for one, other in itertools.combinations(names, 2))
            code.require(" and ".join(pairs), words)
        elif len(set(pattern)) == len(cells):
            code.require(f"len({{{', '.join(cells)}}}) == {len(cells)}", words)
        else:
            found = f"{code.bind(_pattern)}([{', '.join(cells)}])"
            code.require(f"{found} == {code.bind(pattern)}", words)


def _write_leaf(code: Code, name: str, leaf: Any, checked: bool) -> None:
    """The conditions that an argument has the signature that it had."""
    kind, words = type(leaf), "an argument is of another kind"
    leaf_code = code.local(name)
    same = f"type({leaf_code}) is {code.bind(kind)}"
    if isinstance(leaf, Tensor):
        code.require(f"{same} and {_has_facts(leaf_code, _facts(leaf))}", words)
        if not checked:
            array, now = leaf._read(), code.local(f"{leaf_code}._read()")
            shape, dtype = code.bind(array.shape), code.bind(array.dtype)
            code.require(f"{now}.shape == {shape} and {now}.dtype == {dtype}", words)
    elif kind in (int, float):
        code.require(same, words)
    elif kind in _PLAIN:
        code.require(f"{same} and {leaf_code} == {code.bind(leaf)}", words)
    else:
        code.require(f"{leaf_code} is {code.bind(leaf)}", words)


def _memory(leaves: Sequence[Any], ending: Ending) -> list[Place]:
    """Places of tensors that must share memory, or not, as in the trace: where some is edited."""
    written = [write.place for write in ending.writes]
    arguments: list[Place] = [
        Argument(i) for i, leaf in enumerate(leaves) if isinstance(leaf, Tensor)
    ]
    apart = [place for place in written if not isinstance(place, Argument)]
    return [*arguments, *apart] if written and (arguments or len(apart) > 1) else []


def _pattern(cells: Sequence[Any]) -> list[int]:
    """Which of some cells are the same: for each the number of the first that it is."""
    seen: dict[int, int] = {}
    return [seen.setdefault(id(cell), i) for i, cell in enumerate(cells)]


def _same_steps(one: Steps, other: Steps) -> bool:
    if one is other:
        return True
    return view_kind(one) == view_kind(other) and all(
        a is b or np.array_equal(a, b)
        for a, b in zip(extras_of(one), extras_of(other), strict=True)
    )


def _same(one: Any, other: Any) -> bool:
    """Whether two numbers are the same: 0.0 is not -0.0, a NaN is a NaN."""
    if type(one) is not type(other):
        return False
    return repr(one) == repr(other) if one != one or one == 0 else bool(one == other)
