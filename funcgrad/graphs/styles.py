"""How each kind of node looks: told apart by words and shape first, by colour second.

The colours are tints of Okabe and Ito's palette, which colour-blind readers tell apart (M. Okabe,
K. Ito, "Color Universal Design", 2008); black text on each has a contrast of 14 and more.
"""

from typing import NamedTuple


class Style(NamedTuple):
    fill: str
    line: str
    corners: str  # of the box: "round", "square", "pill"
    dashes: str  # "solid", "dashed", "dotted"


STYLES = {
    "operation": Style("#e9f1f8", "#0072b2", "round", "solid"),
    "leaf": Style("#fdebd3", "#a85c00", "square", "solid"),
    "input": Style("#fdebd3", "#a85c00", "square", "solid"),
    "constant": Style("#ffffff", "#a85c00", "square", "dashed"),
    "output": Style("#d9f2e6", "#00734f", "pill", "solid"),
    "saved": Style("#f9e6f0", "#9c4a7b", "square", "dotted"),
    "more": Style("#ffffff", "#5c6670", "round", "dashed"),
}
ARROW = "#5c6670"
QUIET = "#47505a"  # the second line of a box
