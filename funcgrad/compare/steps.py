"""Line up the two sources of an example, step by step.

What both use stands above, the two functions begin on one line, and what only one of them uses
stands below it. Inside the functions a comment that has a line to itself, in the same words in
both, begins a step in both; and so does what they return in the end, unless one of the functions
would have a large hole above it.
"""

import ast
import io
import tokenize
from difflib import SequenceMatcher

from funcgrad.compare.excerpt import first_line, top_level

NAMES = ("jax_style", "pytorch_style")
END = "the end"  # no comment reads so: a comment begins with "#"
HOLE = 12  # lines


def line_up(jax: str, pytorch: str) -> list[tuple[str, str]]:
    """Cut two sources into pieces that correspond.

    Args:
        jax: the source of `jax_style` and of what it uses at top level.
        pytorch: the same of `pytorch_style`.

    Returns:
        Pairs of pieces, top to bottom; a piece without a partner is paired with "".

    Example:
        >>> jax = "def jax_style(x):\\n    y = x + x\\n    # halve\\n    return y / 2"
        >>> pytorch = "def pytorch_style(torch, x):\\n    # halve\\n    return x / 2"
        >>> for pair in line_up(jax, pytorch):
        ...     print(pair)
        ('def jax_style(x):\\n    y = x + x', 'def pytorch_style(torch, x):')
        ('    # halve\\n    return y / 2', '    # halve\\n    return x / 2')
    """
    sides = [_blocks(text) for text in (jax, pytorch)]
    functions = [blocks.pop(name) for blocks, name in zip(sides, NAMES, strict=True)]
    both = sides[0].keys() & sides[1].keys()
    above = [_joined([text for text in blocks if text in both]) for blocks in sides]
    *upper, last = [(above[0], above[1]), *_lined_up(*functions)]
    below = [
        _joined([end, *(text for text in blocks if text not in both)])
        for end, blocks in zip(last, sides, strict=True)
    ]
    return [pair for pair in [*upper, (below[0], below[1])] if any(pair)]


def _blocks(text: str) -> dict[str, str]:
    """Cut a module into its statements, by their text, but the two functions by their name."""
    lines, blocks, tree = text.splitlines(), {}, ast.parse(text)
    names = {id(node): name for name, node in top_level(tree).items() if name in NAMES}
    for node in tree.body:
        block = "\n".join(lines[first_line(node, lines) : node.end_lineno])
        blocks[names.get(id(node), block)] = block
    return blocks


def _joined(blocks: list[str]) -> str:
    """Join blocks: constants under each other, a function or a class apart."""
    text, before = "", ""
    for block in blocks:
        apart = "\n\n" if "\n" in block + before or before.startswith(" ") else "\n"
        text, before = text + (apart if before else "") + block, block
    return text


def _lined_up(left: str, right: str) -> list[tuple[str, str]]:
    common = set(_comments(left).values()) & set(_comments(right).values())
    marks = [_marks(text, common) for text in (left, right)]
    names, starts = [list(m.values()) for m in marks], [list(m) for m in marks]
    cuts = [
        (starts[0][match.a + i], starts[1][match.b + i])
        for match in SequenceMatcher(None, names[0], names[1], False).get_matching_blocks()
        for i in range(match.size)
    ]
    if cuts and names[0][-1] == names[1][-1] == END:
        before = cuts[-2] if len(cuts) > 1 else (0, 0)
        jax, pytorch = (cuts[-1][side] - before[side] for side in (0, 1))
        if abs(jax - pytorch) > HOLE:
            del cuts[-1]
    pieces = [_pieces(text, [cut[side] for cut in cuts]) for side, text in enumerate((left, right))]
    return list(zip(*pieces, strict=True))


def _marks(text: str, common: set[str]) -> dict[int, str]:
    """Find where a step may begin: names by line, counted from 0."""
    marks = {line: words for line, words in _comments(text).items() if words in common}
    (function,) = ast.parse(text).body
    body = getattr(function, "body", [])  # `jax_style = jax.jit(f)` has none
    last = body[-1] if body else None
    if len(body) > 1 and isinstance(last, ast.Return):
        first = first_line(last, text.splitlines())
        if not any(line in marks for line in range(first, last.lineno)):
            marks[first] = END
    return dict(sorted(marks.items()))


def _comments(text: str) -> dict[int, str]:
    """Find the comments that have a line to themselves, by that line."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {
        token.start[0] - 1: token.string
        for token in tokens
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#")
    }


def _pieces(text: str, cuts: list[int]) -> list[str]:
    lines = text.splitlines()
    ends = zip([0, *cuts], [*cuts, len(lines)], strict=True)
    return ["\n".join(lines[start:end]).strip("\n") for start, end in ends]
