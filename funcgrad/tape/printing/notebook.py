"""What a notebook shows of a tensor: the printed form under a line that says what it is."""

from xml.etree.ElementTree import Element, SubElement, tostring

from ..tensor import Tensor
from .text import tensor_text

# Colours are the notebook's own and greys that let them through: light and dark both read well.
RULE = "1px solid rgba(128, 128, 128, 0.4)"
_FRAME = f"border: {RULE}; border-radius: 4px; display: inline-block; max-width: 100%"
_HEADER = "padding: 2px 8px; opacity: 0.75; text-align: left"
_TEXT = "background: none; color: inherit; margin: 0; padding: 4px 8px; white-space: pre; "
_TEXT += f"overflow-x: auto; text-align: left; border-top: {RULE}"


def frame(header: str, text: str) -> Element:
    """Return a frame with a header and a text as it is; what is put in is escaped."""
    framed = Element("div", style=_FRAME)
    SubElement(framed, "div", style=_HEADER).text = header
    SubElement(framed, "pre", style=_TEXT).text = text
    return framed


def html(element: Element) -> str:
    """Return an element as HTML."""
    return tostring(element, encoding="unicode", method="html")


def shape_text(tensor: Tensor) -> str:
    """Return a shape for readers: `2 × 3`, `scalar`."""
    return " × ".join(map(str, tensor.shape)) or "scalar"


def tensor_html(tensor: Tensor) -> str:
    """Return the printed form as HTML, with shape, dtype, device and place in the graph above."""
    facts = [type(tensor).__name__, shape_text(tensor), str(tensor.dtype), str(tensor.device)]
    node = tensor.grad_fn
    if node is not None:
        facts.append(f"grad_fn=<{type(node).__name__}>")
    elif tensor.requires_grad:
        facts.append("requires_grad=True")
    return html(frame(" · ".join(facts), tensor_text(tensor)))
