"""How one Jacobian may be the other laid out anew: transposed, moved on, summed, cut to a diagonal.

As in `patterns`: a guess looks at a block and returns a phrase that completes "the rule gives …".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from funcgrad.testing.counterexample.evidence import Block, Matrix, Slice


def transposed(block: Block) -> str:
    """A matrix, laid out the wrong way round."""
    for of, layout in _both(block):
        if len(layout) < 2 or min(layout[-2:]) < 2:
            continue
        other = _laid(block, of, layout, lambda n: np.swapaxes(n, -1, -2))
        if other is not None and block.same(other):
            return f"the entries of {of.label} transposed"
    return ""


def whole_transposed(block: Block) -> str:
    """J where J's transpose belongs."""
    if block.numeric.shape[0] == block.numeric.shape[1] > 1 and block.same(block.numeric.T):
        return (
            "the transpose of the Jacobian: the cotangent is multiplied by J in the place of its "
            "transpose"
        )
    return ""


def moved(block: Block) -> str:
    """Entries in the wrong order along an axis."""
    for of, layout in _both(block):
        for axis, length in enumerate(layout):
            along = f"axis {axis} of {of.label}" if len(layout) > 1 else of.label
            place = axis - len(layout)
            flipped = _laid(block, of, layout, lambda n, p=place: np.flip(n, p))  # type: ignore[misc]
            if length > 1 and flipped is not None and block.same(flipped):
                return f"the entries in reversed order along {along}"
            for by in range(1, min(length, 17)):
                rolled = _laid(block, of, layout, lambda n, p=place, b=by: np.roll(n, b, p))  # type: ignore[misc]
                if rolled is not None and block.same(rolled):
                    return f"the entries moved on by {by} along {along}"
    return ""


def summed(block: Block) -> str:
    """One number for a whole axis, where each entry has its own."""
    if block.columns is None or block.columns.complex:
        return ""
    layout = block.columns.shape
    for axis, length in enumerate(layout):
        place = axis - len(layout)
        for how, words in ((np.sum, "sum"), (np.mean, "mean")):

            def spread(n: Matrix, p: int = place, h: Callable[..., Matrix] = how) -> Matrix:
                return np.broadcast_to(h(n, axis=p, keepdims=True), n.shape)

            other = _laid(block, block.columns, layout, spread)
            if length > 1 and other is not None and block.same(other):
                return f"for every entry along axis {axis} of {block.columns.label} their {words}"
    return ""


def one_slice(block: Block) -> str:
    """A sum over an axis of the outputs that was not taken: one index has it all."""
    rows = block.rows
    if rows is None or rows.complex or not rows.shape or not block.wrong.any():
        return ""
    shape = (*rows.shape, block.numeric.shape[1])
    n, a = block.numeric.reshape(shape), block.automatic.reshape(shape)
    for axis, length in enumerate(rows.shape):
        if length < 2:
            continue
        for index in (0, length - 1):
            only = np.zeros_like(n)
            place = tuple(index if k == axis else slice(None) for k in range(n.ndim))
            only[place] = n[place]
            if np.any(a) and block.same(only.reshape(block.numeric.shape)):
                return (
                    f"only what index {index} along axis {axis} of {rows.label} adds: a sum over "
                    "the broadcast axis is missing"
                )
    return ""


def diagonal(block: Block) -> str:
    """Only the diagonal, or all but it."""
    m, n = block.numeric.shape
    if m != n or m < 2:
        return ""
    kept = np.eye(m, dtype=bool)
    if block.same(np.where(kept, block.numeric, 0.0)):
        return (
            "the diagonal of the Jacobian only: each output's dependence on the other entries is "
            "missing"
        )
    if block.same(np.where(kept, 0.0, block.numeric)):
        return "no diagonal: what each output has of its own entry is missing"
    if not (block.wrong & ~kept).any() and (block.telling & ~kept).any():
        return "what is right off the diagonal only: on it, the term of each entry itself is wrong"
    return ""


def _both(block: Block) -> Iterator[tuple[Slice, tuple[int, ...]]]:
    """The array of the inputs and that of the outputs, with their shapes."""
    for of in (block.columns, block.rows):
        if of is not None and not of.complex and of.shape:
            yield of, of.shape


def _laid(
    block: Block, of: Slice, layout: tuple[int, ...], change: Callable[[Matrix], Matrix]
) -> Matrix | None:
    """The Jacobian by differences with the entries of one array changed, in its own shape."""
    columns = of is block.columns
    matrix = block.numeric if columns else block.numeric.T
    if int(np.prod(layout)) != matrix.shape[1]:
        return None
    changed = change(matrix.reshape(-1, *layout)).reshape(matrix.shape)
    return changed if columns else changed.T
