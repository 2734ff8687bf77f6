"""The report in a browser: readable on any screen, on paper, by keyboard and by screen reader."""

from itertools import pairwise
from pathlib import Path

import pytest

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
LEAST = 4.5  # WCAG 2.2, level AA, for text of any size
PHONE, DESK = 390, 1280
SCREENS = [(width, scheme) for width in (PHONE, DESK) for scheme in ("light", "dark")]
LARGEST = 5_000_000  # bytes of the whole gallery's report


def every(page, selector, expression):
    """Evaluate an expression of `e` for every element that matches."""
    return page.eval_on_selector_all(selector, f"all => all.map(e => {expression})")


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_is_quiet_asks_for_nothing_and_never_scrolls_sideways(open_page, width, scheme):
    page = open_page(width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    pictures = every(page, "img", "[e.complete && e.naturalWidth > 0, e.alt.length > 20]")
    assert len(pictures) >= 2
    assert all(loaded and described for loaded, described in pictures)
    assert page.heard.said == []
    assert [url for url in page.heard.asked if not url.startswith("data:")] == [page.url]


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_text_stands_out_from_its_ground(open_page, width, scheme):
    page = open_page(width, scheme=scheme)
    assert page.evaluate(CONTRAST, LEAST) == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(18, 22, 27)") == (scheme == "dark")
    sheets = every(page, ".sheet", "getComputedStyle(e).backgroundColor")
    assert set(sheets) == {"rgb(255, 255, 255)"}  # figures are drawn in dark ink

    # The measure itself: a grey that is a little too faint, and one that is not.
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: #777;"
        ' background: #fff">faint</p><p style="color: #767676; background: #fff">ok</p>\')'
    )
    assert page.evaluate(CONTRAST, LEAST) == [["faint", "4.48"]]


def test_headings_landmarks_and_names(open_page):
    page = open_page()
    levels = [int(tag[1]) for tag in every(page, "h1, h2, h3, h4, h5, h6", "e.tagName")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.evaluate("document.documentElement.lang") == "en"
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1
    assert page.get_by_role("navigation", name="Sections").count() == 1
    assert page.get_by_role("article", name="The gradient of a square").count() == 1
    ids = every(page, "[id]", "e.id")
    assert len(ids) == len(set(ids))
    targets = every(page, "a[href^='#']", "document.getElementById(e.hash.slice(1)) !== null")
    assert targets and all(targets)
    assert all(every(page, "table", "e.caption.textContent.trim() !== ''"))
    assert all(every(page, "th", "['col', 'row', 'rowgroup'].includes(e.scope)"))


def test_tables_stay_tables_on_a_phone(open_page):
    """What a screen reader is told of them does not change with how they are laid out."""
    told = []
    for width in (PHONE, DESK):
        page = open_page(width)
        table = page.get_by_role("table").first
        told.append([table.get_by_role(role).count() for role in ("row", "rowheader", "cell")])
        assert table.get_by_role("row", name="scalar-square").get_by_role("cell").count() > 3
    assert told[0] == told[1]
    # Chromium keeps a table a table by itself; Safari does where it is said.
    assert all(every(page, "table, thead, tbody, tr, th, td", "e.hasAttribute('role')"))


@pytest.mark.parametrize(("width", "key"), [(PHONE, "Tab"), (DESK, "Shift+Tab")])
def test_every_control_is_reached_by_tab_and_seen_there(open_page, width, key):
    page = open_page(width, scheme="dark")
    controls = page.locator("a[href], summary, [tabindex='0']")
    order = []
    for _ in range(controls.count()):
        page.keyboard.press(key)
        order.append(
            page.evaluate("""() => {
            const at = document.activeElement, box = at.getBoundingClientRect();
            const bar = document.querySelector(".sections");
            const style = getComputedStyle(at);
            const inside = box.top < innerHeight && box.right > 0 && box.left < innerWidth;
            const clear = at.closest(".sections, .skip") ||
                box.bottom > bar.getBoundingClientRect().bottom;
            at.dataset.reached = "yes";
            return {
                what: at.outerHTML.slice(0, 80),
                ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                seen: Boolean(clear) && inside,
            };
        }""")
        )
    assert [found["what"] for found in order if not (found["ring"] and found["seen"])] == []
    assert every(page, "a[href], summary, [tabindex='0']", "e.dataset.reached") == ["yes"] * len(
        order
    )
    # Whoever has no mouse can scroll what scrolls by itself.
    scrolling = """[...document.querySelectorAll("*")].filter(e =>
        e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "auto"
        && e.tabIndex < 0 && !e.querySelector("a")).map(e => e.outerHTML.slice(0, 80))"""
    assert page.evaluate(scrolling) == []


def test_steps_stand_on_one_line_on_a_desk_and_below_each_other_on_a_phone(open_page):
    tops = "[...e.querySelectorAll('pre')].map(step => step.getBoundingClientRect().top)"
    left, right = "[...e.querySelectorAll('.style')][0]", "[...e.querySelectorAll('.style')][1]"
    pairs = f"[{tops.replace('e.', f'{left}.')}, {tops.replace('e.', f'{right}.')}]"
    for jax, pytorch in every(open_page(DESK), ".styles", pairs):
        assert len(jax) > 1
        assert jax == pytorch == sorted(jax)
    for jax, pytorch in every(open_page(PHONE), ".styles", pairs):
        assert max(jax) < min(pytorch)


def test_what_disagrees_is_the_first_thing_said(open_page):
    page = open_page(PHONE)
    first = page.get_by_role("main").locator("section").first
    assert first.get_by_role("heading").inner_text() == "What disagrees"
    assert "9 and 12, 3 apart" in first.inner_text()
    assert "ValueError" in first.inner_text()
    first.get_by_role("link", name="What failing looks like").click()
    assert page.url.endswith("#failing")
    top = page.locator("#failing h3").bounding_box()["y"]
    bar = page.locator(".sections").bounding_box()
    assert bar["y"] + bar["height"] <= top < 300


def test_on_paper_nothing_is_cut_and_the_ground_is_white(open_page):
    page = open_page(700, scheme="dark")  # the width of a sheet between its margins
    page.emulate_media(media="print")
    wide = "e.scrollWidth > e.clientWidth + 1 ? e.outerHTML.slice(0, 80) : ''"
    assert set(every(page, ".source, .source pre, .error pre, table, .sheet", wide)) == {""}
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(CONTRAST, LEAST) == []
    assert not page.get_by_role("navigation").is_visible()
    paper = page.pdf(format="A4")
    assert paper.startswith(b"%PDF")
    # An example begins a page of its own; a section does, and its first example with it.
    assert set(every(page, ".part, article + article", "getComputedStyle(e).breakBefore")) == {
        "page"
    }


def test_it_is_small(report_file):
    """Figures are most of it; `.ci/run` weighs the whole gallery's."""
    assert report_file.stat().st_size < LARGEST / 10
