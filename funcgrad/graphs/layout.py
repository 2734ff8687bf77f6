"""Where the boxes of a graph stand, and the ways of its edges between them.

networkx finds the generations and the order within each. How far to the right a box stands is a
problem of least squares, which SciPy solves: edges want to be upright, boxes must not overlap
(after E. R. Gansner, E. Koutsofios, S. C. North and K.-P. Vo, "A Technique for Drawing Directed
Graphs", IEEE Transactions on Software Engineering 19(3), 1993, who minimise absolute distances).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

import networkx as nx
import numpy as np
from scipy.optimize import lsq_linear

Point = tuple[float, float]
Size = tuple[float, float]
Layers = list[list[Hashable]]
Passages = dict[tuple[int, int], list[tuple[int, int]]]  # of an edge: (its bundle, the row)

BESIDE, BELOW = 0.16, 0.3  # inches between the boxes of a generation, and between generations
PASSING = 0.02  # the width of an edge that passes a generation

# How much a step of an edge wants to be upright, by how many of its ends are passages: long edges
# bend where they leave a box or reach one. And how much a node wants to be in the middle.
WEIGHTS, MIDDLE = (1.0, 0.3, 4.0), 0.01


class Way(NamedTuple):
    """An edge: from a box to a box, through gaps between others."""

    start: int
    end: int
    times: int
    points: list[Point]  # from the lower side of the one to the upper side of the other


class Layout(NamedTuple):
    """Places in inches, y downwards from the upper left corner."""

    centres: dict[int, Point]
    ways: list[Way]
    size: Size


def lay_out(graph: nx.DiGraph, sizes: dict[int, Size]) -> Layout:
    """Place the nodes of an acyclic graph, whose boxes have these sizes, in generations."""
    layered, layers, passages = _layered(graph)
    layers = _ordered(layered, layers)
    boxes = {node: sizes.get(node, (PASSING, 0.0)) for node in layered}
    across = _across(layered, layers, {node: width for node, (width, _) in boxes.items()})
    left = min(across[node] - boxes[node][0] / 2 for node in layered)
    right = max(across[node] + boxes[node][0] / 2 for node in layered)

    rows: dict[Hashable, tuple[float, float]] = {}  # top and bottom of the generation of each
    top = 0.0
    for layer in layers:
        bottom = top + max(boxes[node][1] for node in layer)
        rows.update(dict.fromkeys(layer, (top, bottom)))
        top = bottom + BELOW
    centres = {node: (across[node] - left, sum(rows[node]) / 2) for node in layered}

    ways = []
    for start, end, times in graph.edges(data="times"):
        stops = [start, *passages[start, end], end]
        points = [(centres[stop][0], y) for stop in stops for y in rows[stop]]
        points[0] = (points[0][0], centres[start][1] + boxes[start][1] / 2)
        points[-1] = (points[-1][0], centres[end][1] - boxes[end][1] / 2)
        ways.append(Way(start, end, times, points))
    return Layout({node: centres[node] for node in graph}, ways, (right - left, top - BELOW))


def _across(
    layered: nx.DiGraph, layers: Layers, widths: dict[Hashable, float]
) -> dict[Hashable, float]:
    """Choose how far to the right each node stands.

    What is solved for are the place of the first node of each generation, and by how much every
    further one is more than as near as may be to the one before it.
    """
    column = {node: i for i, node in enumerate(node for layer in layers for node in layer)}
    places = np.zeros((len(column), len(column) + 1))  # of nodes, by unknown; then a constant
    least = np.zeros(len(column))
    for layer in layers:
        least[column[layer[0]]] = -np.inf
        places[column[layer[0]], column[layer[0]]] = 1
        for before, node in pairwise(layer):
            places[column[node]] = places[column[before]]
            places[column[node], column[node]] = 1
            places[column[node], -1] += (widths[before] + widths[node]) / 2 + BESIDE
    wishes = [
        WEIGHTS[isinstance(start, tuple) + isinstance(end, tuple)]
        * (places[column[start]] - places[column[end]])
        for start, end in layered.edges
    ]
    wishes += list(MIDDLE * places)  # what no edge holds stays near the middle
    wanted = np.array(wishes)
    found = lsq_linear(wanted[:, :-1], -wanted[:, -1], (least, np.inf), method="bvls")
    across = places @ np.append(found.x, 1.0)
    return {node: round(float(across[i]), 4) for node, i in column.items()}


def _layered(graph: nx.DiGraph) -> tuple[nx.DiGraph, Layers, Passages]:
    """Divide a graph into generations; an edge that skips some passes them as nodes of its own.

    Generations count from the sources or from the sinks, and edges share their passages if they
    have their start or their end in common: of these four, what needs the fewest passages.
    """
    down = [list(layer) for layer in nx.topological_generations(graph)]
    up = [list(layer) for layer in nx.topological_generations(graph.reverse())][::-1]
    found = [_with_passages(graph, layers, side) for layers in (down, up) for side in (0, 1)]
    return min(found, key=lambda parts: len(parts[0]))


def _with_passages(
    graph: nx.DiGraph, layers: Layers, side: int
) -> tuple[nx.DiGraph, Layers, Passages]:
    layers = [list(layer) for layer in layers]
    depth = {node: row for row, layer in enumerate(layers) for node in layer}
    layered, passages = nx.DiGraph(), {}
    layered.add_nodes_from(graph)
    for edge in graph.edges:
        start, end = edge
        passages[edge] = [(edge[side], row) for row in range(depth[start] + 1, depth[end])]
        for passage in passages[edge]:
            if passage not in layered:
                layers[passage[1]].append(passage)
        nx.add_path(layered, [start, *passages[edge], end])
    return layered, layers, passages


def _ordered(layered: nx.DiGraph, layers: Layers) -> Layers:
    """Order each generation by the walk of networkx that makes the fewest edges cross."""
    candidates = []
    for walk in _walks(layered):
        rank = {node: position for position, node in enumerate(walk)}
        candidates.append([sorted(layer, key=rank.__getitem__) for layer in layers])
    return min(candidates, key=lambda candidate: _crossings(layered, candidate))


def _walks(layered: nx.DiGraph) -> Iterator[Sequence[Hashable]]:
    """Yield orders of all nodes: from the sources, from the sinks, and by the graph's spectrum."""
    yield list(nx.dfs_preorder_nodes(layered))
    yield list(nx.dfs_preorder_nodes(layered.reverse()))
    if len(layered) > 2:
        spectrum = nx.spectral_layout(layered.to_undirected(), dim=1)
        yield sorted(layered, key=lambda node: round(float(spectrum[node][0]), 6))


def _crossings(layered: nx.DiGraph, layers: Layers) -> int:
    place = {node: position for layer in layers for position, node in enumerate(layer)}
    return sum(
        (place[a] - place[c]) * (place[b] - place[d]) < 0
        for layer in layers
        for (a, b), (c, d) in combinations(layered.out_edges(layer), 2)
    )
