"""Python in colour: two palettes, each readable on its ground.

Pygments' own styles have comments too faint to read for many; every colour here has a contrast of
at least 4.5 to the page's ground, which the tests measure in a browser.
"""

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.style import Style
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token

GROUPS = {
    "comment": (Comment,),
    "string": (String,),
    "number": (Number, Keyword.Constant),
    "keyword": (Keyword, Operator.Word),
    "definition": (Name.Function, Name.Class, Name.Function.Magic),
    "decorator": (Name.Decorator,),
    "builtin": (Name.Builtin, Name.Builtin.Pseudo, Name.Exception),
}
LIGHT = {
    "comment": "italic #5d6673",
    "string": "#0b6e4f",
    "number": "#9a4b00",
    "keyword": "#a3195b",
    "definition": "bold #1f4fa3",
    "decorator": "#6f42c1",
    "builtin": "#0a6375",
}
DARK = {
    "comment": "italic #9aa5b1",
    "string": "#7fd6a8",
    "number": "#f0b072",
    "keyword": "#ff8fb8",
    "definition": "bold #8fbcff",
    "decorator": "#c8a8ff",
    "builtin": "#74d0e0",
}


def code(text: str) -> Markup:
    """Return Python source as HTML, without an element around it."""
    return Markup(highlight(text, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n"))


def rules(palette: dict[str, str]) -> Markup:
    """Return the CSS rules of a palette."""
    style = type("Palette", (Style,), {"styles": _styles(palette)})
    lines = HtmlFormatter(style=style).get_style_defs("pre").splitlines()
    # Those for the ground and for line numbers are the page's own affair.
    return Markup("\n").join(Markup(line) for line in lines if line.startswith("pre ."))


def _styles(palette: dict[str, str]) -> dict:
    colours = {token: palette[group] for group, tokens in GROUPS.items() for token in tokens}
    return {Token: ""} | colours
