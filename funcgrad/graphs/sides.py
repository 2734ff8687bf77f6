"""Two graphs in one figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcgrad.graphs.extras import require
from funcgrad.graphs.graph import LIMIT, Graph

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLES = ("Recorded: the tape", "Traced: the program")


def side_by_side(
    left: Graph, right: Graph, titles: tuple[str, str] = TITLES, *, limit: int = LIMIT
) -> Figure:
    """Draw two graphs beside each other, a tape and a program, say.

    A tape is read from the result back to its leaves, as `backward()` walks it; a program from its
    inputs to its results.

    Args:
        left: the tape, from `tape` or from lines that came out of one.
        right: the program, from `jaxpr`.
        titles: above the one and the other.
        limit: nodes to draw of each; the others are counted.

    Raises:
        MissingExtraError: matplotlib or networkx is not installed.
        GraphError: there is nothing to draw.

    Example:
        >>> left = Graph.from_lines(["MulBackward0 -> AccumulateGrad x"])
        >>> right = Graph.from_lines(["input x -> mul 2.0 ·", "mul 2.0 · -> output"])
        >>> figure = side_by_side(left, right)
        >>> [axes.get_title() for axes in figure.axes]
        ['Recorded: the tape', 'Traced: the program']
    """
    require("matplotlib", "networkx")
    from funcgrad.graphs.drawing import draw

    graphs = [left, right]
    told = [f"{title}. {graph.describe()}" for title, graph in zip(titles, graphs, strict=True)]
    return draw([graph.head(limit) for graph in graphs], titles, None, " ".join(told))
