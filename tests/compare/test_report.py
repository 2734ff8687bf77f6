"""The report: complete, self-contained, and safe with any text."""

from html.parser import HTMLParser

import pytest

from funcgrad.compare.engines import ENGINES
from funcgrad.compare.messages import Outcome
from funcgrad.compare.report import report

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Collects what a page shows and refers to, and checks that its tags are closed."""

    def __init__(self, text):
        super().__init__()
        self.html, self.text, self.links, self.ids, self.open = text, [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.links += [found[name] for name in ("src", "href") if name in found]
        self.ids += [found["id"]] if "id" in found else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def shows(self, words):
        return words in " ".join("".join(self.text).split())


FACTS = {"command": "funcgrad compare x.py", "device": "cpu", "JAX": "jax 0.10.2"}


@pytest.fixture
def page(make_row):
    note = 'NOTE = "Uses `jax.grad` & <i>more</i>."\nSOURCE = "D9"\n'
    rows = [
        make_row("agreeing", extra=note),
        make_row("differing", right=10.0),
        make_row("failing", error="Traceback: <planted> error"),
    ]
    return Page(report(rows, 4, (ENGINES[0], ENGINES[2]), FACTS, 12.0))


def test_its_tags_are_closed_and_its_links_lead_somewhere(page):
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    anchors = {link[1:] for link in page.links if link.startswith("#")}
    assert {"agreeing", "differing", "failing", "report-overview", "section-1"} <= anchors
    assert anchors <= set(page.ids)


def test_two_files_of_one_name_have_two_places(make_row):
    rows = [make_row("same"), make_row("same")]
    parsed = Page(report(rows, 2, (ENGINES[0], ENGINES[2]), FACTS, 1.0))
    assert {"same", "same-2"} <= set(parsed.ids)
    assert len(parsed.ids) == len(set(parsed.ids))


def test_it_needs_nothing_beside_it(page):
    assert all(link.startswith(("#", "data:")) for link in page.links)
    for reference in ("http://", "https://", "@import", "url(", "<script", "<link"):
        assert reference not in page.html
    assert "default-src 'none'" in page.html


def test_it_shows_verdict_environment_times_and_both_sources(page):
    assert page.shows("3 of 4 examples: 1 agree, 1 differ, 1 failed, in 12.0 s")
    assert page.shows("funcgrad compare x.py")
    assert page.shows("jax 0.10.2")
    assert page.shows("12.3 µs 500 ms")
    assert page.shows("median of 20")
    assert page.shows("def jax_style(x, power=2):")
    assert page.shows("def pytorch_style(torch, x, power=2):")
    assert page.shows("def square(x): return x * x")  # the helper they use
    assert page.shows("from D9")
    assert page.shows("The curve")
    assert "data:image/svg+xml;base64,PHN2Zy8+" in page.links
    assert 'alt="A curve from (0, 0) to (1, 1)."' in page.html


def test_an_engine_that_an_example_has_nothing_of(make_row):
    """A column appears for every engine that ran, whatever each example has of it."""
    parsed = Page(report([make_row("mine")], 1, ENGINES, FACTS, 1.0))
    assert parsed.open == []
    assert parsed.shows("funcgrad.torch –")


def test_a_step_is_shown_and_an_example_without_one_says_so_in_a_word(make_row):
    step = "def step_style(torch, scan, x):\n    return {'y': scan(square, x)}\n"
    rows = [make_row("plain"), make_row("trained", extra=step)]
    rows[0].outcomes["compiled"] = Outcome(absent="no step")
    rows[1].outcomes["compiled"] = rows[1].outcomes["jax"]
    engines = (ENGINES[0], ENGINES[2], ENGINES[3])
    parsed = Page(report(rows, 2, engines, FACTS, 1.0))
    assert parsed.open == []
    assert parsed.shows("compiled no step")
    assert parsed.shows("compiled 12.3 µs 500 ms")
    assert parsed.html.count('<details class="step">') == 1
    assert parsed.shows("def step_style(torch, scan, x):")
    assert parsed.shows("2 examples: 2 agree") and parsed.shows("Compiled and scanned: the")
    bare = Page(report([make_row("bare")], 1, engines[:2], FACTS, 1.0))
    assert not bare.shows("Compiled and scanned: the")


def test_what_disagrees_stands_above_all_else(page, make_row):
    words = " ".join("".join(page.text).split())
    start, overview = words.index("What disagrees Differing"), words.index("Overview Time of")
    listed = words[start:overview]
    assert "y, JAX and PyTorch: 9 and 10, 1 apart" in listed.replace(" ,", ",")
    assert "PyTorch: Traceback: <planted> error" in listed
    assert "Agreeing" not in listed
    parsed = Page(report([make_row("agreeing")], 1, (ENGINES[0], ENGINES[2]), FACTS, 1.0))
    assert not parsed.shows("What disagrees")


def test_it_shows_results_with_their_differences(page):
    assert page.shows("9 and 10, 1 apart (allowed: 1e-05 relative")
    assert page.shows("JAX and PyTorch")
    assert page.shows("10 and 9, 1 apart (allowed")
    assert page.shows("measured, not compared")
    assert page.shows("float32[] · JAX, PyTorch")


def test_text_is_escaped(page):
    assert page.shows("Traceback: <planted> error")
    assert page.shows("'<b>&'")
    assert page.shows("jax.grad & <i>more</i>.")
    assert "<planted>" not in page.html
    assert "<i>" not in page.html
    assert "<code>jax.grad</code>" in page.html


def test_a_warning_is_said_beside_the_code(make_row):
    row = make_row("mine")
    row.outcomes["jax"] = type(row.outcomes["jax"])(warning="slow by `design`")
    assert Page(report([row], 1, (ENGINES[0], ENGINES[2]), FACTS, 1.0)).shows(
        "JAX. slow by design."
    )
