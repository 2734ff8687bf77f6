"""What a call does: it reads operands at their places, runs the program, and puts the results."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from .behind import CompiledNode, Version
from .code import Code
from .donating import giving
from .ending import Changed
from .met import Met
from .pack import Parts, ticks
from .packed import PackMet, is_same
from .places import Places
from .recipes import Building
from .results import Results
from .spent import SpentNode
from .traced import Traced
from .trees import written

Array = jax.Array


def write_call(
    traced: Traced, results: Results, run: Callable[..., Any], donated: Mapping[int, int]
) -> Code:
    """The code of a call.

    Args:
        traced: the function.
        results: which of its results are computed.
        run: the compiled program.
        donated: numbers of the operands that it overwrites, and of the results they become.
    """
    code, ending = Code(), traced.ending
    operands, arrays = _write_run(code, traced, results, run, donated)
    node = _write_node(code, traced, operands, arrays)
    call = Building(code, arrays, node, _write_parts(code, traced, arrays))
    for place, number, writes in ending.writes:
        cell = code.local(f"{place.code(code)}._cell")
        code.add(f"{cell}.array = {arrays[number]}")
        code.add(f"{cell}.writes += {writes}")
    for place, by in ending.raised:
        code.add(f"{place.code(code)}._counter.value += {by}")
    returned = [recipe.write(call) for recipe in ending.results]
    for changed in ending.changed:
        _write_change(code, changed, call)
    for name in call.views:
        code.add(f"{name}._node_version = {name}._counter.value")
    values = [code.local(option.read(code)) for option in traced.options]
    for option, value in zip(traced.options, values, strict=True):
        code.add(f"{code.bind(option.group)}[{option.key!r}] = {value}")
    code.add(f"return {written(ending.tree, iter(returned), code)}")
    return code


def _write_run(
    code: Code,
    traced: Traced,
    results: Results,
    run: Callable[..., Any],
    donated: Mapping[int, int],
) -> tuple[list[str], dict[int, str]]:
    """Write conditions, operands and the call of the program.

    Returns:
        Expressions for the operands, and for the results.
    """
    draws = bool(traced.acts) or any(met.always for met in traced.operands)
    checked = traced.checked(bool(results.computed) and not draws)
    traced.guards.write(code, checked, traced.more)
    packs = [met for met in traced.operands if isinstance(met, PackMet)]
    for met in packs:
        code.require(f"not {code.bind(met.pack)}.is_read_often", "its state is read at each call")
    for known, value in traced.known:
        now, left = code.local(_reading(code, known, traced.places)), code.bind(value)
        same = f"{now} is {left} or {code.bind(is_same)}({now}, {left})"
        code.require(same, "a tensor that each call leaves the same was edited")
    for pair in traced.twins:
        one, other = (code.local(_reading(code, met, traced.places)) for met in pair)
        same = f"{one} is {other} or {code.bind(is_same)}({one}, {other})"
        code.require(same, "tensors that were the same differ")
    tensors = [m for m in traced.operands if m.read is None and not isinstance(m, PackMet)]
    reads = {id(met): _reading(code, met, traced.places) for met in tensors}
    if draws:  # nothing may be drawn, or done, for a call that is another program's
        for met in tensors:
            array, shape, dtype = code.local(reads[id(met)]), *map(code.bind, _kind(met.array))
            same = f"{array}.shape == {shape} and {array}.dtype == {dtype}"
            code.require(same, "an operand has another shape or dtype")
    code.begin()
    for met in packs:
        _write_pack(code, met)
        reads[id(met)] = f"{code.bind(met.pack)}.array"
    operands = [code.local(reads.get(id(met)) or _number(code, met)) for met in traced.operands]
    for write in traced.acts:
        write(code)
    given = [
        giving(code, v) if i in donated and i >= len(packs) else v for i, v in enumerate(operands)
    ]
    names = {i: f"r{n}" for n, i in enumerate(results.computed)}
    if names:
        # The host's 64-bit arrays stay so only where JAX has such types.
        wide = any(met.always and met.array.dtype.itemsize > 4 for met in traced.operands)
        found = "".join(f"{name}, " for name in names.values())
        called = f"{found}= {code.bind(run)}({', '.join(given)})"
        with_wide = f"with {code.bind(jax.enable_x64)}(True): {called}"
        code.add(with_wide if wide else called, refuses=True)
    names |= {i: operands[number] for i, number in results.forwarded.items()}
    names |= {i: code.bind(array) for i, array in results.constants.items()}
    names |= {i: names[other] for i, other in results.same.items()}
    for met in packs:
        number = donated[traced.operands.index(met)]
        _write_packed(code, met, names[number])
    return operands, names


def _kind(array: Array) -> tuple[tuple[int, ...], Any]:
    return array.shape, array.dtype


def _write_parts(code: Code, traced: Traced, arrays: Mapping[int, str]) -> dict[int, str]:
    """Expressions for what fills new cells whose arrays are parts of another."""
    return {
        number: f"({code.local(f'{code.bind(Parts)}({arrays[whole]}, {code.bind(shapes)})')}, {i})"
        for number, (whole, i, shapes) in traced.parts.items()
    }


def _write_pack(code: Code, met: PackMet) -> None:
    """See that a pack is up to date."""
    pack = code.bind(met.pack)
    cells = [code.local(f"{code.bind(tensor)}._cell") for tensor in met.tensors]
    same = " == ".join([*(f"{cell}.writes" for cell in cells), f"{pack}.tick"])
    code.add(f"if not ({same}): {pack}.gather({', '.join(cells)})")


def _write_packed(code: Code, met: PackMet, array: str) -> None:
    """Put what a program has made of a pack."""
    pack = code.bind(met.pack)
    cells = [code.local(f"{code.bind(tensor)}._cell") for tensor in met.tensors]
    code.add(f"if {pack}.is_spread: {pack}.clear()")
    code.add(f"{pack}.array = {array}")
    code.add(f"{pack}.calls += 1")
    written = "".join(f"{cell}.writes = " for cell in cells)
    code.add(f"{written}{pack}.tick = {code.bind(next)}({code.bind(ticks)})")


def _number(code: Code, met: Met) -> str:
    """An expression for an operand that is the host's."""
    assert met.read is not None
    found = met.read(code)
    return found if met.always else f"{code.bind(Memo())}.array({found})"


