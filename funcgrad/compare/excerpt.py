"""Cut a function and the helpers it uses out of a module's source."""

import ast
from symtable import SymbolTable, symtable

_BLOCKS = (ast.FunctionDef, ast.ClassDef)


def top_level(tree: ast.Module) -> dict[str, ast.stmt]:
    """Return the functions, classes and assignments of a module by name."""
    defined: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined[node.name] = node
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                defined |= {
                    part.id: node for part in ast.walk(target) if isinstance(part, ast.Name)
                }
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            defined[node.target.id] = node
    return defined


def excerpt(text: str, tree: ast.Module, function: str) -> str:
    """Return the source of `function` and of everything at top level that it reaches."""
    defined = top_level(tree)
    # Calls that stand alone, such as `cube.defvjp(forward, backward)`, belong to what they call.
    calls = [node for node in tree.body if isinstance(node, ast.Expr) and _owner(node)]
    scopes = {scope.get_name(): scope for scope in symtable(text, "example", "exec").get_children()}
    reached: dict[int, ast.stmt] = {}
    waiting = [function]
    while waiting:
        name = waiting.pop()
        node = defined.get(name)
        if node is None or node.lineno in reached:
            continue
        reached[node.lineno] = node
        for call in calls:
            if _owner(call) == name:
                reached[call.lineno] = call
                waiting += [part.id for part in ast.walk(call) if isinstance(part, ast.Name)]
        if isinstance(node, _BLOCKS):
            # Python's own analysis: a local name that happens to be a helper's is not its use.
            waiting += _globals(scopes[name])
            outside: list[ast.AST] = [*node.decorator_list]
            outside += [node.args] if isinstance(node, ast.FunctionDef) else node.bases
        else:
            outside = [node]
        parts = (part for found in outside for part in ast.walk(found))
        waiting += [part.id for part in parts if isinstance(part, ast.Name)]

    lines = text.splitlines()
    pieces: list[str] = []
    previous = None
    for _, node in sorted(reached.items()):
        # Constants that follow each other stay together; a function stands apart.
        if previous and (isinstance(node, _BLOCKS) or isinstance(previous, _BLOCKS)):
            pieces += ["", ""]
        pieces += lines[first_line(node, lines) : node.end_lineno]
        previous = node
    return "\n".join(pieces)


def _owner(node: ast.Expr) -> str:
    """Return the name that a statement such as `name.method(…)` begins with, or nothing."""
    call = node.value.func if isinstance(node.value, ast.Call) else None
    owner = call.value if isinstance(call, ast.Attribute) else None
    return owner.id if isinstance(owner, ast.Name) else ""


def _globals(scope: SymbolTable) -> list[str]:
    """Return the module's names that a scope and those within it refer to."""
    names = [symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()]
    return names + [name for inner in scope.get_children() for name in _globals(inner)]


def first_line(node: ast.stmt, lines: list[str]) -> int:
    """Find where a statement begins: with its decorators, and the comment right above it."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    while first > 0 and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first
