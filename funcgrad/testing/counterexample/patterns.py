"""What one Jacobian may be to the other: a factor, a transpose, a diagonal, …

Each guess looks at a block and returns a phrase that completes "the rule gives …", or "".
A guess needs all entries of the block to fit.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from funcgrad.testing.counterexample.arrangements import (
    diagonal,
    moved,
    one_slice,
    summed,
    transposed,
    whole_transposed,
)
from funcgrad.testing.counterexample.evidence import Block, Matrix, Slice
from funcgrad.testing.counterexample.factors import named


def guess(block: Block) -> str:
    """The first guess that fits, or ""."""
    return next(filter(None, (each(block) for each in _GUESSES)), "")


def plain(block: Block) -> str:
    """The guesses that need no shape: of a factor, a sign, nothing at all."""
    return next(filter(None, (each(block) for each in (zero, factor, size_only))), "")


def zero(block: Block) -> str:
    """Nothing comes through."""
    return "zero" if block.same(0.0) else ""


def factor(block: Block) -> str:
    """A constant factor."""
    n, a = block.numeric[block.known], block.automatic[block.known]
    if not (n * n).sum() > 0:
        return ""
    ratio = float((a * n).sum() / (n * n).sum())
    if ratio == 0 or not block.same(ratio * block.numeric):
        return ""
    number = named(ratio, block.sizes, block.relative)
    count = int(block.telling.sum())
    if count == 1 and not (number.special or number.remark):
        return ""  # any two numbers have some ratio
    entries = "in the one entry that is not zero" if count == 1 else f"in all {count} entries"
    if number.text == "−1":
        return f"the derivative with the wrong sign, {entries}"
    where = f" ({number.remark})" if number.remark else _also_value(block, ratio)
    return f"{number.text} times the derivative, {entries}{where}"


def _also_value(block: Block, ratio: float) -> str:
    """One entry may have its own value as the factor: say so."""
    v = block.values
    if v is None or v.size != 1 or not np.isclose(ratio, v[0], rtol=block.relative):
        return ""
    return f" (which is the value of {block.columns.label if block.columns else 'the argument'})"


def size_only(block: Block) -> str:
    """The size is right, and the sign is not."""
    flipped = block.wrong
    if not block.same(np.where(flipped, -block.numeric, block.numeric)):
        return ""
    count, total = int(flipped.sum()), int(block.telling.sum())
    return f"the wrong sign in {count} of {total} entries, the size being right in all"


def sign_lost(block: Block) -> str:
    """The absolute value."""
    if (block.numeric[block.known] > 0).any() and block.same(np.abs(block.numeric)):
        return "the absolute value of the derivative: its sign is lost"
    return ""


def shifted_diagonal(block: Block) -> str:
    """A multiple of the identity is missing, or too much."""
    m, n = block.numeric.shape
    if m != n or m < 2:
        return ""
    kept = np.eye(m, dtype=bool)
    shift = (block.automatic - block.numeric)[kept]
    if np.isfinite(shift).all() and abs(shift[0]) > 0:
        constant = float(np.median(shift))
        if block.same(block.numeric + constant * kept) and np.ptp(block.numeric[kept]) > 0:
            return _shifted(block, constant, "on the diagonal")
    return ""


def constant(block: Block) -> str:
    """A term is missing, or too much."""
    n, a = block.numeric[block.known], block.automatic[block.known]
    if n.size < 2 or np.ptp(n) <= block.relative * np.abs(n).max():
        return ""
    shift = float(np.median(a - n))
    if shift == 0 or not block.same(block.numeric + shift):
        return ""
    return _shifted(block, shift, f"in all {n.size} entries")


def _shifted(block: Block, shift: float, where: str) -> str:
    size = named(abs(shift), block.sizes, 5 * block.relative).text
    if shift < 0:
        return f"{size} less than the derivative {where}: a constant term is missing"
    return f"{size} more than the derivative {where}: a constant term too much"


_OF_VALUE: dict[str, Callable[[Matrix], Matrix]] = {
    "{}": lambda v: v,
    "1/{}": lambda v: 1 / v,
    "{}²": lambda v: v * v,
    "1/{}²": lambda v: 1 / (v * v),
    "|{}|": np.abs,
    "−{}": lambda v: -v,
    "2·{}": lambda v: 2 * v,
    "exp({})": np.exp,
    "1/exp({})": lambda v: np.exp(-v),
    "√{}": np.sqrt,
    "1/√{}": lambda v: 1 / np.sqrt(v),
}


def by_value(block: Block) -> str:
    """A factor that is a function of the argument."""
    v = block.values
    if v is None or v.size < 2 or block.columns is None:
        return ""
    active = (block.known & (block.numeric != 0)).any(axis=0)
    with np.errstate(all="ignore"):
        for words, of in _OF_VALUE.items():
            scale = of(v)
            if not np.isfinite(scale[active]).all() or np.unique(scale[active]).size < 2:
                continue
            if block.same(block.numeric * scale):
                name = words.format(block.columns.label)
                return f"the derivative times {name}, entry by entry"
    return ""


def clipped(block: Block) -> str:
    """Large entries are cut."""
    n, a = np.abs(block.numeric[block.known]), np.abs(block.automatic[block.known])
    limit = float(a.max(initial=0.0))
    if limit == 0 or not block.same(np.clip(block.numeric, -limit, limit)):
        return ""
    cut = int((n > limit * (1 + 2 * block.relative)).sum())
    free = int(((n < limit) & (n > 0)).sum())
    text = named(limit, {}, block.relative)
    if (cut < 2 or not free) and not text.special:
        return ""
    return f"the derivative clipped to ±{text.text}: {cut} larger entries are cut to it"


def sign_only(block: Block) -> str:
    """1 for what is positive, −1 for what is negative."""
    n = block.numeric[block.known]
    if n.size < 2 or np.unique(np.abs(n)).size < 2 or not block.same(np.sign(block.numeric)):
        return ""
    return "the sign of the derivative, without its size"


def conjugated(block: Block) -> str:
    """The conjugate, on either side."""
    for coordinates in (_halves, _alternating):
        inner = coordinates(block.columns, block.numeric.shape[1])
        outer = coordinates(block.rows, block.numeric.shape[0])
        for left, right in ((None, inner), (outer, None), (outer, inner)):
            if left is None and right is None:
                continue
            signs = np.ones(block.numeric.shape)
            signs = signs if left is None else signs * left[:, None]
            signs = signs if right is None else signs * right[None, :]
            if block.same(block.numeric * signs):
                return "the complex conjugate: only the sign of imaginary parts differs"
    return ""


def _halves(of: Slice | None, count: int) -> Matrix | None:
    """−1 for imaginary coordinates where they follow all the real ones."""
    if of is None or not of.complex:
        return None
    return np.where(np.arange(count) < count // 2, 1.0, -1.0)


def _alternating(of: Slice | None, count: int) -> Matrix | None:
    """−1 for imaginary coordinates where each follows its real one."""
    if of is None or not of.complex:
        return None
    return np.where(np.arange(count) % 2 == 0, 1.0, -1.0)


_GUESSES: tuple[Callable[[Block], str], ...] = (
    zero,
    factor,
    conjugated,
    transposed,
    shifted_diagonal,
    by_value,
    diagonal,
    one_slice,
    moved,
    whole_transposed,
    summed,
    constant,
    clipped,
    sign_only,
    sign_lost,
)
