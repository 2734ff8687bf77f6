"""Figures of graphs: legible, in order, nothing on top of anything, the same every time."""

import base64
import itertools
import re
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.transforms import Bbox

from funcgrad.compare.gallery import gallery_paths
from funcgrad.compare.worker import load
from funcgrad.errors import GraphError, MissingExtraError
from funcgrad.graphs import Graph, extras, jaxpr, side_by_side
from funcgrad.graphs.styles import QUIET, STYLES

from .strategies import graphs

NARROW = 350 / 96  # inches: a phone of 390 pixels, less the margins of a page


def documents():
    """The tapes of the documents, as the examples promise them."""
    for name, path in gallery_paths().items():
        lines = getattr(load(path), "EXPECTED", {}).get("graph")
        if lines:
            yield pytest.param(Graph.from_lines(lines), id=name)


DOCUMENTS = list(documents())


def boxes(axes):
    """The boxes, frames of groups left out, as rectangles in inches."""
    patches = [p for p in axes.patches if isinstance(p, FancyBboxPatch) and p.get_zorder() == 2]
    rectangles = [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in patches]
    return [Bbox.from_bounds(*rectangle) for rectangle in rectangles]


def arrows(axes):
    return [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]


def overlaps(axes):
    """Pairs of boxes that are closer than a point."""
    shrunk = [box.padded(0.5 / 72) for box in boxes(axes)]
    return [(a, b) for a, b in itertools.combinations(shrunk, 2) if a.overlaps(b)]


def collisions(axes):
    """Arrows that run through a box; one starts and ends on the edge of another."""
    inner = [box.padded(-0.5 / 72) for box in boxes(axes)]
    return [
        (box, arrow)
        for arrow in arrows(axes)
        for box in inner
        if any(box.contains(x, y) for x, y in arrow.get_path().interpolated(16).vertices)
    ]


def drawn(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_the_documents_have_graphs():
    assert len(DOCUMENTS) >= 6


@pytest.mark.parametrize("graph", DOCUMENTS)
def test_the_documents_graphs_can_be_read(graph):
    figure = graph.figure(title="The graph")
    (axes,) = figure.axes
    assert overlaps(axes) == []
    assert collisions(axes) == []
    assert len(boxes(axes)) == len(graph.nodes)
    assert len(arrows(axes)) == len(set(graph.edges))
    assert axes.get_title() == "The graph"
    assert figure.get_label() == graph.describe()
    # Shrunk to the width of a phone, its labels are as large as 9-pixel type or larger.
    label = max(text.get_fontsize() for text in axes.texts)
    assert label / 72 * 96 * min(1, NARROW / figure.get_figwidth()) >= 9


@given(graphs())
@settings(max_examples=15)
def test_any_graph_can_be_read(graph):
    if not graph.nodes:
        return
    (axes,) = graph.figure().axes
    assert overlaps(axes) == []
    assert collisions(axes) == []
    assert len(boxes(axes)) == len(graph.nodes)


def test_these_checks_can_fail():
    axes = DOCUMENTS[0].values[0].figure().axes[0]
    first, second = [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)][:2]
    second.set_bounds(first.get_x(), first.get_y(), first.get_width(), first.get_height())
    assert overlaps(axes)
    second.set_bounds(*axes.get_xlim()[:1], 0, 9, 9)
    assert collisions(axes)


def test_arrows_lead_down_and_long_ones_pass_beside():
    lines = ["a -> b", "b -> c", "c -> d", "a -> d", "b -> d", "x -> d", "d -> y", "x -> y"]
    (axes,) = Graph.from_lines(lines).figure().axes
    assert collisions(axes) == []
    for arrow in arrows(axes):
        heights = arrow.get_path().vertices[:, 1]
        assert heights[0] == heights.min()  # y grows downwards
        assert heights[0] < heights.max()


def test_text_stays_inside_its_box():
    names = ["W" * 60, "i", "output wide", "AccumulateGrad $x_1$", "input $^$"]
    figure = Graph.from_lines(
        [f"{name}: float32[{i},128]" for i, name in enumerate(names)]
    ).figure()
    figure.dpi = 600  # so fine that letters are as wide as they were designed
    figure.draw_without_rendering()
    (axes,) = figure.axes
    rectangles = [axes.transData.transform_bbox(box) for box in boxes(axes)]
    for text in axes.texts:
        extent = text.get_window_extent()
        assert any(
            box.xmin < extent.xmin
            and extent.xmax < box.xmax
            and box.ymin < extent.ymin
            and extent.ymax < box.ymax
            for box in rectangles
        ), text
    assert f"{'W' * 43}…" in drawn(figure)


