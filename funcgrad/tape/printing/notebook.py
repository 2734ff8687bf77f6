"""What a notebook shows of a tensor: the printed form under a line that says what it is."""

from xml.etree import ElementTree

from ..graph import type_name
from ..tensor import Tensor
from .text import tensor_text

# Colours are the notebook's own, so that light and dark both read well.
_FRAME = "border: 1px solid rgba(128, 128, 128, 0.4); border-radius: 4px; display: inline-block; "
_FRAME += "max-width: 100%; overflow-x: auto;"
_HEADER = "border-bottom: 1px solid rgba(128, 128, 128, 0.4); padding: 2px 8px; opacity: 0.75;"
_VALUES = "background: none; color: inherit; margin: 0; padding: 4px 8px; white-space: pre;"


def html(tensor: Tensor) -> str:
    """Return the printed form as HTML, with shape, dtype, device and place in the graph above."""
    shape = " × ".join(map(str, tensor.shape)) or "scalar"
    facts = [type(tensor).__name__, shape, str(tensor.dtype), str(tensor.device)]
    node = tensor.grad_fn
    if node is not None:
        facts.append(f"grad_fn=<{type_name(node)}>")
    elif tensor.requires_grad:
        facts.append("requires_grad=True")
    frame = ElementTree.Element("div", style=_FRAME)
    ElementTree.SubElement(frame, "div", style=_HEADER).text = " · ".join(facts)
    ElementTree.SubElement(frame, "pre", style=_VALUES).text = tensor_text(tensor)
    return ElementTree.tostring(frame, encoding="unicode", method="html")
