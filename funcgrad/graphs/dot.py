"""DOT, the language of Graphviz: only text is written here, Graphviz lays it out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from funcgrad.graphs.styles import ARROW, STYLES

if TYPE_CHECKING:
    from funcgrad.graphs.graph import Graph
    from funcgrad.graphs.node import Node


def dot_text(graph: Graph) -> str:
    """Write a graph in DOT; a group is a cluster of its own.

    Example:
        >>> from funcgrad.graphs import Graph
        >>> print(Graph.from_lines(['MulBackward0 -> AccumulateGrad x: float32[]']).dot())
        digraph {
          node [shape=box, fontname="Helvetica", fontsize=11];
          edge [color="#5c6670", arrowsize=0.7];
          n0 [label="MulBackward0", style="rounded,filled", color="#0072b2", fillcolor="#e9f1f8"];
          n1 [label="AccumulateGrad x\\nfloat32[]", style="filled", color="#a85c00", ...];
          n0 -> n1;
        }
    """
    return "\n".join(_lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    yield "digraph {"
    yield '  node [shape=box, fontname="Helvetica", fontsize=11];'
    yield f'  edge [color="{ARROW}", arrowsize=0.7];'
    groups: dict[str, list[str]] = {}
    for number, node in enumerate(graph.nodes):
        groups.setdefault(node.group, []).append(f"n{number} [{_attributes(node)}];")
    for position, (group, members) in enumerate(groups.items()):
        if not group:
            yield from (f"  {member}" for member in members)
            continue
        yield f"  subgraph cluster_{position} {{"
        yield f'    label={quoted(group)}; fontname="Helvetica"; fontsize=11; color="{ARROW}";'
        yield from (f"    {member}" for member in members)
        yield "  }"
    yield from (f"  n{start} -> n{end};" for start, end in graph.edges)
    yield "}"


def _attributes(node: Node) -> str:
    style = STYLES[node.kind]
    looks = ["rounded"] if style.corners != "square" else []
    looks += ["filled"] + ([style.dashes] if style.dashes != "solid" else [])
    label = f"{node.label}\n{node.detail}" if node.detail else node.label
    return (
        f'label={quoted(label)}, style="{",".join(looks)}", '
        f'color="{style.line}", fillcolor="{style.fill}"'
    )


def quoted(text: str) -> str:
    """Quote a string: a backslash begins an escape, and a quotation mark would end it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
