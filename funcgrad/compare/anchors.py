"""Names for the places of a page, each of them once."""

import re
from collections.abc import Iterable


def anchors(names: Iterable[str]) -> list[str]:
    """Return an anchor for each name: the name itself wherever it can be.

    Example:
        >>> anchors(["chain", "my file", "chain"])
        ['chain', 'my-file', 'chain-2']
    """
    found: list[str] = []
    for name in names:
        plain = re.sub(r"[^\w.]+", "-", name).strip("-") or "example"
        anchor, count = plain, 1
        while anchor in found:
            count += 1
            anchor = f"{plain}-{count}"
        found.append(anchor)
    return found
