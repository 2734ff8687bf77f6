"""Make the README's picture of the report: `python tests/browser/picture.py`."""

import io
import tempfile
from pathlib import Path

from conftest import launch
from PIL import Image
from playwright.sync_api import sync_playwright

from funcgrad.cli import main

EXAMPLES = ("scalar-square", "chain", "second-order", "custom-function", "gradient-descent")
SIZE = {"width": 1200, "height": 1290}
COLOURS = 128  # flat colours and small letters need no more
PICTURE = Path(__file__).parents[2] / ".github" / "report.png"


def make() -> None:
    """Run a few examples, write their report, and take the picture of its first screen."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = Path(folder) / "report.html"
        main(["compare", f"--output={report}", *EXAMPLES])
        page = launch(playwright).new_page(viewport=SIZE, color_scheme="light")
        page.goto(report.as_uri())
        taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size} bytes")


if __name__ == "__main__":  # workers import this module anew
    make()
