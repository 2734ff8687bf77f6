"""Prose of an example as HTML: paragraphs, and code in backquotes."""

import re

from markupsafe import Markup, escape


def inline(text: str) -> Markup:
    """Make code of what stands in backquotes.

    Example:
        >>> print(inline("`y` < 3"))
        <code>y</code> &lt; 3
    """
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def paragraphs(text: str) -> Markup:
    """Make paragraphs of what blank lines divide."""
    return Markup("").join(
        Markup("<p>{}</p>").format(inline(part)) for part in re.split(r"\n\s*\n", text)
    )


def heading(name: str) -> str:
    """Make a heading of an identifier."""
    return name.replace("_", " ").capitalize()
