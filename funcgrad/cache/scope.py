"""JAX's compilation cache, for what is compiled here and nothing else."""

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import jax

from .folder import VARIABLE, UnusableError, folder
from .store import Store

# JAX has no public way to keep some programs and not others. Should a JAX to come have moved what
# is used here, nothing is kept; a test says so. Before 0.10.2 it took the programs of some Intel
# CPUs for those of another CPU (https://github.com/jax-ml/jax/issues/38445).
_theirs: Any
try:
    from jax._src import compilation_cache as _theirs
    from jax._src import config

    _least_seconds = config.persistent_cache_min_compile_time_secs
    supported = hasattr(_theirs, "_cache") and jax.__version_info__ >= (0, 10, 2)
except (ImportError, AttributeError):  # pragma: no cover
    supported = False


class _Thread(threading.local):
    inside = 0


_thread = _Thread()
_lock = threading.Lock()
_threads = 0  # that are inside, all together


class _OfThisThread:
    """The store for threads that are inside; for all others one that is empty and stays so."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._path = store.folder  # JAX's log says it

    @property
    def fault(self) -> str | None:
        return self._store.fault

    def get(self, key: str) -> bytes | None:
        return self._store.get(key) if _thread.inside else None

    def put(self, key: str, value: bytes) -> None:
        if _thread.inside:
            self._store.put(key, value)


@contextmanager
def keeping() -> Iterator[None]:
    """Whatever is compiled inside is looked up first, and kept for the next process."""
    store = _store() if supported else None
    if store is None or not _enter(store):
        yield
        return
    try:
        with _least_seconds(0.0):  # JAX's default is to keep what took a second
            yield
    finally:
        _leave(store)
    _tell(store.fault)  # only now: inside of JAX a warning may have become an error


def _enter(store: _OfThisThread) -> bool:
    """Put the store in the place of JAX's cache, unless JAX has one of its own."""
    global _threads
    with _lock:
        if _theirs._cache is not store:
            if _theirs._cache is not None or config.compilation_cache_dir.value:
                return False
            _theirs._cache = store
        _threads += 1
    _thread.inside += 1
    return True


def _leave(store: _OfThisThread) -> None:
    global _threads
    _thread.inside -= 1
    with _lock:
        _threads -= 1
        if not _threads and _theirs._cache is store:
            _theirs._cache = None


def _store() -> _OfThisThread | None:
    found, fault = _opened()
    _tell(fault)
    return found


@cache
def _opened() -> tuple[_OfThisThread | None, str | None]:
    """The store of this process, and why there is none where there should be one."""
    try:
        found = folder(os.environ)
    except UnusableError as unusable:
        return None, f"compiled programs cannot be kept: {unusable}"
    return None if found is None else _OfThisThread(Store(found)), None


_told = False


def _tell(fault: str | None) -> None:
    """Warn of what went wrong, once in a process."""
    global _told
    if fault is None or _told:
        return
    _told = True
    warnings.warn(
        f"{fault}. This process compiles what it does not find. Set the environment variable "
        f'{VARIABLE} to a folder of yours, or to "off"',
        RuntimeWarning,
        stacklevel=1,
    )
