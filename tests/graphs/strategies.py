"""Random graphs: any acyclic edges, names with every sign that a text or DOT might stumble over."""

from hypothesis import strategies as st

from funcgrad.graphs import Graph, Node

words = st.text("aZé0_.()[],<=\"\\$%{};'", min_size=1, max_size=4)
# Each of these divides a line only in company: of a blank beside it, or of an arrow's other half.
joined = st.builds(
    "{}{}{}".format, words, st.sampled_from([" ", ":", "|", "#", "-", ">", "- >"]), words
)
parts = words | joined
labels = parts | st.sampled_from(["AccumulateGrad w", "input x", "output", "saved self", "add"])


@st.composite
def graphs(draw):
    """Draw a graph whose nodes come in any order, some of them alike."""
    nodes = draw(
        st.lists(
            st.builds(Node, labels, st.just("") | parts, st.sampled_from(["", "", "body of scan"])),
            max_size=8,
        )
    )
    rank = draw(st.permutations(range(len(nodes))))
    pairs = [
        (start, end)
        for start in range(len(nodes))
        for end in range(len(nodes))
        if rank[start] < rank[end] and nodes[start].group == nodes[end].group
    ]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=12)) if pairs else []
    return Graph(tuple(nodes), tuple(edges))
