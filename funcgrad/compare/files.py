"""The files a run writes: found out to be writable before the examples run, not after."""

from pathlib import Path

from funcgrad.compare.errors import UsageError


def check_writable(path: Path) -> None:
    """Raise a `UsageError` if `path` could not be written at the end of a run."""
    there = path.exists()
    try:
        # By trying: what the permissions say is not always so.
        with path.open("a"):
            pass
        if not there:
            path.unlink()
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None
