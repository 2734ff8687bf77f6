"""What a graph shows, in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcgrad.graphs.graph import Graph
    from funcgrad.graphs.node import Node

# So many things a sentence lists before it counts the rest.
LISTED = 6

PLURALS = {"leaf": "leaves"}


def sentence(graph: Graph) -> str:
    """Describe a graph: how many operations and which, from where to where."""
    outside = [number for number, node in enumerate(graph.nodes) if not node.group]
    starts = {start for start, _ in graph.edges}
    ends = {end for _, end in graph.edges}
    text = f"A graph of {_operations(graph.nodes[number] for number in outside)}"
    for word, lacking in (("from", ends), ("to", starts)):
        nodes = [graph.nodes[number] for number in outside if number not in lacking]
        # An operation may be at an end, too; it has been named.
        found = [_ends([n for n in nodes if n.kind == kind], kind) for kind in _kinds(nodes)]
        if found:
            text += f" {word} {_list(found)}"
    groups: dict[str, list[Node]] = {}
    for node in graph.nodes:
        groups.setdefault(node.group, []).append(node)
    beside = [f"{group}, {_operations(nodes)}" for group, nodes in groups.items() if group]
    return f"{text}. Beside it: {'; '.join(beside)}." if beside else f"{text}."


def _operations(nodes: Iterable[Node]) -> str:
    names = [node.label for node in nodes if node.kind == "operation"]
    counted = [f"{times} × {name}" if times > 1 else name for name, times in Counter(names).items()]
    return _number(len(names), "operation") + (f" ({_list(counted)})" if names else "")


def _kinds(nodes: Sequence[Node]) -> list[str]:
    return list(dict.fromkeys(node.kind for node in nodes if node.kind != "operation"))


def _ends(nodes: Sequence[Node], kind: str) -> str:
    names = [node.label.partition(" ")[2] for node in nodes]
    if kind == "more":
        return names[0]
    if not all(names):
        return f"the {kind}" if len(nodes) == 1 else _number(len(nodes), kind)
    return f"the {kind if len(nodes) == 1 else _plural(kind)} {_list(names)}"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun if count == 1 else _plural(noun)}"


def _plural(noun: str) -> str:
    return PLURALS.get(noun, f"{noun}s")


def _list(parts: Sequence[str]) -> str:
    if len(parts) > LISTED:
        parts = [*parts[: LISTED - 1], f"{len(parts) - LISTED + 1} more"]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
