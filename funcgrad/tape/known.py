"""A backward pass whose program is known, as straight code.

To find the program of a pass (`whole`), a graph is walked, a key is made of what is found, and all
that was saved is looked through: that takes longer than to run the program. What the graph has to
be like for one program is known, so it is written down as the lines of a function, as is what is
taken out of it. The function gives up where anything is not as it should be, before it has done
anything, and the long way is taken.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import jax

from ..ops import FLOAT, Pullback, kind
from . import anomaly, forward
from .calls import translated
from .graph import AccumulateGrad, _detached
from .nodes import OpNode
from .passes import Pass
from .saved import KEPT
from .storage import PLAIN
from .tensor import filled, made
from .wide import wide
from .written import written

if TYPE_CHECKING:
    from .tensor import Tensor

# Says that a pass is another one.
MISS = object()

_TRIED = 4  # programs for passes that begin alike
_functions: dict[Pullback, list[Callable[..., Any]]] = {}  # by the pullback of the root


def run(result: "Tensor", gradient: Any, keep: bool) -> bool:
    """Run the pass from a tensor to the leaves, if its program is known.

    Args:
        result: the tensor.
        gradient: the tensor that arrives there; None for a scalar.
        keep: leave what the nodes saved, for another pass.
    """
    root: Any = result._node
    if not isinstance(root, OpNode) or result._steps or result._base_tensor is not None:
        return False
    functions = _functions.get(root.pullback)
    if functions is None or forward.state.level is not None or anomaly.state.enabled or _detached:
        return False
    i, array = result._output_nr, result._cell.array
    shape, dtype = array.shape, array.dtype
    if (shape, dtype) != (root.avals[i].shape, root.avals[i].dtype):
        return False  # other memory was given to it
    if gradient is None:
        if array.size != 1 or kind(dtype) != FLOAT:
            return False
        cell, start = None, filled(shape, dtype, 1)
    else:
        cell, start = gradient._cell, gradient._read()
        if (start.shape, start.dtype) != (shape, dtype):
            return False
    for function in functions:
        if function(root, i, start, cell, keep) is not MISS:
            if function is not functions[0]:
                rest = [other for other in functions if other is not function]
                _functions[root.pullback] = [function, *rest]
            return True
    return False


def learn(whole: Pass, nodes: Sequence[Any], call: Callable[..., Any]) -> bool:
    """Write down a pass that has just run as a program; whether that can be.

    Args:
        whole: the pass.
        nodes: its nodes, in the order of the pass's numbers.
        call: the program.
    """
    root = nodes[0]
    if not isinstance(root, OpNode) or any(map(_is_odd, nodes)):
        return False
    code = _Code(whole, nodes, {"call": call, **_SPACE})
    function = written("known", "n0, i, start, cell, keep", code.lines(), code.space)
    _functions[root.pullback] = [function, *_functions.get(root.pullback, ())][:_TRIED]
    return True


def forget() -> None:
    """Know no program any more."""
    _functions.clear()


def _is_odd(node: Any) -> bool:
    """Whether a node has what the code does not speak of."""
    return isinstance(node, OpNode) and type(node.saved) is not tuple


_SPACE = {
    "MISS": MISS, "OpNode": OpNode, "AccumulateGrad": AccumulateGrad, "made": made, "wide": wide,
    "Single": jax.sharding.SingleDeviceSharding, "translated": translated, "PLAIN": PLAIN,
}  # fmt: skip


class _Code:
    """The lines for a pass.

    `n` and a number is a node, `v` the tensor of a leaf, `g` its gradient, `c` and `k` that one's
    cell and counter, `a` the array in the cell; `s` and the numbers of a node and of a value is
    what was saved, `r` and the number of a leaf its new gradient.

    Attributes:
        space: what the names stand for.
    """

    def __init__(self, whole: Pass, nodes: Sequence[Any], space: dict[str, Any]) -> None:
        self._whole, self._nodes, self._parts, self.space = whole, nodes, whole.parts, space
        self._leaves = [n for n, part in enumerate(self._parts) if part.pullback is None]
        self._inner = [n for n, part in enumerate(self._parts) if part.pullback is not None]
        self._present = [n for n in self._leaves if self._parts[n].present]

    def lines(self) -> Iterator[str]:
        yield "try:"
        yield from (f"    {line}" for line in self._conditions())
        yield "except (AttributeError, TypeError, ValueError): return MISS"
        yield from self._acts()

    def _conditions(self) -> Iterator[str]:
        yield from self._require(
            f"i == {self._whole.roots[0][1]}",
            "type(start) in PLAIN and type(start.sharding) is Single",
        )
        bound = {0}
        for n in range(len(self._parts)):  # they are numbered as they are met
            yield from self._leaf(n) if n in self._leaves else self._operation(n, bound)
        for alike in (self._leaves, self._inner):
            if len(alike) > 1:
                yield from self._require(f"len({{{_each('n{}', alike)}}}) == {len(alike)}")
        order = sorted(self._inner, key=lambda n: self._parts[n].sequence)
        if len(order) > 1:
            yield from self._require(" < ".join(f"n{n}.sequence" for n in order))
        if self._present:
            yield f"touched = {{{_each('c{}', self._present)}, {_each('k{}', self._present)}}}"
            yield from self._require(
                f"len(touched) == {2 * len(self._present)} and cell not in touched"
            )
        for n in self._inner:
            yield from self._values(n)

    def _require(self, *conditions: str) -> Iterator[str]:
        for condition in conditions:
            yield f"if not ({condition}): return MISS"

    def _name(self, thing: Any, name: str) -> str:
        self.space[name] = thing
        return name

    def _operation(self, n: int, bound: set[int]) -> Iterator[str]:
        part = self._parts[n]
        pullback, places = self._name(part.pullback, f"P{n}"), self._name(part.positions, f"Q{n}")
        yield from self._require(
            f"isinstance(n{n}, OpNode) and n{n}.pullback is {pullback}",
            f"n{n}.extras is None and n{n}.positions == {places}",
        )
        yield f"{''.join(f'e{k}, ' for k in range(len(part.edges)))}= n{n}.edges"
        for k, edge in enumerate(part.edges):
            if edge is None:
                yield from self._require(f"e{k} is None")
            elif edge[0] in bound:
                yield from self._require(f"e{k}[0] is n{edge[0]} and e{k}[1] == {edge[1]}")
            else:
                bound.add(edge[0])
                yield f"n{edge[0]}, at = e{k}"
                yield from self._require(f"at == {edge[1]}")

    def _leaf(self, n: int) -> Iterator[str]:
        aval = self._name(self._parts[n].avals[0], f"A{n}")
        yield from self._require(f"type(n{n}) is AccumulateGrad and n{n}.extras is None")
        yield f"v{n} = n{n}.variable"
        yield f"g{n} = v{n}._grad"
        yield from self._require(
            f"not v{n}._post_hooks and v{n}._leaf_requires and not v{n}._steps",
            f"n{n}.avals[0] is {aval} or n{n}.avals[0] == {aval}",
            f"v{n}._cell.array.shape == {aval}.shape",  # else it was turned in place since
        )
        if n not in self._present:
            yield from self._require(f"g{n} is None")
            return
        yield from self._require(
            f"not g{n}._steps and g{n}._base_tensor is None and not g{n}._inference",
            f"g{n}._node is None and not g{n}._leaf_requires",
        )
        yield f"c{n}, k{n} = g{n}._cell, g{n}._counter"
        yield f"a{n} = c{n}.array"
        yield from self._require(
            f"type(a{n}) in PLAIN and type(a{n}.sharding) is Single",
            f"a{n}.aval is {aval} or a{n}.aval == {aval}",
        )

    def _saved(self, n: int) -> list[str]:
        return [f"s{n}_{k}" for k in range(len(self._nodes[n].saved) // KEPT)]

    def _read(self, n: int) -> list[str]:
        node, saved = self._nodes[n], self._saved(n)
        names = [saved[k] for k in node.pullback.saving.read] if saved else []
        return [*names, f"*n{n}.residuals"] if node.residuals else names

    def _values(self, n: int) -> Iterator[str]:
        yield from self._require(f"type(n{n}.saved) is tuple")
        saved = self._saved(n)
        if not saved:
            yield from self._require(f"not n{n}.saved")
            return
        # Of each value what `saved.kept_of` gives.
        yield (
            "".join(
                f"{name}, cell{k}, writes{k}, steps{k}, counter{k}, version{k}, holder{k}, "
                for k, name in enumerate(saved)
            )
            + f"= n{n}.saved"
        )
        saves = self._nodes[n].pullback.saving
        for k in saves.checked:
            if k in saves.read:
                yield from self._require(f"type({saved[k]}.sharding) is Single")
            same = f"counter{k}.value == version{k}"
            if self._present:
                same += f" and counter{k} not in touched and cell{k} not in touched"
            yield from self._require(f"counter{k} is None or {same}")
            yield f"if cell{k} is not None:"
            yield from (f"    {line}" for line in self._require(f"cell{k}.writes == writes{k}"))
            yield f"    t = holder{k}()"
            where = f"t._cell is cell{k} and t._steps is steps{k}"
            yield from (f"    {line}" for line in self._require(f"t is None or ({where})"))

    def _acts(self) -> Iterator[str]:
        reads = ", ".join(f"[{', '.join(self._read(n))}]" for n in self._inner)
        yield "try:"
        yield f"    found = wide(call, ([start], [{reads}], [{_each('a{}', self._present)}]))"
        yield "except ValueError as error: raise translated(error) from None"
        yield "if not keep:"
        yield "    pass"
        for n in self._inner:
            if self._nodes[n].released:
                yield f"    n{n}.saved, n{n}.residuals = [None, {{}}], ()"
        leaves = [number for number, _ in self._whole.found]
        yield f"{''.join(f'r{n}, ' for n in leaves) or '()'} = found"
        for n in leaves:
            if n in self._present:
                yield f"c{n}.array = r{n}; c{n}.writes += 1; k{n}.value += 1"
            else:
                yield f"v{n}._grad = made(r{n})"


def _each(form: str, numbers: Sequence[int]) -> str:
    return ", ".join(form.format(n) for n in numbers)
