"""What a script finds around it, in its own process and in those that it starts."""

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import spawn
from typing import Any

from funcgrad.run.hook import FACE, Hook, ignore
from funcgrad.run.naming import as_pytorch


@dataclass(frozen=True)
class World:
    """Where tensors are made, and where compiled programs are kept."""

    device: str | None = None
    compile_cache: str | None = None

    def enter(self, missing: Callable[[str], None] = ignore) -> None:
        """Set this process up, for good.

        Raises:
            DeviceError: there is no such device.
        """
        Hook(missing, as_pytorch).install()
        # What JAX tells of its backends is not for the log that a script sets up for itself.
        logging.getLogger("jax").setLevel(logging.WARNING)
        if _no_screen():
            # Elsewhere matplotlib chooses; a choice of the user's stands.
            os.environ.setdefault("MPLBACKEND", "Agg")
        if self.compile_cache is not None:
            # Processes that the script starts in whatever way find it, too.
            os.environ["FUNCGRAD_COMPILE_CACHE"] = self.compile_cache
        if self.device is not None:
            from funcgrad.devices import device

            device(self.device)  # the error that says what there is
            kind, colon, index = self.device.partition(":")
            kind = "cuda" if kind in ("gpu", "rocm") else kind  # PyTorch's name for all of them
            import_module(FACE).set_default_device(kind + colon + index)
        self._follow()

    def _follow(self) -> None:
        """Let processes started by `multiprocessing` enter this world before they do anything.

        A forked one is in it. A new interpreter first reads what `spawn` prepared for it, a dict;
        one more value in it, which nobody looks at, enters the world when it is unpickled.
        """
        prepare = spawn.get_preparation_data

        def prepared(name: str) -> dict[str, Any]:
            return {"funcgrad": _Enter(self), **prepare(name)}

        spawn.get_preparation_data = prepared


class _Enter:
    """Enters a world by being unpickled."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __reduce__(self) -> Any:
        return World.enter, (self._world,)


def _no_screen() -> bool:
    return sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & {*os.environ}
