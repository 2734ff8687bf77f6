"""Which names of `torch` a source uses, and how often."""

import ast
from collections import Counter


def names_of_torch(source: str | bytes) -> Counter[str]:
    """Count the names of `torch` in a source, each in full.

    >>> names_of_torch("from torch import nn; nn.Linear(1, 2); nn.Linear(2, 1).forward")
    Counter({'torch.nn.Linear': 2})
    """
    reader = _Reader()
    reader.visit(ast.parse(source))
    return reader.found


class _Reader(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: Counter[str] = Counter()
        self._meaning: dict[str, str] = {}  # what a name in the source stands for

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name.partition(".")[0] == "torch":
                self._meaning[alias.asname or "torch"] = alias.name if alias.asname else "torch"

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and (node.module or "").partition(".")[0] == "torch":
            for alias in node.names:
                self._meaning[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def visit_Attribute(self, node: ast.Attribute) -> None:
        below = [node.attr]
        inner = node.value
        while isinstance(inner, ast.Attribute):
            below.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in self._meaning:
            self.found[".".join([self._meaning[inner.id], *reversed(below)])] += 1
        else:
            self.visit(inner)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in self._meaning:
            self.found[self._meaning[node.id]] += 1
