"""A graph as plain data: what is drawn, written as text, and sent from process to process."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from html import escape
from typing import TYPE_CHECKING, Any

from funcgrad.errors import GraphError, MissingExtraError
from funcgrad.graphs.dot import dot_text
from funcgrad.graphs.extras import require
from funcgrad.graphs.node import Node
from funcgrad.graphs.words import sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A picture of more nodes than these is no longer read; the rest is counted instead.
LIMIT = 40


@dataclass(frozen=True, repr=False)
class Graph:
    """Nodes, and the edges between them, as numbers of their ends; made by `tape` and `jaxpr`.

    Args:
        nodes: in the order in which they were found.
        edges: (start, end), in the order of operands; twice where an operand is used twice.

    Raises:
        GraphError: an edge ends nowhere or in another group, or the edges form a cycle.

    Example:
        >>> graph = Graph.from_lines(["MulBackward0 -> AccumulateGrad x"])
        >>> graph.nodes[1].kind
        'leaf'
        >>> graph.describe()
        'A graph of 1 operation (MulBackward0) to the leaf x.'
    """

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        below: dict[int, list[int]] = {number: [] for number in range(len(self.nodes))}
        for start, end in self.edges:
            if start not in below or end not in below:
                raise GraphError(f"edge {(start, end)} leaves the {len(self.nodes)} nodes")
            if self.nodes[start].group != self.nodes[end].group:
                raise GraphError(
                    f"edge {(start, end)} leads from one group to another; a nested program has "
                    "inputs and outputs of its own"
                )
            below[start].append(end)
        try:
            TopologicalSorter(below).prepare()
        except CycleError as error:
            around = " -> ".join(self.nodes[number].label for number in reversed(error.args[1]))
            raise GraphError(
                f"the edges form a cycle, so they have no order to draw them in: {around}"
            ) from None

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Graph:
        """Read a graph from its lines, or from one text; the inverse of `lines` and of `str`.

        Args:
            lines: one "A -> B" an edge; a line without an arrow is a node. Equal text is one node,
                so what reads the same is told apart by a number: "AddBackward0 #2".

        Raises:
            GraphError: a line is neither.
        """
        numbers: dict[str, int] = {}
        edges = []
        for line in lines.splitlines() if isinstance(lines, str) else lines:
            ends = [end.strip() for end in line.split("->")]
            if len(ends) > 2 or not all(ends):
                raise GraphError(f"an edge is written 'A -> B', and a node 'A', not {line!r}")
            found = [numbers.setdefault(end, len(numbers)) for end in ends]
            edges += [(found[0], found[1])] if len(found) == 2 else []
        return cls(tuple(map(Node.from_text, numbers)), tuple(edges))

    def lines(self) -> list[str]:
        """Write the graph as text, one edge a line: plain strings, which any process can send."""
        return list(self._lines())

    def _lines(self) -> Iterator[str]:
        texts = self.texts
        told = 0  # nodes are told in their order, so that reading gives it back
        for start, end in self.edges:
            fresh = [number for number in (start, end) if number >= told]
            if fresh:
                told_by_edge = fresh[0] if fresh == [fresh[0], fresh[0] + 1] else max(fresh)
                yield from texts[told:told_by_edge]
                told = max(fresh) + 1
            yield f"{texts[start]} -> {texts[end]}"
        yield from texts[told:]

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Name every node in a line of text; what reads the same is numbered."""
        plain = [node.text for node in self.nodes]
        total, seen = Counter(plain), Counter[str]()
        texts = []
        for text in plain:
            seen[text] += 1
            texts.append(f"{text} #{seen[text]}" if total[text] > 1 else text)
        return tuple(texts)

    def head(self, limit: int) -> Graph:
        """Keep the first nodes, and one more that counts the others."""
        if limit < 1:
            raise GraphError(f"at least one node must be kept, not {limit}")
        others = len(self.nodes) - limit
        if others <= 0:
            return self
        # The end that counts has no group of its own, so an edge to it must not have one either.
        kept = [
            (start, min(end, limit))
            for start, end in self.edges
            if start < limit and (end < limit or not self.nodes[start].group)
        ]
        cut = [(start, end) for start, end in dict.fromkeys(kept) if end == limit]
        kept = [edge for edge in kept if edge[1] < limit] + cut
        return Graph((*self.nodes[:limit], Node(f"… {others} more")), tuple(kept))

    def describe(self) -> str:
        """Say in one sentence what is to be seen, for those who do not see it."""
        return sentence(self)

    def dot(self) -> str:
        """Write the graph in DOT, the language of Graphviz: `dot -Tsvg` lays it out."""
        return dot_text(self)

    def networkx(self) -> Any:
        """Return a `networkx.DiGraph`.

        Nodes are numbered as here and carry `label`, `detail`, `kind` and `group`; an edge carries
        `times`, 2 where an operand is used twice.

        Raises:
            MissingExtraError: networkx is not installed.
        """
        require("networkx")
        import networkx as nx

        graph = nx.DiGraph()
        for number, node in enumerate(self.nodes):
            graph.add_node(
                number, label=node.label, detail=node.detail, kind=node.kind, group=node.group
            )
        for (start, end), times in Counter(self.edges).items():
            graph.add_edge(start, end, times=times)
        return graph

    def figure(self, ax: Axes | None = None, *, title: str = "", limit: int = LIMIT) -> Figure:
        """Draw the graph, one generation below the other.

        Args:
            ax: where to draw, scaled down to fit; by default a figure of its own, as large as the
                graph needs.
            title: above the drawing.
            limit: nodes to draw; the others are counted in one box, "… 940 more".

        Returns:
            The figure; its label (`get_label()`) is what `describe` says.

        Raises:
            MissingExtraError: matplotlib or networkx is not installed.
            GraphError: there is nothing to draw.
        """
        require("matplotlib", "networkx")
        from funcgrad.graphs.drawing import draw

        return draw([self.head(limit)], [title], ax, self.describe())

    def _repr_svg_(self) -> str | None:
        try:
            require("matplotlib", "networkx")
        except MissingExtraError:  # a notebook then shows the text
            return None
        from funcgrad.graphs.drawing import svg

        return svg(self.figure()) if self.nodes else None

    def _repr_html_(self) -> str | None:
        picture = self._repr_svg_()
        if picture is None:
            return None
        # As an image it has a text of its own, and its identifiers meet no others on the page.
        data = b64encode(picture.encode()).decode()
        alt = escape(self.describe())
        return f'<img alt="{alt}" src="data:image/svg+xml;base64,{data}">'

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def __repr__(self) -> str:
        return f"<Graph of {len(self.nodes)} nodes and {len(self.edges)} edges>"
