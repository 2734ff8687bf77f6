"""How a figure becomes a picture of the report."""

import io

import matplotlib
from matplotlib.figure import Figure

from funcgrad.compare.alt_text import alt_text
from funcgrad.compare.messages import Picture
from funcgrad.compare.pictures import DPI

# A drawing with very many points is smaller, and shows faster, as pixels.
LARGEST_SVG = 300_000


def render(name: str, figure: Figure) -> Picture:
    """Turn a figure into an SVG, or into a PNG where that is the smaller by far."""
    buffer, alt = io.BytesIO(), alt_text(figure)
    # The same figure gives the same bytes: no date, no random identifiers.
    with matplotlib.rc_context({"svg.hashsalt": "funcgrad"}):
        figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    if buffer.tell() <= LARGEST_SVG:
        return Picture(name, "image/svg+xml", buffer.getvalue(), alt)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight", dpi=DPI)
    return Picture(name, "image/png", buffer.getvalue(), alt)
