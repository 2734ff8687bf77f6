"""A report as the command writes it, and Chromium to look at it."""

import shutil
from types import SimpleNamespace

import pytest
from playwright.sync_api import sync_playwright

from funcgrad.cli import main

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Nothing that Chromium does of its own accord; the rest keeps it from asking for a screen.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
EXAMPLES = ("scalar-square", "bce-logits", "line-by-sgd")
LONG = "a_name_that_is_so_long_that_it_would_push_a_phone_page_wide_were_it_not_to_be_broken"
PLANTED = '''"""What {what} looks like.

An example planted to be seen.
"""

import numpy as np

NOTE = "`{long}` is long."
EXPECTED = {{"y": 9.0}}


def inputs(seed=0):
    return {{"x": np.float32(3.0)}}


def jax_style(x):
    # the square
    {long} = x * x
    return {{"y": {long}, "{long}": x}}


def pytorch_style(torch, x):
    x = torch.tensor(x)
    # the square
    {statement}
    return {{"y": y, "{long}": x, "text": "{long}" * 3}}
'''


def launch(playwright):
    """Start the system's own Chromium, headless."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(
            f"no browser to look at the report with ({', '.join(NAMES)}): install Chromium, on "
            "Debian `apt-get install chromium`, or leave these tests out: "
            "`pytest --ignore tests/browser`"
        )
    return playwright.chromium.launch(executable_path=path, args=FLAGS)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report_file(tmp_path_factory):
    """The report of a few examples: one of them fails, one differs, and neither is jitted."""
    folder = tmp_path_factory.mktemp("report")
    statements = {"differing": "y = x * 4", "failing": f"raise ValueError('{LONG} ' * 3)"}
    files = []
    for what, statement in statements.items():
        files.append(folder / f"{what}.py")
        text = PLANTED.format(what=what, long=LONG, statement=statement)
        files[-1].write_text(text, encoding="utf-8")
    path = folder / "report.html"
    options = ["--quick", "--no-pytorch", f"--output={path}"]  # two engines make a page as well
    assert main(["compare", *options, *EXAMPLES, *map(str, files)]) == 1  # something differs
    return path


@pytest.fixture
def open_page(chromium, report_file):
    """Open the report; what it asks for and complains of is kept beside the page."""
    contexts = []

    def open_page(width=1280, height=900, scheme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",  # a page that glides is not yet where a key took it
        )
        contexts.append(context)
        page = context.new_page()
        heard = SimpleNamespace(said=[], asked=[])
        page.on("console", lambda message: heard.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: heard.said.append(str(error)))
        page.on("request", lambda request: heard.asked.append(request.url))
        page.goto(report_file.as_uri())
        page.heard = heard
        return page

    yield open_page
    for context in contexts:
        context.close()
