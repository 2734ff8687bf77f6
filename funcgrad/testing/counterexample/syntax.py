"""A function's source as a syntax tree, cut out of the file that it is in."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from types import CodeType
from typing import Any

from funcgrad.testing.counterexample.wrapping import WIDTH


class NoDefinition(Exception):
    """A function's source does not stand on its own."""


def node_of(function: Callable[..., Any]) -> ast.Lambda | ast.FunctionDef:
    """The syntax tree of a function, from its source; of several on a line, by their columns."""
    code: CodeType = function.__code__
    try:
        lines, _ = inspect.findsource(function)
        module = _tree("".join(lines))
    except (OSError, TypeError, SyntaxError, ValueError):
        raise NoDefinition from None
    kinds = (ast.Lambda, ast.FunctionDef)
    found = [each for each in ast.walk(module) if isinstance(each, kinds) and _holds(each, code)]
    if not found or (len(found) > 1 and not _columns(code)):
        raise NoDefinition
    # Of a function within another the inner one is meant, for the outer one has more of its own.
    return deepcopy(min(found, key=lambda node: _end(node)[0] - node.lineno or _width(node)))


@lru_cache(maxsize=16)
def _tree(source: str) -> ast.Module:
    return ast.parse(source)


def _holds(node: ast.Lambda | ast.FunctionDef, code: CodeType) -> bool:
    """Whether all instructions of some code lie within a node of its name and parameters."""
    arguments = node.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    if getattr(node, "name", "<lambda>") != code.co_name:
        return False
    if tuple(names) != code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
        return False
    starts = [node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]
    if min(starts) != code.co_firstlineno:
        return False
    first, last = (node.lineno, node.col_offset), _end(node)
    return all(first <= start and end <= last for start, end in _columns(code))


def _columns(code: CodeType) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the instructions begin and end, but the first, which have no column."""
    return [
        ((line, column), (last, end))
        for line, last, column, end in code.co_positions()
        if line is not None
        and last is not None
        and column is not None
        and end not in (None, column)
    ]


def _end(node: ast.Lambda | ast.FunctionDef) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _width(node: ast.Lambda | ast.FunctionDef) -> int:
    return _end(node)[1] - node.col_offset


def as_lambda(node: ast.Lambda | ast.FunctionDef) -> str | None:
    """A function as a lambda, where it is one or only returns something."""
    if isinstance(node, ast.Lambda):
        return ast.unparse(node)
    body = [each for each in node.body if not _is_docstring(each)]
    if len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value is not None:
        return ast.unparse(ast.Lambda(_untyped(node.args), body[0].value))
    return None


def body(node: ast.Lambda | ast.FunctionDef) -> ast.AST:
    """What of a function refers to names: not its decorators, nor its annotations."""
    if isinstance(node, ast.Lambda):
        return node
    return ast.Module([statement for statement in node.body if not _is_docstring(statement)], [])


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _untyped(arguments: ast.arguments) -> ast.arguments:
    """The parameters without their annotations; a lambda cannot carry any."""
    more = filter(None, (arguments.vararg, arguments.kwarg))
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *more):
        each.annotation = None
    return arguments


def compact(node: ast.FunctionDef, width: int = WIDTH) -> list[str]:
    """A function in few lines: simple statements share the header's, as far as it goes.

    It is without its annotations, whose names a program would have to import.
    """
    _untyped(node.args)
    node.returns = None
    header, *body = ast.unparse(node).splitlines()
    simple = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.Pass, ast.Raise)
    one = f"{header} {'; '.join(line.strip() for line in body)}"
    if all(isinstance(each, simple) for each in node.body) and len(one) <= width:
        return [one]
    return [header, *body]


def class_of(value: type) -> ast.ClassDef:
    """The syntax tree of a class, from its source; that of a function of tensors bears its base."""
    try:
        node = ast.parse(textwrap.dedent(inspect.getsource(value))).body[0]
    except (OSError, TypeError, SyntaxError, ValueError):
        raise NoDefinition from None
    if not isinstance(node, ast.ClassDef) or node.keywords or node.decorator_list:
        raise NoDefinition
    return node


def compact_class(node: ast.ClassDef) -> list[str]:
    """A class in few lines: its methods as `compact` has them, without what is said of them."""
    lines = [ast.unparse(ast.ClassDef(node.name, node.bases, [], [ast.Pass()], [])).split("\n")[0]]
    for each in node.body:
        if _is_docstring(each):
            continue
        if not isinstance(each, ast.FunctionDef):
            lines.append(f"    {ast.unparse(each)}")
            continue
        lines += [f"    @{ast.unparse(decorator)}" for decorator in each.decorator_list]
        each.decorator_list = []
        if ast.get_docstring(each) is not None and len(each.body) > 1:
            each.body = each.body[1:]
        lines += [f"    {line}" for line in compact(each, WIDTH - 4)]
    return lines


def layer(module: Any) -> str:
    """The expression that makes a layer, where its `repr` is one: `torch.nn.Linear(...)`."""
    words = repr(module)
    try:
        call = ast.parse(words, mode="eval").body
        if not isinstance(call, ast.Call) or "torch.nn" not in type(module).__module__:
            raise NoDefinition
        for each in (*call.args, *(keyword.value for keyword in call.keywords)):
            ast.literal_eval(each)
    except (SyntaxError, ValueError):
        raise NoDefinition from None
    return f"torch.nn.{words}"
