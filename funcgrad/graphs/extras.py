"""The packages that only drawing needs; they come with the extra `compare`."""

from importlib.util import find_spec

from funcgrad.errors import MissingExtraError


def require(*packages: str) -> None:
    """Raise a `MissingExtraError`, which names the way out, unless all packages are there."""
    for package in packages:
        if find_spec(package) is None:
            raise MissingExtraError(package, "compare")
