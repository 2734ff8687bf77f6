"""A figure becomes one picture: the same bytes every time, and never too many."""

import numpy as np
from matplotlib.figure import Figure

from funcgrad.compare.figures import render


def curve():
    figure = Figure(label="a rising line")
    figure.add_subplot().plot([0, 1])
    return figure


def test_a_figure_becomes_the_same_svg_every_time():
    pictures = [render("curve", curve()) for _ in range(2)]
    assert pictures[0].media_type == "image/svg+xml"
    assert pictures[0].alt == "a rising line"
    assert pictures[0] == pictures[1]


def test_a_figure_of_very_many_points_becomes_a_png():
    figure = Figure()
    points = np.random.default_rng(0).standard_normal((2, 10_000))
    figure.add_subplot().scatter(*points)
    picture = render("cloud", figure)
    assert picture.media_type == "image/png"
    assert picture.data.startswith(b"\x89PNG")
