"""Find examples: the gallery's by name or section, a user's own by file."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from funcgrad.compare.errors import UsageError
from funcgrad.compare.skeleton import Example, read_example

# In the order in which they teach; an example not listed here follows those that are.
SECTIONS = {
    "first_gradients": (
        "scalar-square",
        "attributes",
        "variable",
        "bce-logits",
        "ones-mean",
        "requires-grad-inplace",
        "graph-walk",
        "polynomial",
    ),
    "graph": (
        "computation-graph",
        "backprop-by-hand",
        "two-layers-with-biases",
        "linear-layers-collapse",
        "static-vs-dynamic",
        "retain-graph",
        "zeroing",
        "accumulate-and-clear",
        "chain",
        "item-and-data",
    ),
    "vectors": (
        "vector-backward",
        "jacobian-vector",
        "second-order",
        "third-power-orders",
        "autograd-functions",
    ),
    "switching_off": (
        "no-grad",
        "data-edit",
        "custom-function",
        "gradient-check",
        "only-what-is-needed",
    ),
    "training": (
        "gradient-descent",
        "gradient-descent-quartic",
        "line-by-sgd",
        "quadratic-by-sgd",
        "linear-regression",
        "logistic-regression",
        "mlp-regression",
        "batches-and-device",
    ),
}
OWN = "own"  # the section of a user's files


def gallery_folder() -> Path:
    """Return the folder of the gallery: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    shipped, checkout = package / "examples", package.parents[1] / "examples"
    return shipped if shipped.is_dir() else checkout


def gallery_paths(folder: Path | None = None) -> dict[str, Path]:
    """Return the gallery's files by example id, in teaching order, without reading them."""
    folder = folder or gallery_folder()
    paths: dict[str, Path] = {}
    for section, order in SECTIONS.items():
        found = {_id(path): path for path in sorted(folder.glob(f"{section}/[!_]*.py"))}
        paths |= {name: found[name] for name in (*order, *found) if name in found}
    return paths


def choose(names: Sequence[str], folder: Path | None = None) -> list[Example]:
    """Read the examples that `names` ask for: ids, sections, or paths; all for no name.

    A name may be written with hyphens or with underscores.

    Raises:
        UsageError: a name that is neither an example nor a file (with the close names), or a file
            without the skeleton (which is then shown).
    """
    paths = gallery_paths(folder)
    if not paths and not names:
        raise UsageError("the gallery is not part of this installation; name a file of your own")

    chosen: dict[Path, str] = {}
    for name in names or paths:
        id_, section = name.replace("_", "-"), name.replace("-", "_")
        inside = {path: section for path in paths.values() if path.parent.name == section}
        if id_ in paths:
            chosen[paths[id_]] = paths[id_].parent.name
        elif inside:
            chosen |= inside
        else:
            path = _own_file(name, paths)
            chosen[path] = path.parent.name if path in paths.values() else OWN
    return [read_example(path, section) for path, section in chosen.items()]


def _own_file(name: str, paths: dict[str, Path]) -> Path:
    path = Path(name)
    if path.is_file():
        return path.resolve()
    if path.suffix == ".py" or len(path.parts) > 1:
        raise UsageError(f"there is no file {name}")
    close = difflib.get_close_matches(name, [*paths, *SECTIONS], n=4, cutoff=0.5)
    hint = f"close names: {', '.join(close)}; " if close else ""
    raise UsageError(f"there is no example {name!r}; {hint}`funcgrad compare --list` shows all")


def _id(path: Path) -> str:
    return path.stem.replace("_", "-")
