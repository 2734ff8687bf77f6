"""What notebooks show: HTML that parses, holds the printed form, and lets nothing through."""

from xml.etree import ElementTree

import pytest

import funcgrad.torch as torch

ODD = "<b>&\"'</b>"


class Odd(torch.nn.Module):
    """Its printed form looks like HTML."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(3, 2)
        self.second = torch.nn.Linear(2, 1000, bias=False).requires_grad_(False)
        self.again = self.first

    def extra_repr(self):
        return ODD


def shown(value):
    """The parts of the HTML: header, text, and the rows of the table."""
    root = ElementTree.fromstring(value._repr_html_())
    rows = [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")]
    return root.find("div").text, root.find("pre").text, rows


x = torch.ones(2, 3, requires_grad=True)
TENSORS = {
    "Tensor · 2 × 3 · torch.float32 · cpu · requires_grad=True": x,
    "Tensor · 2 × 3 · torch.float32 · cpu · grad_fn=<MulBackward0>": x * 2,
    "Tensor · scalar · torch.int64 · cpu": torch.tensor(3),
    "Parameter · 0 · torch.float64 · cpu": torch.nn.Parameter(
        torch.zeros(0, dtype=torch.float64), requires_grad=False
    ),
    "Tensor · 40 × 50 · torch.float32 · cpu": torch.zeros(40, 50),
}


@pytest.mark.parametrize("header", TENSORS)
def test_a_tensor(header):
    tensor = TENSORS[header]
    assert shown(tensor) == (header, repr(tensor).removeprefix("Parameter containing:\n"), [])


def test_a_module():
    module = Odd().eval()
    assert ODD not in module._repr_html_()
    header, text, rows = shown(module)
    assert header == "Odd · 2,008 parameters · evaluation"
    assert text == repr(module)
    assert ODD in text
    assert rows == [
        ["Parameter", "Shape", "Count", "requires_grad"],
        ["first.weight", "2 × 3", "6", "True"],
        ["first.bias", "2", "2", "True"],
        ["second.weight", "1000 × 2", "2,000", "False"],
        ["Total", "", "2,008", "True for 8"],
    ]


def test_a_module_without_parameters():
    assert shown(torch.nn.ReLU()) == ("ReLU · 0 parameters · training", "ReLU()", [])
