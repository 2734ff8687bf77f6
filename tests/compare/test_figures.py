"""Figures are drawn without pyplot, and the same figure gives the same bytes."""

import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from funcgrad.compare.figures import graph_figure, render

EDGES = [
    "AddBackward0 #1 -> MulBackward0 #2",
    "AddBackward0 #1 -> AccumulateGrad x",
    "MulBackward0 #2 -> PowBackward0 #3",
    "PowBackward0 #3 -> AccumulateGrad x",
]


def labels(figure):
    """Return the nodes by label, with their places."""
    texts = figure.axes[0].texts
    return {text.get_text(): text.get_position() for text in texts if text.get_text()}


def test_a_node_is_drawn_once_below_those_that_lead_to_it():
    places = labels(graph_figure(EDGES, "title"))
    order = sorted(places, key=lambda label: places[label][1])
    assert order == [
        "AddBackward0\n#1",
        "MulBackward0\n#2",
        "PowBackward0\n#3",
        "AccumulateGrad\nx",
    ]


def test_every_edge_is_an_arrow():
    axes = graph_figure(EDGES, "title").axes[0]
    assert sum(hasattr(text, "arrow_patch") for text in axes.texts) == len(EDGES)
    assert axes.get_title() == "title"


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        (["a, b"], "an edge is written 'A -> B'"),
        (["a ->"], "an edge is written 'A -> B'"),
        (["a -> b", "b -> a"], "a cycle"),
        ([], "no edges"),
    ],
)
def test_what_is_no_graph_is_refused(edges, message):
    with pytest.raises(ValueError, match=message):
        graph_figure(edges)


def test_a_figure_becomes_the_same_svg_every_time():
    pictures = [render("graph", graph_figure(EDGES)) for _ in range(2)]
    assert pictures[0].media_type == "image/svg+xml"
    assert pictures[0] == pictures[1]


def test_nodes_of_a_generation_stand_in_the_order_of_the_edges():
    names = [f"n{i}" for i in range(9)]  # a set of them would come in another order every time
    places = labels(graph_figure([f"{name} -> sum" for name in names]))
    assert sorted(names, key=lambda name: places[name][0]) == names


def test_a_figure_of_very_many_points_becomes_a_png():
    figure = Figure()
    points = np.random.default_rng(0).standard_normal((2, 10_000))
    figure.add_subplot().scatter(*points)
    picture = render("cloud", figure)
    assert picture.media_type == "image/png"
    assert picture.data.startswith(b"\x89PNG")


def test_pyplot_is_not_touched():
    graph_figure(EDGES)
    assert "matplotlib.pyplot" not in sys.modules