def _reading(code: Code, met: Met, places: Places) -> str:
    """An expression for an operand that a tensor has."""
    if met.tensor is None:
        return f"{code.bind(met.cell)}.array"
    tensor = places.of(met.tensor).code(code)
    if met.cell is None:
        return f"{tensor}._read()"
    if met.tensor._steps or met.result is not None:
        return f"{tensor}._cell.array"
    return f"{tensor}._read() if {tensor}._steps else {tensor}._cell.array"


class Memo:
    """An operand that is a Python number, or several, and the array that was made of it last."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: tuple[Any, Array | None] = (None, None)

    def array(self, number: Any) -> Array:
        """The array of a number, or of a tuple of them."""
        before, array = self._last
        if array is not None and _same(number, before):
            return array
        with jax.enable_x64(True):
            array = jax.device_put(np.array(number) if type(number) is tuple else number)
        self._last = number, array
        return array


def _same(numbers: Any, before: Any) -> bool:
    """Whether numbers are those before: 0.0 is not -0.0."""
    if type(numbers) is not tuple:
        return numbers is before
    return bool(numbers == before) and (0.0 not in numbers or repr(numbers) == repr(before))


def _write_node(
    code: Code, traced: Traced, operands: Sequence[str], arrays: Mapping[int, str]
) -> str:
    """Write the node of the call, if its results have a graph behind them, and return its name."""
    behind, pulling = traced.ending.behind, traced.pulling
    if behind is None or pulling is None:
        return "None"
    if behind.error:
        spent = ", ".join(map(code.bind, ("CompiledFunctionBackward", behind.avals, behind.error)))
        return code.local(f"{code.bind(SpentNode)}({spent})")
    known, mets = [*operands, *map(arrays.__getitem__, sorted(arrays))], traced.operands
    read = [mets[i].tensor for i in pulling.kept if i < len(mets)]
    tensors = [traced.places.of(tensor).code(code) for tensor in read if tensor is not None]
    version = code.bind(Version)
    return code.local(
        f"{code.bind(CompiledNode)}("
        f"[{', '.join(f'{place.code(code)}._edge()' for place in behind.inputs)}], "
        f"{code.bind(behind.avals)}, {code.bind(pulling)}, "
        f"[{', '.join(known[i] for i in pulling.kept)}], "
        f"[{', '.join(f'{version}({name}, {name}._counter.value)' for name in tensors)}], "
        f"{code.bind(behind.present)})"
    )


def _write_change(code: Code, changed: Changed, call: Building) -> None:
    """Write the change of an attribute of a tensor."""
    name, value = changed.place.code(code), changed.value.write(call)
    if changed.name == "data":
        code.add(f"{name}._cell, {name}._steps, {name}._back = {value}._cell, {value}._steps, ()")
        code.add(f"{name}._value_writes = -1")
    else:
        code.add(f"{name}.{changed.name} = {value}")
