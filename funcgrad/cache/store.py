"""A folder of compiled programs: a file each, bounded in size, shared by processes."""

import os
import platform
import re
import tempfile
import time
from contextlib import suppress
from functools import cache
from hashlib import sha256
from itertools import takewhile
from pathlib import Path

LIMIT = 256 * 2**20
_DIGEST = 32
_DAY = 24 * 60 * 60.0
# Nothing else in the folder is ever removed, for a user may have named one with other things in it.
# With a further suffix it is being written, or was left by a process that was killed a day ago.
_OURS = re.compile(r"[0-9a-f]{64}\.program(\.\w+)?")


class Store:
    """What JAX asks for programs, and gives them to, by its keys.

    Args:
        folder: where their files are; it is there.
        limit: how many bytes they may have together.

    Attributes:
        fault: what went wrong first, for a warning; None as long as nothing did.
    """

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.folder, self._limit = folder, limit
        self._reads = self._writes = True
        self._written = 0
        self.fault: str | None = None

    def get(self, key: str) -> bytes | None:
        """The program of a key, or None."""
        path = self._file(key)
        if not self._reads:
            return None
        try:
            with path.open("rb") as file:
                digest, value = file.read(_DIGEST), file.read()
                used = os.fstat(file.fileno()).st_mtime
        except FileNotFoundError:
            return None
        except OSError as error:
            self._reads = self._writes = False
            self._note(f"cannot be read: {error}")
            return None
        if sha256(value).digest() != digest:
            self._note(f"have a damaged file, which is made anew: {path.name}")
            with suppress(OSError):
                path.unlink()
            return None
        if abs(time.time() - used) > _DAY:  # often enough to tell what is no longer used
            with suppress(OSError):
                os.utime(path)
        return value

    def put(self, key: str, value: bytes) -> None:
        """Keep the program of a key, if that can be."""
        if not self._writes or len(value) > self._limit // 4:
            return
        path = self._file(key)
        try:
            self._write(path, sha256(value).digest() + value)
            # Every 256th program, wherever it is compiled, and who writes much more often: to look
            # at a full folder takes longer than to compile a program.
            self._written += len(value)
            if path.name.startswith("00") or self._written > self._limit // 16:
                self._written = 0
                self._trim()
        except OSError as error:
            self._writes = False
            self._note(f"cannot be written: {error}")

    def _write(self, path: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(name, path)  # noqa: PTH105 (a name, not a path: `mkstemp` made it)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)  # noqa: PTH108
            raise

    def _trim(self) -> None:
        """Remove what was used longest ago, until a quarter of the room is free."""
        found: list[tuple[float, int, str]] = []
        now = time.time()
        with os.scandir(self.folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # another process is trimming, too
                    match = _OURS.fullmatch(entry.name)
                    status = entry.stat()
                    if match and not (match[1] and abs(now - status.st_mtime) < _DAY):
                        found.append((status.st_mtime, status.st_size, entry.path))
        size = sum(size for _, size, _ in found)
        if size <= self._limit:
            return
        for _, own, path in sorted(found):
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108
            size -= own
            if size <= self._limit * 3 // 4:
                return

    def _file(self, key: str) -> Path:
        return self.folder / f"{sha256(f'{_machine()} {key}'.encode()).hexdigest()}.program"

    def _note(self, what: str) -> None:
        if self.fault is None:
            self.fault = f"compiled programs in {self.folder} {what}"


@cache
def _machine() -> str:
    """What tells CPUs apart: their programs do not run on each other, and homes are shared.

    JAX's key names the kind of device, of which CPUs have one.
    """
    with suppress(OSError), Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as file:
        first = "".join(takewhile(str.strip, file))  # of the processors
        words = re.findall(r"^(?:model name|flags|Features|CPU part)\s*:.*", first, re.MULTILINE)
        if words:
            return f"{platform.machine()} {words}"
    return f"{platform.machine()} {platform.node()}"
