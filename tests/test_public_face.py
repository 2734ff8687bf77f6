"""The public names, one golden list a face: a change of the face is a visible diff.

After a change that is meant, write the list anew: `python tests/test_public_face.py`.
"""

import difflib
import importlib
import types
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
FACES = {
    "funcgrad": "funcgrad_names.txt",
    "funcgrad.torch": "torch_names.txt",
}


def public_names(face):
    """The names a user may rely on, one a line, those of public sub-faces among them.

    A sub-face is a package or module below that the face itself imports, such as `torch.nn`.
    """
    module = importlib.import_module(face)
    submodules = set()
    names = set()
    for name, value in vars(module).items():
        if name.startswith("_"):
            continue
        names.add(name)
        if isinstance(value, types.ModuleType) and value.__name__ == f"{face}.{name}":
            submodules.add(name)
    if face == "funcgrad":
        # Modules become attributes when anything imports them: only what is a name counts.
        return sorted(names - submodules)
    below = {f"{name}.{inner}" for name in submodules for inner in public_names(f"{face}.{name}")}
    return sorted(names | below)


@pytest.mark.parametrize("face", FACES)
def test_names(face):
    golden = (GOLDEN / FACES[face]).read_text(encoding="utf-8").split()
    diff = difflib.unified_diff(golden, public_names(face), "golden", "now", lineterm="", n=0)
    changes = "\n".join(diff)
    assert not changes, f"the public names changed:\n{changes}"


def test_the_functional_face_is_a_list_without_code():
    import funcgrad

    lines = Path(funcgrad.__file__).read_text(encoding="utf-8").split('"""')[2].splitlines()
    assert all(line.startswith("from funcgrad.") for line in lines if line)


if __name__ == "__main__":
    for face, file in FACES.items():
        GOLDEN.joinpath(file).write_text("\n".join(public_names(face)) + "\n", encoding="utf-8")
