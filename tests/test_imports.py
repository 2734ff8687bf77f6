"""The house: imports go down, never up or around, and nobody inside imports the public face."""

import subprocess
import sys

import grimp
import pytest

FLOORS = {
    "__main__": 6,
    "cli": 5,
    "compare": 4,
    "run": 4,
    "bridge": 4,
    "torch": 3,
    "tape": 2,
    "train": 2,
    "ops": 1,
    "cache": 1,
    "streams": 1,
    "graphs": 1,
    "testing": 1,
    "derivatives": 1,
    "accumulation": 1,
    "devices": 1,
    "errors": 0,
    "_lazy": 0,
    "_typing": 0,
    "_version": 0,
}
FACES = {"funcgrad", "funcgrad.torch"}


@pytest.fixture(scope="module")
def imports():
    """Every import in the package, as pairs of module names."""
    graph = grimp.build_graph("funcgrad", exclude_type_checking_imports=True, cache_dir=None)
    return {
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }


def room(module):
    """The part of the house a module is in: `tape` for `funcgrad.tape.views`."""
    return module.split(".")[1] if "." in module else None


def climbing(imports):
    """The imports that do not go down."""
    return {
        (importer, imported)
        for importer, imported in imports
        if room(importer) and room(imported) and room(importer) != room(imported)
        if FLOORS[room(importer)] <= FLOORS[room(imported)]
    }


def of_faces(imports):
    """The imports of a public face from elsewhere."""
    return {
        (importer, face)
        for importer, face in imports
        if face in FACES and not importer.startswith(f"{face}.")
    } | {pair for pair in imports if pair[1] == "funcgrad"}


def cycles(imports):
    """The modules from which a way leads back to them."""
    following = {}
    for importer, imported in imports:
        following.setdefault(importer, set()).add(imported)
    ahead = {module: set(after) for module, after in following.items()}
    for middle in following:  # Warshall: every way that may pass through `middle`
        for after in ahead.values():
            after.update(ahead[middle] if middle in after else ())
    return {module for module, after in ahead.items() if module in after}


def test_every_module_is_on_a_floor(imports):
    rooms = {room(module) for pair in imports for module in pair} - {None}
    assert rooms <= set(FLOORS)


def test_imports_go_down(imports):
    assert climbing(imports) == set()


def test_nobody_inside_imports_a_public_face(imports):
    assert of_faces(imports) == set()


def test_no_modules_import_each_other(imports):
    assert cycles(imports) == set()


def test_these_tests_can_fail():
    up = ("funcgrad.ops.pointwise", "funcgrad.tape.tensor")
    around = ("funcgrad.derivatives", "funcgrad.devices")
    assert climbing({up, around, ("funcgrad.tape.tensor", "funcgrad.ops.row")}) == {up, around}
    inside = ("funcgrad.tape.tensor", "funcgrad")
    face = ("funcgrad.compare.run", "funcgrad.torch")
    assert of_faces({inside, face, ("funcgrad.torch.nn", "funcgrad.torch")}) == {inside, face}
    knot = {("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")}
    assert cycles(knot) == {"a", "b", "c"}


def loaded_by(code):
    """The top-level modules, and ours, that a fresh interpreter has loaded after `code`."""
    code += "\nimport sys; print(*(m for m in sys.modules if '.' not in m or m[:8] == 'funcgrad'))"
    run = [sys.executable, "-c", code]
    return set(subprocess.run(run, check=True, capture_output=True, text=True).stdout.split())


def test_import_funcgrad_loads_nothing_else():
    """Not even JAX: pytest imports it for its plugin, before anyone has set JAX's flags."""
    extra = loaded_by("import funcgrad") - loaded_by("import typing")
    assert extra - sys.stdlib_module_names == {"funcgrad", "funcgrad._lazy", "funcgrad._version"}


def test_a_derivative_loads_what_jax_loads_and_itself():
    """What makes its cost that of `import jax`, in a form that no busy machine can upset."""
    jax_and_stdlib = loaded_by("import jax") | sys.stdlib_module_names
    extra = loaded_by("import funcgrad; funcgrad.derivative") - jax_and_stdlib
    functional = ("_lazy", "_typing", "_version", "derivatives", "errors")
    assert extra == {"funcgrad", *(f"funcgrad.{name}" for name in functional)}
