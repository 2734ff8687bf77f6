"""A graph as lines and as DOT: what is written is what is read."""

import networkx as nx
import pytest
from hypothesis import given

from funcgrad.errors import GraphError
from funcgrad.graphs import Graph, Node

from .grammar import Reader
from .strategies import graphs

LINES = [
    "output: float32[] -> MulBackward0",
    "MulBackward0 -> AddBackward0 #1",
    "MulBackward0 -> AddBackward0 #2",
    "AddBackward0 #1 -> AccumulateGrad w: float32[]",
    "AddBackward0 #2 -> AccumulateGrad w: float32[]",
    "AddBackward0 #2 -> AccumulateGrad w: float32[]",
]


@given(graphs())
def test_lines_give_the_graph_back(graph):
    assert Graph.from_lines(graph.lines()) == graph
    assert Graph.from_lines(str(graph)) == graph


def test_lines_are_read_as_they_were_meant():
    graph = Graph.from_lines(LINES)
    assert graph.lines() == LINES
    assert [node.kind for node in graph.nodes] == ["output", *["operation"] * 3, "leaf"]
    assert graph.edges == ((0, 1), (1, 2), (1, 3), (2, 4), (3, 4), (3, 4))
    assert hash(graph) == hash(Graph.from_lines(LINES))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a -> "], "an edge is written 'A -> B'"),
        (["a -> b -> c"], "an edge is written 'A -> B'"),
        ([""], "an edge is written 'A -> B'"),
        (["a -> b", "b -> c", "c -> a"], "form a cycle.*: a -> b -> c -> a$"),
        (["a -> a"], "form a cycle"),
        (["g | a -> b"], "from one group to another"),
        (["a: b: c"], "'b: c' cannot be part of a node: ': ' divides"),
    ],
)
def test_what_is_no_graph_is_refused(lines, message):
    with pytest.raises(GraphError, match=message):
        Graph.from_lines(lines)


@pytest.mark.parametrize("part", ["a -> b", "a | b", "a: b", "a #2", "a\nb", " a"])
def test_a_name_that_would_divide_a_line_is_refused(part):
    with pytest.raises(GraphError, match="cannot be part of a node"):
        Node("input", part)


def test_an_edge_needs_both_ends():
    with pytest.raises(GraphError, match=r"edge \(0, 1\) leaves the 1 nodes"):
        Graph((Node("a"),), ((0, 1),))


@given(graphs())
def test_dot_says_the_same(graph):
    read = Reader(graph.dot())
    names = list(read.labels)
    numbers = {f"n{number}": number for number in range(len(graph.nodes))}
    assert sorted(names, key=numbers.__getitem__) == list(numbers)
    for name, number in numbers.items():
        node = graph.nodes[number]
        assert read.labels[name] == (f"{node.label}\n{node.detail}" if node.detail else node.label)
    assert [(numbers[start], numbers[end]) for start, end in read.edges] == list(graph.edges)
    grouped = {
        numbers[name]: cluster.get("label", "")
        for cluster in read.clusters.values()
        for name in cluster["nodes"]
    }
    assert grouped == {number: node.group for number, node in enumerate(graph.nodes)}


@given(graphs())
def test_networkx_holds_the_same(graph):
    found = graph.networkx()
    assert nx.is_directed_acyclic_graph(found)
    assert [Node(d["label"], d["detail"], d["group"]) for _, d in found.nodes(data=True)] == list(
        graph.nodes
    )
    repeated = [(start, end) for start, end, n in found.edges(data="times") for _ in range(n)]
    assert sorted(repeated) == sorted(graph.edges)


@given(graphs())
def test_a_description_is_one_paragraph_of_plain_text(graph):
    text = graph.describe()
    assert text.startswith("A graph of ")
    assert text.endswith(".")
    assert "\n" not in text


INPUTS = [f"input x{i} -> add" for i in range(9)] + ["add -> output y"]
LOOP = ["input x -> while", "body of while | input -> body of while | neg"]


@pytest.mark.parametrize(
    ("lines", "described"),
    [
        (LINES, "3 operations (MulBackward0 and 2 × AddBackward0) from the output to the leaf w"),
        (INPUTS, "1 operation (add) from the inputs x0, x1, x2, x3, x4 and 4 more to the output y"),
        (LOOP, "1 operation (while) from the input x. Beside it: body of while, 1 operation (neg)"),
        ([], "0 operations"),
    ],
)
def test_descriptions(lines, described):
    assert Graph.from_lines(lines).describe() == f"A graph of {described}."


def test_of_a_large_graph_the_head_is_kept_and_the_rest_counted():
    chain = Graph.from_lines([f"op {i} -> op {i + 1}" for i in range(99)] + ["op 0 -> op 99"])
    head = chain.head(3)
    assert head.lines() == [
        "op 0 -> op 1",
        "op 1 -> op 2",
        "op 2 -> … 97 more",
        "op 0 -> … 97 more",
    ]
    assert head.nodes[-1].kind == "more"
    assert chain.head(100) is chain
    with pytest.raises(GraphError, match="at least one node"):
        chain.head(0)
