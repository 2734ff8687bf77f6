"""Make the README's picture of the report: `python tests/browser/picture.py`."""

import contextlib
import io
import tempfile
from pathlib import Path

from conftest import launch
from PIL import Image
from playwright.sync_api import sync_playwright

from funcgrad.cli import main

EXAMPLES = ("zeroing", "chain", "gradient-descent", "line-by-sgd", "mlp-regression")
SIZE = {"width": 1280, "height": 1480}
COLOURS = 128  # flat colours and small letters need no more
PICTURE = Path(__file__).parents[2] / ".github" / "report.png"


def make() -> None:
    """Run a few examples, write their report, and take the picture of its first screen."""
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        sync_playwright() as playwright,
    ):
        main(["compare", *EXAMPLES])
        page = launch(playwright).new_page(viewport=SIZE, color_scheme="light")
        page.goto(Path("report.html").resolve().as_uri())
        taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size} bytes")


if __name__ == "__main__":  # workers import this module anew
    make()
