"""A graph as a matplotlib figure.

Figures are made by `matplotlib.figure.Figure`, never by pyplot: pyplot keeps every figure alive
and picks a backend that wants a display. All lengths are inches.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from funcgrad.graphs.layout import Point, Size
from funcgrad.graphs.panels import DETAIL, LINE, PAD, Page, lines_of, panels, width_of
from funcgrad.graphs.styles import ARROW, QUIET, STYLES

if TYPE_CHECKING:
    from funcgrad.graphs.graph import Graph
    from funcgrad.graphs.node import Node

TITLE = 11.0  # points
MARGIN, APART = 0.06, 0.35  # around a drawing, and between two


def draw(
    graphs: Sequence[Graph], titles: Sequence[str], ax: Axes | None, description: str
) -> Figure:
    """Draw graphs beside each other, each in axes of its own, or one into given axes."""
    pages = [panels(graph) for graph in graphs]
    sizes = [
        (max(page.size[0], width_of(title, TITLE)) + 2 * MARGIN, page.size[1] + 2 * MARGIN)
        for page, title in zip(pages, titles, strict=True)
    ]
    if ax is not None:
        where = ax.get_window_extent()
        figure = ax.get_figure(root=True)
        assert figure is not None  # axes live in one
        given = where.width / figure.dpi, where.height / figure.dpi
        scale = min(1.0, given[0] / sizes[0][0], given[1] / sizes[0][1])
        ax.set_title(titles[0], fontsize=TITLE, parse_math=False)
        _fill(ax, pages[0], (given[0] / scale, given[1] / scale), scale)
        return figure

    above = 1.8 * TITLE * LINE if any(titles) else 0.0
    width = sum(size[0] for size in sizes) + APART * (len(sizes) - 1)
    height = max(size[1] for size in sizes) + above
    figure = Figure((width, height), label=description)
    left = 0.0
    for page, (across, down), title in zip(pages, sizes, titles, strict=True):
        bottom = height - above - down
        axes = figure.add_axes((left / width, bottom / height, across / width, down / height))
        axes.set_title(title, fontsize=TITLE, pad=4, parse_math=False)
        _fill(axes, page, (across, down), 1.0)
        left += across + APART
    return figure


def svg(figure: Figure) -> str:
    """Render a figure; the same figure gives the same text: no date, no random identifiers."""
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "funcgrad"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _fill(axes: Axes, page: Page, room: Size, scale: float) -> None:
    """Draw into axes that have this much room, in inches before they are scaled."""
    size = page.size
    axes.set_axis_off()
    axes.set_xlim(-(room[0] - size[0]) / 2, (room[0] + size[0]) / 2)
    axes.set_ylim((room[1] + size[1]) / 2, -(room[1] - size[1]) / 2)  # y downwards
    for (left, top), panel in page.panels:
        width, height = panel.size
        shift = left + (width - panel.layout.size[0]) / 2, top + height - panel.layout.size[1]
        if panel.title:
            shift = shift[0], shift[1] - 2 * PAD
            looks: dict[str, Any] = {"facecolor": "none", "edgecolor": ARROW, "linestyle": "dashed"}
            frame = FancyBboxPatch((left, top), width, height, "round,pad=0", **looks)
            frame.set(linewidth=0.8 * scale, zorder=0.5)
            axes.add_patch(frame)
            place = left + width / 2, top + 1.5 * PAD
            _write(axes, panel.title, place, DETAIL * scale, QUIET, va="top")
        for way in panel.layout.ways:
            _arrow(axes, [(x + shift[0], y + shift[1]) for x, y in way.points], way.times, scale)
        for number, node in panel.nodes.items():
            x, y = panel.layout.centres[number]
            _box(axes, node, (x + shift[0], y + shift[1]), panel.boxes[number], scale)


def _box(axes: Axes, node: Node, centre: Point, size: Size, scale: float) -> None:
    style = STYLES[node.kind]
    (x, y), (width, height) = centre, size
    rounding = {"round": 0.05, "square": 0.0, "pill": height / 2}[style.corners]
    corners = f"round,pad=0,rounding_size={rounding}" if rounding else "square,pad=0"
    looks: dict[str, Any] = {"facecolor": style.fill, "edgecolor": style.line}
    patch = FancyBboxPatch((x - width / 2, y - height / 2), width, height, corners, **looks)
    patch.set(linestyle=style.dashes, linewidth=scale, zorder=2)
    axes.add_patch(patch)
    lines = lines_of(node)
    line = y - sum(points for _, points, _ in lines) * LINE / 2
    for text, points, colour in lines:
        _write(axes, text, (x, line + points * LINE / 2), points * scale, colour)
        line += points * LINE


def _arrow(axes: Axes, points: Sequence[Point], times: int, scale: float) -> None:
    """Draw an edge: straight past boxes, and in an S from one generation to the next."""
    vertices, codes = [points[0]], [Path.MOVETO]
    for position, (start, end) in enumerate(pairwise(points)):
        if position % 2:
            middle = (start[1] + end[1]) / 2
            vertices += [(start[0], middle), (end[0], middle), end]
            codes += [Path.CURVE4] * 3
        elif end[1] - start[1] > 1e-6:  # without a length, an arrow's head has no direction
            vertices.append(end)
            codes.append(Path.LINETO)
    arrow = FancyArrowPatch(path=Path(vertices, codes), arrowstyle="-|>", color=ARROW)
    arrow.set(mutation_scale=9 * scale, linewidth=scale, fill=True, zorder=1)
    axes.add_patch(arrow)
    if times > 1:
        start, end = points[1:3]
        place = (start[0] + end[0]) / 2 + 0.05, (start[1] + end[1]) / 2
        _write(axes, f"{times}×", place, DETAIL * scale, QUIET, ha="left")


def _write(
    axes: Axes,
    text: str,
    place: Point,
    points: float,
    colour: str,
    ha: str = "center",
    va: str = "center",
) -> None:
    # The text is a name, never mathematics, though it may hold dollars.
    axes.text(*place, text, fontsize=points, color=colour, ha=ha, va=va, parse_math=False, zorder=3)
