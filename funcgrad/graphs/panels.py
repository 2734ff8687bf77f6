"""How large the boxes of a graph are, and where its groups stand.

All lengths are inches; text is measured, so that it fits its box.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from funcgrad.errors import GraphError
from funcgrad.graphs.layout import Layout, Point, Size, lay_out
from funcgrad.graphs.styles import QUIET, STYLES

if TYPE_CHECKING:
    from funcgrad.graphs.graph import Graph
    from funcgrad.graphs.node import Node

LABEL, DETAIL = 10.0, 8.0  # points
LINE = 1.25 / 72  # inches for a point of text
PAD = 0.07  # around the text of a box
BETWEEN = 0.2  # groups
WIDEST = 3.2  # of a row of groups, unless one alone is wider
LONGEST = 44  # characters of a line


class Panel(NamedTuple):
    """A graph, or a group of one, that is laid out."""

    title: str
    nodes: dict[int, Node]
    boxes: dict[int, Size]
    layout: Layout
    size: Size


class Page(NamedTuple):
    """The panels of a graph, each with its upper left corner, and the room they need."""

    panels: list[tuple[Point, Panel]]
    size: Size


def panels(graph: Graph) -> Page:
    """Lay out a graph and its groups, and place them in rows."""
    if not graph.nodes:
        raise GraphError("there are no nodes to draw: the graph is empty")
    connected = graph.networkx()
    placed: list[tuple[Point, Panel]] = []
    left = top = bottom = right = 0.0
    for group in dict.fromkeys(sorted((n.group for n in graph.nodes), key=bool)):
        panel = _panel(connected, graph, group)
        width, height = panel.size
        # What is nested stands below the program itself, as many in a row as there is room for.
        if placed and (not placed[-1][1].title or left + width > max(WIDEST, right)):
            left, top = 0.0, bottom + BETWEEN
        placed.append(((left, top), panel))
        right, bottom = max(right, left + width), max(bottom, top + height)
        left += width + BETWEEN
    rows: dict[float, float] = {}  # by its top, how far a row reaches
    for (x, y), panel in placed:
        rows[y] = x + panel.size[0]
    centred = [((x + (right - rows[y]) / 2, y), panel) for (x, y), panel in placed]
    return Page(centred, (right, bottom))


def _panel(connected: Any, graph: Graph, group: str) -> Panel:
    nodes = {i: node for i, node in enumerate(graph.nodes) if node.group == group}
    boxes = {number: _size(node) for number, node in nodes.items()}
    layout = lay_out(connected.subgraph(nodes).copy(), boxes)
    frame = 2 * PAD if group else 0.0
    width = max(layout.size[0], width_of(group, DETAIL)) + 2 * frame
    height = layout.size[1] + 2 * frame + (DETAIL * LINE + PAD if group else 0.0)
    return Panel(group, nodes, boxes, layout, (width, height))


def lines_of(node: Node) -> list[tuple[str, float, str]]:
    """Return the lines of a box: (text, points, colour)."""
    lines = [(_short(node.label), LABEL, "black")]
    return lines + ([(_short(node.detail), DETAIL, QUIET)] if node.detail else [])


def _size(node: Node) -> Size:
    lines = lines_of(node)
    side = 2.2 if STYLES[node.kind].corners == "pill" else 1.2
    width = max(width_of(text, points) for text, points, _ in lines) + 2 * side * PAD
    return width, sum(points for _, points, _ in lines) * LINE + 2 * PAD


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def width_of(text: str, points: float) -> float:
    """Measure a line of text, in inches."""
    font = FontProperties(size=points)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72
