"""The graph behind a tensor, the same for `funcgrad.torch` and for PyTorch."""

import importlib

import pytest

from funcgrad.errors import GraphError
from funcgrad.graphs import tape


@pytest.fixture(params=["funcgrad.torch", "torch"])
def torch(request, oracle):
    return oracle if request.param == "torch" else importlib.import_module(request.param)


def test_leaves_results_and_what_lies_between_carry_their_names(torch):
    w = torch.ones(2, 3, requires_grad=True)
    x = torch.ones(3, dtype=torch.float64)
    a = w.double() * x
    y = (a + a).sum()
    assert tape(y, names={"w": w, "x": x, "a": a, "y": y}).lines() == [
        "output y: float64[] -> SumBackward0",
        "SumBackward0 -> AddBackward0",
        "AddBackward0 -> MulBackward0: a float64[2,3]",
        "AddBackward0 -> MulBackward0: a float64[2,3]",
        "MulBackward0: a float64[2,3] -> ToCopyBackward0",
        "ToCopyBackward0 -> AccumulateGrad w: float32[2,3]",
    ]


def test_without_names_leaves_are_told_apart_by_numbers(torch):
    a, b = (torch.ones(1, requires_grad=True) for _ in range(2))
    assert tape(a * b * a).lines() == [
        "output: float32[1] -> MulBackward0 #1",
        "MulBackward0 #1 -> MulBackward0 #2",
        "MulBackward0 #1 -> AccumulateGrad: float32[1] #1",
        "MulBackward0 #2 -> AccumulateGrad: float32[1] #1",
        "MulBackward0 #2 -> AccumulateGrad: float32[1] #2",
    ]


def test_several_results_share_one_graph(torch):
    x = torch.ones(2, requires_grad=True)
    left, right = x.unbind()
    product = left * right
    named = {"x": x, "tied": x, "left": left, "right": right}
    assert tape([product, left], names=named).lines() == [
        "output: float32[]",
        "output left: float32[]",
        "output: float32[] -> MulBackward0",
        "output left: float32[] -> UnbindBackward0: right float32[]",
        "MulBackward0 -> UnbindBackward0: right float32[]",
        "MulBackward0 -> UnbindBackward0: right float32[]",
        "UnbindBackward0: right float32[] -> AccumulateGrad x, tied: float32[2]",
    ]


def test_names_are_taken_as_a_model_gives_them(torch):
    model = torch.nn.Linear(2, 1)
    graph = tape(model(torch.ones(3, 2)), names=model.named_parameters())
    leaves = {node.label: node.detail for node in graph.nodes if node.kind == "leaf"}
    assert leaves == {
        "AccumulateGrad weight": "float32[1,2]",
        "AccumulateGrad bias": "float32[1]",
    }


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda torch: torch.ones(2), r"\(float32\[2\]\): its grad_fn is None.*not require grad"),
        (lambda torch: torch.ones(2, requires_grad=True), "None, for it is a leaf.*Pass what"),
        (lambda torch: [torch.ones(2)], "no graph behind this tensor"),
        (lambda torch: [], "there are none: pass a tensor"),
        (lambda torch: 3.0, "this is a float.*funcgrad.graphs.jaxpr"),
        (lambda torch: [None], "this is a NoneType"),
    ],
)
def test_what_has_no_graph_is_refused(torch, make, message):
    with pytest.raises(GraphError, match=message):
        tape(make(torch))


def test_saved_tensors_are_shown_where_the_nodes_tell(oracle):
    x = oracle.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x.exp()).sum()
    named = {"x": x}
    assert [line for line in tape(y, named, saved=True).lines() if "saved" in line] == [
        "MulBackward0 -> saved other: float32[2]",
        "MulBackward0 -> saved self = x: float32[2]",
        "ExpBackward0 -> saved result: float32[2]",
    ]
    y.backward()
    assert "MulBackward0 -> saved self: freed" in tape(y, named, saved=True).lines()
    assert "saved" not in str(tape(y, named))


class Step:
    """A node as any engine might make it: `name` and `next_functions` are all that is asked."""

    def __init__(self, below):
        self.next_functions = ((below, 0), (None, 0)) if below else ()

    def name(self):
        return "StepBackward0"


def test_a_graph_of_100_000_nodes_is_walked_without_recursion():
    chain = [Step(None)]
    for _ in range(99_999):
        chain.append(Step(chain[-1]))
    result = type("Result", (), {"grad_fn": chain[-1], "dtype": "float32", "shape": ()})()
    graph = tape(result)
    assert len(graph.nodes) == 100_001
    assert graph.describe().startswith("A graph of 100000 operations (100000 × StepBackward0)")
    assert graph.head(3).lines()[-1] == "StepBackward0 #2 -> … 99998 more"
    while chain:  # from the end that holds the others, for Python frees a chain by recursion
        chain.pop()
