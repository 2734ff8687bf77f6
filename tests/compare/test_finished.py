"""A run as an object: what it says, and how a notebook shows it."""

import json
from html.parser import HTMLParser

import pytest

from funcgrad.compare import compare
from funcgrad.compare.engines import ENGINES
from funcgrad.compare.errors import UsageError
from funcgrad.compare.finished import Finished


@pytest.fixture
def finished(make_row):
    def make(*rows, chosen=None):
        return Finished(rows, chosen or len(rows), (ENGINES[0], ENGINES[2]), {"device": "cpu"}, 1.0)

    return make


def test_it_says_whether_all_agree(finished, make_row):
    good, bad = make_row("good"), make_row("bad", right=10.0)
    assert finished(good).agree
    assert not finished(good, bad).agree
    assert not finished(good, chosen=2).agree  # interrupted
    assert repr(finished(good, bad)) == "<2 examples: 1 agree, 1 differ>"
    assert json.loads(finished(good, bad).json())["agree"] is False
    assert json.loads(finished(good, chosen=2).json())["complete"] is False


def test_a_notebook_shows_the_report_in_a_frame_of_its_own(finished, make_row):
    found = finished(make_row("good", extra='NOTE = "A <b> \\" & \'."\n'))
    frames = []

    class Outside(HTMLParser):
        def handle_starttag(self, tag, attributes):
            frames.append((tag, dict(attributes)))

        def handle_data(self, data):
            raise AssertionError(f"text beside the frame: {data}")

    Outside().feed(found._repr_html_())
    ((tag, attributes),) = frames
    assert tag == "iframe"
    assert attributes["srcdoc"] == found.html()
    assert attributes["title"] == "1 example: 1 agree"


def test_a_name_that_is_no_example_is_refused():
    with pytest.raises(UsageError, match="scalar-square"):
        compare("scalar-sqare")