def test_what_is_used_twice_says_so():
    figure = jaxpr(lambda x: x * x, 1.0).figure()
    assert "2×" in drawn(figure)
    assert len(arrows(figure.axes[0])) == 2


def test_groups_stand_in_frames_of_their_own():
    lines = ["input x -> scan", "scan -> output"]
    lines += [f"{g} of scan | input -> {g} of scan | neg" for g in ("first", "second", "third")]
    (axes,) = Graph.from_lines(lines).figure().axes
    frames = [p for p in axes.patches if isinstance(p, FancyBboxPatch) and p.get_zorder() < 1]
    rectangles = [Bbox.from_bounds(*f.get_bbox().bounds) for f in frames]
    assert len(frames) == 3
    assert not any(a.overlaps(b) for a, b in itertools.combinations(rectangles, 2))
    assert overlaps(axes) == []
    inside = [sum(frame.contains(*box.min) and frame.contains(*box.max) for box in boxes(axes))
              for frame in rectangles]  # fmt: skip
    assert inside == [2, 2, 2]
    rows = {round(frame.y0, 3) for frame in rectangles}
    assert len(rows) == 2  # three beside each other would be too wide for a phone
    assert axes.figure.get_figwidth() <= NARROW


def test_of_a_large_graph_the_first_are_drawn_and_the_rest_counted():
    chain = Graph.from_lines([f"op {i} -> op {i + 1}" for i in range(979)])
    figure = chain.figure()
    assert len(boxes(figure.axes[0])) == 41
    assert "… 940 more" in drawn(figure)
    assert "980 operations" in figure.get_label()
    assert "… 977 more" in drawn(chain.figure(limit=3))


def test_a_figure_of_the_users_is_drawn_into_and_fits():
    figure = Figure((3, 2))
    left, right = figure.subplots(1, 2)
    graph = DOCUMENTS[0].values[0]
    assert graph.figure(right, title="There") is figure
    assert right.get_title() == "There"
    assert not left.patches
    assert overlaps(right) == []
    assert max(text.get_fontsize() for text in right.texts) < 10  # scaled down
    (x0, x1), (y1, y0) = right.get_xlim(), right.get_ylim()
    assert all(x0 <= b.x0 and b.x1 <= x1 and y0 <= b.y0 and b.y1 <= y1 for b in boxes(right))


def test_two_graphs_stand_side_by_side():
    tape, program = Graph.from_lines(["SinBackward0 -> AccumulateGrad x"]), jaxpr(abs, 1.0)
    figure = side_by_side(tape, program, titles=("Left", "Right"))
    assert [axes.get_title() for axes in figure.axes] == ["Left", "Right"]
    left, right = (axes.get_position() for axes in figure.axes)
    assert left.x1 < right.x0
    assert left.y1 == right.y1
    assert figure.get_label() == f"Left. {tape.describe()} Right. {program.describe()}"


def test_a_notebook_shows_a_picture_that_is_the_same_every_time():
    graph = DOCUMENTS[0].values[0]
    html = graph._repr_html_()
    alt, data = re.fullmatch(
        r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,(.*)">', html
    ).groups()
    assert alt == graph.describe()
    assert base64.b64decode(data).decode() == graph._repr_svg_()
    assert Graph.from_lines(graph.lines())._repr_html_() == html
    assert Graph((), ())._repr_html_() is None


def test_there_must_be_something_to_draw():
    with pytest.raises(GraphError, match="there are no nodes to draw"):
        Graph((), ()).figure()


def test_without_the_extra_the_way_out_is_named(monkeypatch):
    graph = DOCUMENTS[0].values[0]
    monkeypatch.setattr(extras, "find_spec", lambda package: None)
    for draw in (graph.figure, graph.networkx, lambda: side_by_side(graph, graph)):
        with pytest.raises(MissingExtraError, match=r'pip install "funcgrad\[compare\]"'):
            draw()
    assert graph._repr_html_() is None
    assert graph.dot()


def test_pyplot_is_not_touched():
    DOCUMENTS[0].values[0].figure()
    assert "matplotlib.pyplot" not in sys.modules


def luminance(colour):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return np.dot([0.2126, 0.7152, 0.0722], parts)


def contrast(a, b):
    """The contrast of two colours, as https://www.w3.org/TR/WCAG22/ defines it."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_box_can_be_read_and_told_from_the_paper(style):
    assert contrast("black", style.fill) >= 14
    assert contrast(QUIET, style.fill) >= 4.5
    assert contrast(style.line, "white") >= 4.5
    assert contrast(style.line, style.fill) >= 3


def test_leaves_operations_and_results_differ_without_colour():
    shapes = [
        (STYLES[kind].corners, STYLES[kind].dashes) for kind in ("leaf", "operation", "output")
    ]
    assert len(set(shapes)) == 3
