"""Switching a watch on: what stands before the tape's attributes while a function is traced."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax

from .. import changes, strides
from ..graph import watchers
from ..storage import Cell, Counter, stored
from ..tensor import Tensor
from .met import ARRAY, VALUE
from .watch import MISSING, Watch

Array = jax.Array

_lock = threading.RLock()
_active: Watch | None = None


@contextmanager
def outside(watch: Watch) -> Iterator[None]:
    """Make what is there before a trace while it runs, such as the state of an optimizer."""
    watch.running = False
    changes.note_here()
    try:
        with jax.ensure_compile_time_eval():
            yield
    finally:
        watch.running = True
        changes.note_here()


def active() -> Watch | None:
    """The trace that runs in this thread, if one does."""
    watch = _active
    return watch if watch is not None and watch.is_running() else None


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Have a watch see what this thread reads and writes; other threads go on as before."""
    global _active
    plain: dict[str, Any] = {"_read": Tensor._read, "_share": Tensor._share,
                             "memory": strides.memory}  # fmt: skip

    def get(cell: Cell) -> Array:
        return watch.get(cell) if active() else stored(cell)

    def put(cell: Cell, array: Array) -> None:
        if active():
            watch.put(cell, array)
        else:
            ARRAY.__set__(cell, array)

    def count(counter: Counter, value: int) -> None:
        if active():
            watch.count(counter, value)
        else:
            VALUE.__set__(counter, value)

    def read_tensor(tensor: Tensor) -> Array:
        return watch.read(tensor) if active() else plain["_read"](tensor)

    def memory(tensor: Tensor) -> Any:
        return watch.memory(tensor) if active() else plain["memory"](tensor)

    def share(tensor: Tensor, counter: Counter | None = None) -> Tensor:
        if active():
            watch.read(tensor)
        return plain["_share"](tensor, counter)

    def assign(tensor: Tensor, name: str, value: Any) -> None:
        if active():
            watch.assign(tensor, name, value)
        else:
            object.__setattr__(tensor, name, value)

    def gradient(tensor: Tensor) -> Tensor | None:
        return watch.gradient(tensor) if active() else tensor.__dict__.get("_grad")

    def set_gradient(tensor: Tensor, value: Tensor | None) -> None:
        tensor.__dict__["_grad"] = value

    with _lock:
        _active, watch.running = watch, True
        swapped: list[tuple[Any, str, Any]] = [
            (Cell, "array", property(get, put)),
            (Counter, "value", property(VALUE.__get__, count)),
            (Tensor, "_read", read_tensor),
            (Tensor, "_share", share),
            (strides, "memory", memory),
            (Tensor, "_grad", property(gradient, set_gradient)),
            (Tensor, "__setattr__", assign),
        ]
        watchers.append(watch.refuse)
        before = [vars(owner).get(name, MISSING) for owner, name, _ in swapped]
        try:
            for owner, name, made in swapped:
                setattr(owner, name, made)
            changes.note_here()
            yield
        finally:
            for (owner, name, _), was in zip(swapped, before, strict=True):
                if was is MISSING:
                    delattr(owner, name)
                else:
                    setattr(owner, name, was)
            watchers.remove(watch.refuse)
            _active, watch.running = None, False
            changes.note_here()
            watch.restore()
