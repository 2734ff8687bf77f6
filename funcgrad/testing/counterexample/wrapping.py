"""Statements in lines that fit a page."""

from __future__ import annotations

WIDTH = 100


def wrapped(statements: list[str]) -> list[str] | None:
    """The statements in lines of at most `WIDTH`, broken at spaces within brackets.

    Args:
        statements: one a string, with its indentation.

    Returns:
        The lines, or None where a statement has no place to be broken at.
    """
    broken: list[str] = []
    for statement in statements:
        rest, hanging = statement, " " * (len(statement) - len(statement.lstrip()) + 4)
        depth = 0
        while len(rest) > WIDTH:
            end, depth = _break(rest, depth)
            if end <= len(hanging):
                return None
            broken.append(rest[:end])
            rest = hanging + rest[end:].lstrip()
        broken.append(rest)
    return broken


def _break(line: str, depth: int) -> tuple[int, int]:
    """Where to end a line: the last space within brackets; and how many are open there."""
    best, open_there, quote = 0, depth, ""
    for at, letter in enumerate(line[: WIDTH + 1]):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == " " and depth > 0 and line[:at].strip():
            best, open_there = at, depth
    return best, open_there


def compiles(lines: list[str]) -> bool:
    """Whether the lines are a program."""
    try:
        compile("\n".join(lines), "<reproducer>", "exec")
    except SyntaxError:
        return False
    return True
