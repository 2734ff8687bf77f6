"""What a notebook shows of a module: its printed form, and a table of its parameters."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from ...tape.printing.notebook import RULE, frame, html, shape_text

if TYPE_CHECKING:
    from .module import Module

# Without `inherit` a page in quirks mode gives tables a colour and a size of their own.
_TABLE = f"border-top: {RULE}; margin: 0; width: 100%; color: inherit; font: inherit"
_CELL = "padding: 2px 8px; background: none; text-align: "


def module_html(module: "Module") -> str:
    """Return the printed form and the parameters as HTML; a shared parameter is listed once."""
    rows = [
        (name, shape_text(p), p.numel(), p.requires_grad) for name, p in module.named_parameters()
    ]
    total = sum(count for _, _, count, _ in rows)
    learnt = sum(count for _, _, count, follows in rows if follows)
    mode = "training" if module.training else "evaluation"
    header = f"{type(module).__name__} · {total:,} parameters · {mode}"
    framed = frame(header, repr(module))
    if rows:
        table = SubElement(framed, "table", style=_TABLE)
        _row(table, "th", ("Parameter", "Shape", "Count", "requires_grad"))
        for name, shape, count, follows in rows:
            _row(table, "td", (name, shape, f"{count:,}", str(follows)))
        _row(table, "th", ("Total", "", f"{total:,}", f"True for {learnt:,}"))
    return html(framed)


def _row(table: Element, kind: str, texts: Iterable[str]) -> None:
    row = SubElement(table, "tr", style="background: none")
    for align, text in zip(("left", "left", "right", "left"), texts, strict=True):
        SubElement(row, kind, style=_CELL + align).text = text
