"""The public names, one golden list a face: a change of the face is a visible diff.

After a change that is meant, write the list anew: `python tests/test_public_face.py`.
"""

import ast
import difflib
import importlib
import operator
import types
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
FACES = {
    "funcgrad": "funcgrad_names.txt",
    "funcgrad.graphs": "graphs_names.txt",
    "funcgrad.torch": "torch_names.txt",
}


def public_names(face):
    """The names a user may rely on, one a line, with those of the faces below it.

    In a package that is every name its `__init__` imports or makes; in a module what it makes, and
    what it imports under a redundant alias (`import x as x`). A module that is an attribute only
    because something imported it is not public.
    """
    module = importlib.import_module(face)
    is_package = hasattr(module, "__path__")
    exported, private = set(), set()
    for statement in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                bound = alias.asname or alias.name.partition(".")[0]
                (exported if is_package or alias.asname == alias.name else private).add(bound)
    names = set()
    for name, value in vars(module).items():
        below = isinstance(value, types.ModuleType) and value.__name__ == f"{face}.{name}"
        if name.startswith("_") or name in private or (below and name not in exported):
            continue
        names.add(name)
        if below:
            names |= {f"{name}.{inner}" for inner in public_names(f"{face}.{name}")}
    return sorted(names)


@pytest.mark.parametrize("face", FACES)
def test_names(face):
    golden = (GOLDEN / FACES[face]).read_text(encoding="utf-8").split()
    diff = difflib.unified_diff(golden, public_names(face), "golden", "now", lineterm="", n=0)
    changes = "\n".join(diff)
    assert not changes, f"the public names changed:\n{changes}"


def test_the_pytorch_face_invents_no_name(oracle):
    def has(name):
        try:
            operator.attrgetter(name)(oracle)
        except AttributeError:
            return False
        return True

    assert [name for name in public_names("funcgrad.torch") if not has(name)] == []


def test_the_functional_face_is_a_list_without_code():
    import funcgrad

    lines = Path(funcgrad.__file__).read_text(encoding="utf-8").split('"""')[2].splitlines()
    assert all(line.startswith("from funcgrad.") for line in lines if line)


if __name__ == "__main__":
    for face, file in FACES.items():
        GOLDEN.joinpath(file).write_text("\n".join(public_names(face)) + "\n", encoding="utf-8")
