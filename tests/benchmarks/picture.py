"""What was measured, as a figure."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .table import Runs, engines_of, per, size_of, typical

COLORS = {
    "torch": "#D55E00", "torch.compile": "#E69F00", "eager": "#56B4E9", "compiled": "#0072B2",
    "scanned": "#003A6B", "jit": "0.65", "lax.scan": "0.35",
}  # fmt: skip
TITLES = {
    "depth": ("Chains of operations, forward and backward", "length", "microseconds an operation"),
    "width": ("Networks three layers deep", "width", "microseconds a step"),
}


def draw(found: Mapping[str, Runs]) -> Figure:
    """A step of each task on each engine, as bars, and each scale as curves; logarithmic axes."""
    tasks, scales = found.get("steps", {}), [name for name in TITLES if found.get(name)]
    heights = [1 + 0.9 * len(tasks)] * bool(tasks) + [4.5] * bool(scales)
    figure = Figure(figsize=(10, sum(heights)), layout="constrained")
    parts = list(figure.subfigures(len(heights), squeeze=False, height_ratios=heights)[:, 0])
    if tasks:
        _bars(parts[0].subplots(), tasks)
    if scales:
        panels = parts[-1].subplots(1, len(scales), squeeze=False)[0]
        for axes, name in zip(panels, scales, strict=True):
            _curves(axes, name, found[name])
    shown = dict.fromkeys(e for name in ("steps", *scales) for e in engines_of(found.get(name, {})))
    handles = [Line2D([], [], color=COLORS[engine], label=engine, linewidth=5) for engine in shown]
    figure.legend(handles=handles, ncols=len(shown), loc="outside lower center", frameon=False)
    return figure


def _bars(axes: Axes, found: Runs) -> None:
    names, engines = list(found), engines_of(found)
    height = 0.8 / len(engines)
    for i, engine in enumerate(engines):
        seconds = [typical(found[name], engine) * 1e6 for name in names]
        places = np.arange(len(names)) + i * height
        axes.barh(places, seconds, height, label=engine, color=COLORS[engine])
    axes.set(xscale="log", xlabel="microseconds a step", title="One step of training, one thread")
    axes.set_yticks(np.arange(len(names)) + 0.4 - height / 2, names)
    axes.invert_yaxis()


def _curves(axes: Axes, name: str, found: Runs) -> None:
    for engine in engines_of(found):
        points = [
            (size_of(task), per(name, runs, engine) * 1e6)
            for task, runs in found.items()
            if engine in runs[0]["turns"]
        ]
        axes.plot(*zip(*points, strict=True), "o-", markersize=4, color=COLORS[engine])
    title, along, up = TITLES[name]
    axes.set(xscale="log", yscale="log", title=title, xlabel=along, ylabel=up)
    axes.set_xticks([size_of(task) for task in found], [str(size_of(task)) for task in found])
    axes.minorticks_off()
    axes.grid(axis="y", color="0.9")
