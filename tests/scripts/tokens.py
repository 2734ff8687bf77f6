"""What a program printed, as words and numbers, and whether two of them say the same.

A number may differ by one unit of its last printed place, for XLA's sums and elementary functions
round otherwise than PyTorch's. All other words are equal, and so are their number and order; only
blanks, which follow the widths of the numbers, and the addresses of objects are left out.
"""

import re
from decimal import Decimal

ADDRESS = re.compile(r"0x[0-9a-f]+")
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?(?![\w.]*\w)", re.IGNORECASE)
TOKEN = re.compile(NUMBER.pattern + r"|\w+|[^\w\s]", re.IGNORECASE)


def tokens(text: str) -> list[str]:
    """Numbers, words and single signs, in order."""
    return TOKEN.findall(ADDRESS.sub("0x", text))


def differences(left: str, right: str) -> list[str]:
    """Say where two texts differ, at most ten places; nothing where they agree."""
    pairs = [(line, tokens(line)) for line in left.splitlines()]
    others = [(line, tokens(line)) for line in right.splitlines()]
    found = [f"{len(pairs)} lines and {len(others)}"] if len(pairs) != len(others) else []
    for number, ((a, words), (b, twins)) in enumerate(zip(pairs, others, strict=False), 1):
        same = len(words) == len(twins) and all(map(_same, words, twins))
        if not same:
            found.append(f"line {number}:\n  {a}\n  {b}")
    return found[:10]


def _same(left: str, right: str) -> bool:
    if left == right:
        return True
    if not (NUMBER.fullmatch(left) and NUMBER.fullmatch(right)):
        return False
    a, b = Decimal(left), Decimal(right)
    if not (_has_places(left) and _has_places(right)):
        return False  # whole numbers count something
    return abs(a - b) <= Decimal(1).scaleb(max(a.as_tuple().exponent, b.as_tuple().exponent))


def _has_places(number: str) -> bool:
    return re.search(r"\.\d", number) is not None
