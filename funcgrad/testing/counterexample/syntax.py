"""A function's source as a syntax tree, cut out of the file that it is in."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import textwrap
from collections.abc import Callable
from types import CodeType
from typing import Any

from funcgrad.testing.counterexample.wrapping import WIDTH


class NoDefinition(Exception):
    """A function's source does not stand on its own."""


def node_of(function: Callable[..., Any]) -> ast.Lambda | ast.FunctionDef:
    """The syntax tree of a function, from its source."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        raise NoDefinition from None
    # A lambda's source is its line, which may begin in the middle of a call: cut from the left.
    starts = [0, *(found.start() for found in re.finditer(r"\blambda\b", source))]
    for start in starts:
        for end in (len(source), *reversed([m.start() for m in re.finditer(r"[),\n\]]", source)])):
            if end <= start:
                continue
            try:
                parsed = ast.parse(source[start:end].strip())
            except (SyntaxError, ValueError):
                continue
            found = _only(parsed, function)
            if found is not None:
                return found
    raise NoDefinition


def _only(parsed: ast.Module, function: Any) -> ast.Lambda | ast.FunctionDef | None:
    """The one function of a tree that compiles to the same code."""
    code = function.__code__
    nodes = [node for node in ast.walk(parsed) if isinstance(node, (ast.Lambda, ast.FunctionDef))]
    same = [node for node in nodes if _alike(node, code)]
    if len({ast.dump(node) for node in same}) != 1:
        return None
    return same[0]


def _alike(node: ast.Lambda | ast.FunctionDef, code: CodeType) -> bool:
    """Whether a node is the source of some code, as far as names and constants tell."""
    if getattr(node, "name", "<lambda>") != code.co_name:
        return False
    arguments = node.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    if tuple(names) != code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
        return False
    wrapped = ast.Expression(node) if isinstance(node, ast.Lambda) else None
    if wrapped is None:
        return True
    compiled = compile(ast.fix_missing_locations(wrapped), "<lambda>", "eval")
    inner = next(each for each in compiled.co_consts if isinstance(each, CodeType))
    free = set(code.co_freevars)
    return names_in(inner) - free == names_in(code) - free and _constants(inner) == _constants(code)


def _constants(code: CodeType) -> list[Any]:
    return [each for each in code.co_consts if not isinstance(each, (CodeType, str))]


def names_in(code: CodeType) -> set[str]:
    """Every name that a function refers to, those within it included; built-in ones left out."""
    found = {*code.co_names, *code.co_freevars}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found |= names_in(inner)
    return {name for name in found if not hasattr(builtins, name)}


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
    """The parameters without their annotations, which a lambda cannot carry."""
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        each.annotation = None
    return arguments


def compact(node: ast.FunctionDef, width: int = WIDTH) -> list[str]:
    """A function in few lines: simple statements share the header's, as far as it goes."""
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
