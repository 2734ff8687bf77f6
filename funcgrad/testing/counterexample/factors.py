"""Names for numbers: which factor is 2, which is π, which is the size of the batch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

_CONSTANTS = {
    "π": math.pi,
    "2π": 2 * math.pi,
    "π/2": math.pi / 2,
    "√2": math.sqrt(2),
    "√π": math.sqrt(math.pi),
    "√(2π)": math.sqrt(2 * math.pi),
    "2/√π": 2 / math.sqrt(math.pi),
    "e": math.e,
    "ln 2": math.log(2),
    "ln 10": math.log(10),
    "180/π": 180 / math.pi,
}
_RATIONAL = [(p, q) for q in range(1, 7) for p in range(1, 11) if math.gcd(p, q) == 1]


class Factor(NamedTuple):
    """A number with a name.

    Attributes:
        text: the number.
        remark: what else has this value, or "".
        special: whether it is so plain a number that chance is unlikely to have made it.
    """

    text: str
    remark: str = ""
    special: bool = True


def named(factor: float, sizes: Mapping[str, int], tolerance: float) -> Factor:
    """What a factor may be.

    Args:
        factor: the number.
        sizes: lengths of axes, by what they are: {"axis 0 of args[0]": 3}.
        tolerance: how far, relatively, the number may be from what it is called.

    Example:
        >>> from funcgrad.testing.counterexample.factors import named
        >>> named(0.2, {"axis 0 of args[0]": 5}, 1e-3).remark
        'axis 0 of args[0] has length 5: a mean in the place of a sum?'
        >>> named(-3.14159, {}, 1e-3).text, named(1.2345, {}, 1e-3).text
        ('−π', '1.234')
    """
    sign, size = ("−" if factor < 0 else ""), abs(factor)

    def near(value: float) -> bool:
        return math.isclose(size, value, rel_tol=tolerance)

    for what, length in sizes.items():
        if length > 2 and near(1 / length):
            remark = f"{what} has length {length}: a mean in the place of a sum?"
            return Factor(f"{sign}1/{length}", remark)
        if length > 2 and near(length):
            remark = f"{what} has length {length}: a sum in the place of a mean?"
            return Factor(f"{sign}{length}", remark)
    for p, q in _RATIONAL:
        if near(p / q):
            text = f"{sign}{p}" if q == 1 else f"{sign}{p}/{q}"
            return Factor(text, special=min(p, q) == 1 and max(p, q) <= 4)
    # Four digits are enough to call a number 6/5, but √π has many neighbours.
    tolerance /= 4
    for name, value in _CONSTANTS.items():
        if near(value):
            return Factor(f"{sign}{name}", special=name in ("π", "2π"))
        if near(1 / value):
            inverse = f"1/({name})" if "/" in name else f"1/{name}"
            return Factor(f"{sign}{inverse}", special=name in ("π", "2π"))
    return Factor(f"{factor:.4g}".replace("-", "−"), special=False)
