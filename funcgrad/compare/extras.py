"""The packages that only the comparison needs; they come with the extra `compare`."""

from importlib.util import find_spec

from funcgrad.errors import MissingExtraError

PACKAGES = ("jinja2", "matplotlib", "networkx", "pygments", "rich")


def require_extra() -> None:
    """Raise a `MissingExtraError`, which names the way out, unless all packages are there."""
    for package in PACKAGES:
        if find_spec(package) is None:
            raise MissingExtraError(package, "compare")
