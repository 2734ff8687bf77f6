"""Figures for the report: the drawing of a graph, and how a figure becomes a picture.

Figures are made by `matplotlib.figure.Figure`, never by pyplot: pyplot keeps every figure alive
and picks a backend that wants a display.
"""

import io
from collections.abc import Sequence

import matplotlib
import networkx as nx
from matplotlib.figure import Figure

from funcgrad.compare.messages import Picture

# A drawing with very many points is smaller, and shows faster, as pixels.
LARGEST_SVG = 300_000


def graph_figure(edges: Sequence[str], title: str = "") -> Figure:
    """Draw a directed graph, its generations from left to right.

    Args:
        edges: one "A -> B" an edge. A label names its node, so it must be unique; what follows
            "#" in it tells nodes of one name apart, and is drawn smaller, on a line of its own.
        title: above the drawing.

    Returns:
        A figure sized by the graph.

    Raises:
        ValueError: an edge without "->", or edges that form a cycle.

    Example:
        >>> graph_figure(["MulBackward0 #1 -> AccumulateGrad x"]).axes[0].texts[0].get_text()
        'MulBackward0\\n#1'
    """
    graph = nx.DiGraph()
    for edge in edges:
        start, arrow, end = (part.strip() for part in edge.partition("->"))
        if not (start and arrow and end):
            raise ValueError(f"an edge is written 'A -> B', not {edge!r}")
        graph.add_edge(start, end)
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError("the edges form a cycle, so they have no order to draw them in")

    generations = list(nx.topological_generations(graph))
    for depth, generation in enumerate(generations):
        for node in generation:
            graph.nodes[node]["depth"] = depth
    wide = max((len(generation) for generation in generations), default=1)
    # Down the page where it is deep, so that the labels have room on a narrow screen.
    align = "horizontal"
    figure = Figure(figsize=(max(3.0, 1.9 * wide), max(1.6, 0.9 * len(generations))))
    axes = figure.add_subplot()
    axes.set_axis_off()
    place = nx.multipartite_layout(graph, subset_key="depth", align=align)
    place = {node: (x, -y) for node, (x, y) in place.items()}
    nx.draw_networkx_edges(graph, place, ax=axes, node_size=1800, edge_color="#7a8290", width=1.2)
    for node, (x, y) in place.items():
        box = {"boxstyle": "round,pad=0.4", "facecolor": "#eaf1fb", "edgecolor": "#4a78b5"}
        axes.text(x, y, node.replace(" ", "\n", 1), ha="center", va="center", fontsize=8, bbox=box)
    axes.margins(0.2)
    axes.set_title(title, fontsize=10)
    return figure


def render(name: str, figure: Figure) -> Picture:
    """Turn a figure into an SVG, or into a PNG where that is the smaller by far."""
    buffer = io.BytesIO()
    # The same figure gives the same bytes: no date, no random identifiers.
    with matplotlib.rc_context({"svg.hashsalt": "funcgrad"}):
        figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    if buffer.tell() <= LARGEST_SVG:
        return Picture(name, "image/svg+xml", buffer.getvalue())
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight", dpi=160)
    return Picture(name, "image/png", buffer.getvalue())
