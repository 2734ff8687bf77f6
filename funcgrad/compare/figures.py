"""Figures for the report: the drawing of a graph, and how a figure becomes a picture.

Figures are made by `matplotlib.figure.Figure`, never by pyplot: pyplot keeps every figure alive
and picks a backend that wants a display.
"""

import io
from collections.abc import Sequence

import matplotlib
import networkx as nx
from matplotlib.figure import Figure

from funcgrad.compare.alt_text import alt_text
from funcgrad.compare.messages import Picture
from funcgrad.compare.pictures import DPI

# A drawing with very many points is smaller, and shows faster, as pixels.
LARGEST_SVG = 300_000

# Of the drawing of a graph: inches for its title and for a generation, points for a label.
TITLE, ROW, FONT, PAD = 0.35, 0.75, 9, 0.4
BOX = {"boxstyle": f"round,pad={PAD}", "facecolor": "#eaf1fb", "edgecolor": "#4a78b5"}
ARROW = {"arrowstyle": "-|>", "color": "#5c6670", "shrinkA": 0, "shrinkB": 1}


def graph_figure(edges: Sequence[str], title: str = "") -> Figure:
    """Draw a directed graph, one generation below the other.

    Args:
        edges: one "A -> B" an edge. A label names its node, so it must be unique; what follows its
            first blank, such as the "#2" of "MulBackward0 #2", stands on a line of its own.
        title: above the drawing.

    Returns:
        A figure sized by the graph.

    Raises:
        ValueError: an edge without "->", or edges that form a cycle.

    Example:
        >>> figure = graph_figure(["MulBackward0 #1 -> AccumulateGrad x"])
        >>> [text.get_text() for text in figure.axes[0].texts if text.get_text()]
        ['MulBackward0\\n#1', 'AccumulateGrad\\nx']
    """
    graph = _graph(edges)
    # A dict of lists, for networkx would make sets of anything else, in another order every time.
    generations = dict(enumerate(nx.topological_generations(graph)))
    depth = {node: row for row, nodes in generations.items() for node in nodes}
    layout = nx.multipartite_layout(graph, subset_key=generations, align="horizontal")
    place = {node: (float(x), float(y)) for node, (x, y) in layout.items()}

    labels = {node: node.replace(" ", "\n", 1) for node in graph}
    longest = max(len(line) for label in labels.values() for line in label.splitlines())
    across, down = max(map(len, generations.values())), len(generations)
    figure = Figure((across * (0.4 + 0.08 * longest), TITLE + ROW * down))
    axes = figure.add_axes((0, 0, 1, 1 - TITLE / figure.get_figheight()))
    axes.set_axis_off()
    axes.set_title(title, fontsize=10)
    axes.set_xlim(*_limits([x for x, _ in place.values()], across))
    top, bottom = _limits([y for _, y in place.values()], down)
    axes.set_ylim(bottom, top)

    point = (bottom - top) / (72 * ROW * down)
    for node, (x, y) in place.items():
        axes.text(x, y, labels[node], ha="center", va="center", fontsize=FONT, bbox=BOX)
    for start, end in graph.edges:
        # From the lower side of one box to the upper side of the next.
        sides = [
            (place[node][0], place[node][1] + sign * point * _half_height(labels[node]))
            for node, sign in ((start, 1), (end, -1))
        ]
        # An edge that skips generations bends outwards, round the boxes it would run through.
        skips = depth[end] - depth[start] > 1
        bend = 0.0 if not skips else 0.3 if place[start][0] <= 0 else -0.3
        style = ARROW | {"connectionstyle": f"arc3,rad={bend}"}
        axes.annotate("", sides[1], sides[0], arrowprops=style, zorder=2)
    return figure


def _graph(edges: Sequence[str]) -> nx.DiGraph:
    graph = nx.DiGraph()
    for edge in edges:
        start, arrow, end = (part.strip() for part in edge.partition("->"))
        if not (start and arrow and end):
            raise ValueError(f"an edge is written 'A -> B', not {edge!r}")
        graph.add_edge(start, end)
    if not graph:
        raise ValueError("there are no edges to draw")
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError("the edges form a cycle, so they have no order to draw them in")
    return graph


def _limits(positions: Sequence[float], steps: int) -> tuple[float, float]:
    """Return the limits of an axis that leave half a step beside the outermost nodes."""
    low, high = min(positions), max(positions)
    margin = (high - low) / (steps - 1) / 2 if steps > 1 else 1.0
    return low - margin, high + margin


def _half_height(label: str) -> float:
    """Return half the height of a label's box, in points."""
    return (1.2 * FONT * len(label.splitlines()) + 2 * PAD * FONT) / 2


def render(name: str, figure: Figure) -> Picture:
    """Turn a figure into an SVG, or into a PNG where that is the smaller by far."""
    buffer, alt = io.BytesIO(), alt_text(figure)
    # The same figure gives the same bytes: no date, no random identifiers.
    with matplotlib.rc_context({"svg.hashsalt": "funcgrad"}):
        figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    if buffer.tell() <= LARGEST_SVG:
        return Picture(name, "image/svg+xml", buffer.getvalue(), alt)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight", dpi=DPI)
    return Picture(name, "image/png", buffer.getvalue(), alt)
