"""What a recorded operation saves of its operands and results."""

from collections.abc import Collection
from typing import NamedTuple

from ..ops import Kernel, Pullback


class Saving(NamedTuple):
    """What is saved of the operands and the results of a call.

    Attributes:
        values: numbers of the operands whose value the pullback reads, and whether an edit in place
            of the tensor is an error then.
        versions: of those that are saved for their version alone, unless their value is.
        results: numbers of the results whose value it reads, and whether an edit is an error.
        marks: of those that are saved for their version alone.
        guarded: whether the version of operands counts that the pullback does not read.
        layout: what `saved.Kept` consists of: operands and then results, of each the number,
            whether an edit in place is an error, and whether only its version is saved.
        operands: how many of these are operands.
        read: numbers, in the layout, of those that it reads.
        checked: of those whose version counts in a pass that is not recorded.
    """

    values: tuple[tuple[int, bool], ...]
    versions: tuple[int, ...]
    results: tuple[tuple[int, bool], ...]
    marks: tuple[int, ...]
    guarded: bool
    layout: tuple[tuple[int, bool, bool], ...]
    operands: int
    read: tuple[int, ...]
    checked: tuple[int, ...]


def saving(
    kernel: Kernel,
    pullback: Pullback,
    reached: Collection[int],
    shared: Collection[int] = (),
) -> Saving:
    """What is saved where gradients go to certain operands.

    Args:
        kernel: the operation.
        pullback: its pullback.
        reached: numbers of the operands.
        shared: of operands that PyTorch saves though the pullback does not read them.
    """
    reads = range(len(pullback.shapes)) if pullback.residuals else pullback.inputs
    spared, versions = set(kernel.loose), set(shared)
    for i, by in kernel.guarded.items():
        if by is not None and by not in reached:
            spared.add(i)
        versions.add(i)
    read = pullback.outputs
    values = tuple((i, i not in spared) for i in reads)
    marked = tuple(i for i in sorted(versions) if i not in spared)
    results = tuple((i, kernel.guards(i) is not False) for i in read)
    marks = tuple(i for i in range(len(pullback.results)) if i not in read and kernel.guards(i))
    guarded = bool(kernel.guarded) or bool(shared)
    operands = [(i, guards, False) for i, guards in values]
    operands += [(i, True, True) for i in marked if i not in reads]
    layout = [*operands, *((i, guards, False) for i, guards in results)]
    layout += [(i, True, True) for i in marks]
    count = len(operands)
    inputs = [n for n, i in enumerate(reads) if i in pullback.inputs]
    outputs = range(count, count + len(results))
    checked = [*(range(count) if guarded else inputs), *range(count, len(layout))]
    return Saving(
        values,
        marked,
        results,
        marks,
        guarded,
        tuple(layout),
        count,
        read=(*inputs, *outputs),
        checked=tuple(checked),
    )
