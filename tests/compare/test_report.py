"""The report: complete, self-contained, and safe with any text."""

from html.parser import HTMLParser

import pytest

from funcgrad.compare.engines import ENGINES
from funcgrad.compare.report import report

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Collects what a page shows and refers to, and checks that its tags are closed."""

    def __init__(self, text):
        super().__init__()
        self.text, self.links, self.ids, self.open = [], [], [], []
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


@pytest.fixture
def page(make_row):
    note = 'NOTE = "Uses `jax.grad` & <i>more</i>."\nSOURCE = "D9"\n'
    rows = [
        make_row("agreeing", extra=note),
        make_row("differing", right=10.0),
        make_row("failing", error="Traceback: <planted> error"),
    ]
    facts = {"device": "cpu", "JAX": "jax 0.10.2"}
    engines = (ENGINES[0], ENGINES[2])
    html = report(rows, 4, engines, facts, 12.0)
    parsed = Page(html)
    parsed.html = html
    return parsed


def test_its_tags_are_closed_and_its_links_lead_somewhere(page):
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    anchors = [link[1:] for link in page.links if link.startswith("#")]
    assert set(anchors) == {"agreeing", "differing", "failing", "overview"}
    assert set(anchors) <= set(page.ids)


def test_it_needs_nothing_beside_it(page):
    assert all(link.startswith(("#", "data:")) for link in page.links)
    for reference in ("http://", "https://", "@import", "url(", "<script", "<link"):
        assert reference not in page.html.replace('xmlns="http://www.w3.org', "")


def test_it_shows_verdict_environment_times_and_both_sources(page):
    assert page.shows("3 of 4 examples: 1 agree, 1 differ, 1 failed, in 12.0 s")
    assert page.shows("jax 0.10.2")
    assert page.shows("500 ms")
    assert page.shows("12.3 µs")
    assert page.shows("median of 20")
    assert page.shows("def jax_style(x, power=2):")
    assert page.shows("def pytorch_style(torch, x, power=2):")
    assert page.shows("def square(x): return x * x")  # the helper they use
    assert page.shows("D9")
    assert page.shows("The curve")
    assert "data:image/svg+xml;base64,PHN2Zy8+" in page.links


def test_it_shows_results_with_their_differences(page):
    assert page.shows("JAX and PyTorch: 9 and 10, 1 apart (allowed: 1e-05 relative")
    assert page.shows("PyTorch and expected: 10 and 9, 1 apart")
    assert page.shows("measured, not compared")
    assert page.shows("float32[] · JAX, PyTorch")


def test_text_is_escaped(page):
    assert page.shows("Traceback: <planted> error")
    assert page.shows("'<b>&'")
    assert page.shows("jax.grad & <i>more</i>.")
    assert "<planted>" not in page.html
    assert "<i>" not in page.html
    assert "<code>jax.grad</code>" in page.html


def test_light_dark_and_phone(page):
    assert "prefers-color-scheme: dark" in page.html
    assert 'name="viewport"' in page.html
    assert "max-width: 50rem" in page.html
