"""Where compiled programs are kept, as the environment says."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

VARIABLE = "FUNCGRAD_COMPILE_CACHE"
_OFF, _ON = {"off", "no", "false", "0"}, {"on", "yes", "true", "1", ""}


class UnusableError(Exception):
    """There is no folder that programs can be kept in; says why."""


def folder(environment: Mapping[str, str]) -> Path | None:
    """The folder for compiled programs, which is there; None if none are to be kept.

    Raises:
        UnusableError: it cannot be made, or is not the user's alone.
    """
    asked = environment.get(VARIABLE, "")
    if asked.lower() in _OFF:
        return None
    named = asked.lower() not in _ON
    try:
        found = Path(asked).expanduser().absolute() if named else _of_the_user(environment)
        found.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not named:
            _check_owner(found)
            _mark(found)
    except (OSError, RuntimeError) as error:  # without HOME, `Path.home` raises the latter
        raise UnusableError(str(error)) from error
    return found


def _of_the_user(environment: Mapping[str, str]) -> Path:
    base = Path(environment.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():  # the specification: a relative path is to be ignored
        base = Path.home() / ".cache"
    return base / "funcgrad" / "programs"


def _check_owner(found: Path) -> None:
    """Refuse programs that another user may have put there: to load one is to run it."""
    if not hasattr(os, "geteuid"):
        return
    status = found.stat()
    if status.st_uid != os.geteuid():
        raise UnusableError(f"{found} belongs to another user")
    if status.st_mode & 0o022:
        raise UnusableError(f"others may write to {found}")


def _mark(found: Path) -> None:
    """Say that this need not be in a backup (https://bford.info/cachedir/)."""
    tag = found.parent / "CACHEDIR.TAG"
    if not tag.exists():
        with suppress(OSError):  # programs can be read from a folder that cannot be written
            tag.write_text(
                "Signature: 8a477f597d28d172789f06886806bc55\n"
                "# What funcgrad compiled. It is made again when it is not there.\n",
                encoding="ascii",
            )
