"""Hooks of a module: compiled programs have looked at them, and hear when they change."""

import functools
from collections.abc import Callable
from typing import Any

from . import changes
from .graph import HookDict


class NotedHooks(HookDict):
    """Hooks in the order of registration, which note every change."""


def _noting(name: str) -> Callable[..., Any]:
    plain = getattr(dict, name)

    @functools.wraps(plain)
    def change(hooks: NotedHooks, *args: Any, **kwargs: Any) -> Any:
        try:
            return plain(hooks, *args, **kwargs)
        finally:
            changes.note()

    return change


for _name in ("__setitem__", "__delitem__", "__ior__", "clear", "pop", "popitem", "setdefault",
              "update"):  # fmt: skip
    setattr(NotedHooks, _name, _noting(_name))
