"""What a figure shows, in words, for those who do not see it.

An author's own words come first: `figure.set_label("…")`. Without them the axes tell: their title,
what lies along them, and every curve with its two ends.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

MOST = 8  # curves, or words in a drawing, that are named one by one
FEW = 4  # parts of a figure that are described; of more, only the titles
LONGEST = 60  # characters of a text in a drawing


def alt_text(figure: Figure) -> str:
    """Describe a figure in a few sentences.

    Example:
        >>> figure = Figure()
        >>> axes = figure.subplots()
        >>> _ = axes.plot([1, 2, 3], [1, 4, 9], label="squares")
        >>> _ = axes.set(xlabel="x", ylabel="x²", title="Growth")
        >>> alt_text(figure)
        'Growth. x² over x. squares: from (1, 1) to (3, 9).'
    """
    if figure.get_label():
        return str(figure.get_label())
    parts = [_title(axes) if len(figure.axes) > FEW else _axes(axes) for axes in figure.axes]
    if len(parts) > 1:
        parts = [f"Part {i} of {len(parts)}: {part}" for i, part in enumerate(parts, 1)]
    title = figure.get_suptitle()
    return " ".join([*([_sentence(title)] if title else []), *parts])


def _title(axes: Axes) -> str:
    return _sentence(axes.get_title() or "untitled")


def _axes(axes: Axes) -> str:
    sentences = [axes.get_title()]
    along = [(axes.get_ylabel(), axes.get_yscale()), (axes.get_xlabel(), axes.get_xscale())]
    named = [label + (" (logarithmic)" if scale == "log" else "") for label, scale in along]
    if axes.axison and all(label for label, _ in along):
        sentences.append(" over ".join(named))
    curves = [_curve(line, axes) for line in axes.lines]
    sentences += curves[:MOST]
    if len(curves) > MOST:
        sentences.append(f"{len(curves) - MOST} more curves")
    words = [" ".join(text.get_text().split()) for text in axes.texts]
    words = [word if len(word) <= LONGEST else f"{word[:LONGEST]}…" for word in words if word]
    if words:
        more = f" and {len(words) - MOST} more" if len(words) > MOST else ""
        sentences.append(f"Words in it: {', '.join(words[:MOST])}{more}")
    return " ".join(_sentence(sentence) for sentence in sentences if sentence)


def _curve(line: Line2D, axes: Axes) -> str:
    label = str(line.get_label())
    name = "" if label.startswith("_") else label  # Matplotlib's mark for "no label"
    points = np.asarray(line.get_xydata())
    if not len(points) or line.get_transform() is not axes.transData:
        return name  # a line across the whole axes has no ends
    ends = [f"({x:.3g}, {y:.3g})" for x, y in (points[0], points[-1])]
    if len(points) == 1:
        return f"{name}: at {ends[0]}" if name else f"A point at {ends[0]}"
    if line.get_linestyle() == "None":
        return f"{name}: {len(points)} points" if name else f"{len(points)} points"
    curve = f"from {ends[0]} to {ends[1]}"
    return f"{name}: {curve}" if name else f"A curve {curve}"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
